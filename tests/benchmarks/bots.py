"""The two bots: how each is started."""

import dataclasses
from collections.abc import Mapping, Sequence


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A bot as a process: its arguments for Python, and its settings."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)


# Limits that are no subject of a benchmark are out of the way.
OURS = Bot(
    name="ours",
    command=("-m", "sandbox.launcher"),
    environment={
        "MAX_RUNNING_PER_USER": "1000",
        "DAILY_BUDGET_USD": "1000000",
        "CONFIRM_ABOVE_USD": "1000",
        # 10,000 tasks every 5 s are 20 pages a second; the goal is at most twice as many.
        "MODELHUNTER_REQUESTS_PER_SECOND": "40",
        "LOG_LEVEL": "INFO",
    },
)
NAIVE = Bot(name="naive", command=("-m", "tests.benchmarks.naive"))
BOTH = (NAIVE, OURS)
