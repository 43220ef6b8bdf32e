"""`suining ...` with the catalogue of the desk, as a process of its own: its clock may be another (test_clock.py)."""

from suining_data.cli import main
from suining_data_tests.undo.conftest import only_two_resources

if __name__ == "__main__":
    with only_two_resources():
        main()
