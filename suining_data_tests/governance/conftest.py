import pytest

from suining_data_tests.population.bases import Bases


@pytest.fixture
def bases() -> Bases:
    return Bases("social_security", "governance")
