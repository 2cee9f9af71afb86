"""Row of the table of problems: in which checks it is found, how it counts, and its mend."""

import dataclasses
import enum

from bot.doctor.findings import Finding, Verdict


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the table has of one problem."""

    checks: tuple[str, ...]
    verdict: Verdict
    mend: str


def failed(checks: str, mend: str) -> Row:
    """Return the row of a failure, which *checks*, separated by commas, find."""
    return Row(checks=tuple(checks.split(", ")), verdict=Verdict.FAILED, mend=mend)


def warning(checks: str, mend: str) -> Row:
    """Return the row of a warning."""
    return Row(checks=tuple(checks.split(", ")), verdict=Verdict.WARNING, mend=mend)


class Problem(enum.Enum):
    """What may be wrong; each kind has its own members, which are rows."""

    @property
    def row(self) -> Row:
        """The row of the table."""
        row: Row = self.value
        return row

    @property
    def code(self) -> str:
        """The name of the row, as the page and the JSON have it: "token-refused"."""
        return self.name.lower().replace("_", "-")

    def found(self, seen: str, *, mend: str | None = None) -> Finding:
        """Return the finding of this problem; *mend* adds to the sentence what only now is known."""
        sentence = self.row.mend if mend is None else f"{self.row.mend} {mend}"
        return Finding(verdict=self.row.verdict, seen=seen, mend=sentence, problem=self.code)
