"""Hypothesis settings: few examples, the same each time, unless the environment asks for more.

`PROPERTY_EXAMPLES=2000 python -m pytest tests/property` tries that many, drawn at random.
"""

import os

from hypothesis import HealthCheck, settings

_EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "0"))


def machine_settings(*, examples: int, steps: int) -> settings:
    """Return settings for a machine that tries *examples* sequences of at most *steps* events."""
    return settings(
        max_examples=_EXAMPLES or examples,
        stateful_step_count=steps,
        derandomize=not _EXAMPLES,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
