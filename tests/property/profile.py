"""How much is tried: the same each time by default, more and by chance when asked for.

`PROPERTY_EXAMPLES=2000 python -m pytest tests/property` looks for what is not known yet.
"""

import os

from hypothesis import HealthCheck, settings

_ASKED = int(os.environ.get("PROPERTY_EXAMPLES", "0"))


def machine_settings(*, examples: int, steps: int) -> settings:
    """Return settings for a machine that tries *examples* stories of at most *steps* events."""
    return settings(
        max_examples=_ASKED or examples,
        stateful_step_count=steps,
        derandomize=not _ASKED,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
