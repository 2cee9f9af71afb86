"""How the suite looks for inputs that break a rule: the same ones each time, however long it takes.

`tests/property/profile.py` says how to have others tried.
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "house",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")
