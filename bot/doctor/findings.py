"""Findings: what a check has seen, and what is to be done about it."""

import dataclasses
import enum

# How what was seen begins, of a check that was not made.
NOT_CHECKED = "not checked, "


class Verdict(enum.StrEnum):
    """Outcome of a check."""

    OK = "ok"
    WARNING = "warning"  # the bot works, but something is not as it should be
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Outcome of one check: `seen` is what was found, `mend` one sentence that says what to do.

    `problem` is the name of the row in the table of problems; `blocked_by` the check whose failure
    kept this one from being made.
    """

    verdict: Verdict
    seen: str
    mend: str | None = None
    problem: str | None = None
    blocked_by: str | None = None

    @property
    def is_passed(self) -> bool:
        """Whether checks that depend on this one can be made."""
        return self.verdict in {Verdict.OK, Verdict.WARNING}


def ok(seen: str) -> Finding:
    """Return the finding that all is as it should be."""
    return Finding(verdict=Verdict.OK, seen=seen)


def not_checked(reason: str, *, blocked_by: str | None = None) -> Finding:
    """Return the finding of a check that was not made; *reason* follows "not checked, as"."""
    return Finding(
        verdict=Verdict.NOT_CHECKED, seen=f"{NOT_CHECKED}as {reason}", blocked_by=blocked_by
    )


def counted(number: int, thing: str) -> str:
    """Return "1 server" or "3 servers"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
