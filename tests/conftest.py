"""How the suite looks for inputs that break a rule: the same ones each time, however long it takes.

`tests/property/profile.py` says how to have others tried. The network of the machine that runs the
suite, its proxy and its certificates, has no part in it.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests import postgresql

settings.register_profile(
    "house",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")

for name in ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
    os.environ.pop(name, None)
    os.environ.pop(name.lower(), None)


def pytest_configure(config: pytest.Config) -> None:
    """Have all workers of a run share one PostgreSQL, which the first test that needs it starts."""
    if not hasattr(config, "workerinput"):
        postgresql.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what the run has started."""
    if not hasattr(config, "workerinput"):
        postgresql.end_run()
