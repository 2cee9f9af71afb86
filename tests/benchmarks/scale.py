"""Scale: how large what is measured is made. The rows of the page come from the usual one."""

import dataclasses
from collections.abc import Sequence

FINISHED = 1_000_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Numbers of jobs."""

    counts: Sequence[int] = (100, 1000, 10_000)  # followed, and asked for; each is a row
    finished: int = FINISHED  # that are in our bot's database at its start

    @property
    def most(self) -> int:
        """The highest of the counts."""
        return max(self.counts)
