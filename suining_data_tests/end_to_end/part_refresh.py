"""`suining refresh` of a few resources of the catalogue, run as a process, also of another copy of the project.

python -m suining_data_tests.end_to_end.part_refresh resource...
"""

import sys

from suining_data.orchestration import refresh
from suining_data_tests.part import catalog_of, steps_of_part

if __name__ == "__main__":
    steps = steps_of_part(catalog_of(sys.argv[1:]))
    refresh.pipeline = lambda: steps  # type: ignore[assignment]
    sys.argv = ["suining", "refresh"]
    from suining_data.cli import main

    main()
