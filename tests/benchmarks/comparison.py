"""Two ways to do the same, measured in one run, so that the machine does not matter."""

import dataclasses
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True, slots=True)
class Measure:
    """One quantity of both ways; less is better."""

    name: str
    ours: float
    theirs: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was compared, and how it came out."""

    title: str
    ours: str
    theirs: str
    measures: Sequence[Measure]

    def lines(self) -> list[str]:
        """Return a table: each quantity, and how many times ours the other way takes."""
        head = f"{'':20}{self.ours:>20}{self.theirs:>20}{'ratio':>10}"
        rows = [
            f"{it.name:20}{it.ours:>20.2f}{it.theirs:>20.2f}{it.theirs / it.ours:>9.2f}x"
            for it in self.measures
        ]
        return [self.title, head, *rows, ""]
