"""A pytest plugin that switches one guard off.

``pytest -p tests.guards.plant --plant NAME``
"""

import pytest


def pytest_addoption(parser):
    parser.addoption("--plant", help="the name of a guard in tests/guards/table.py to switch off")


@pytest.fixture(autouse=True, scope="session")
def _planted(request, django_db_setup):
    from tests.guards.table import GUARDS

    name = request.config.getoption("--plant")
    if name:
        next(guard for guard in GUARDS if guard.name == name).switch_off()
