"""How the suite looks for inputs that break a rule: the same ones each time, however long it takes.

`tests/property/profile.py` says how to have others tried. The network of the machine that runs the
suite, its proxy and its certificates, has no part in it.
"""

import os

from hypothesis import HealthCheck, settings

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
