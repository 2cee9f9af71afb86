"""Checks: carried out one after the other, each within its time, none stopping the others."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from bot.doctor.findings import Finding, not_checked
from bot.doctor.problems import CheckProblem

# Seconds for a check; twice what its slowest call may take.
TIMEOUT = 20.0

Show = Callable[[str, Finding], None]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check: its name, what it does, and the checks that must have passed before."""

    name: str
    look: Callable[[], Awaitable[Finding]]
    needs: tuple[str, ...] = ()
    timeout: float = TIMEOUT  # seconds


async def run_checks(
    checks: Iterable[Check], show: Show, *, before: Mapping[str, Finding] | None = None
) -> dict[str, Finding]:
    """Carry out *checks* in their order, *show* each finding, and return all by their names.

    What is in *before* was found already, and may be needed by some.
    """
    findings = dict(before or {})
    for check in checks:
        finding = blocked(check.needs, findings) or await _look(check)
        findings[check.name] = finding
        show(check.name, finding)
    return findings


def blocked(needs: Sequence[str], findings: Mapping[str, Finding]) -> Finding | None:
    """Return the finding of a check that can't be made, None if all that it needs has passed. Pure."""
    for name in needs:
        finding = findings.get(name)
        if finding is None:
            return not_checked(f"the check of {name} was not made", blocked_by=name)
        if not finding.is_passed:
            cause = finding.blocked_by or name
            return not_checked(f"the check of {cause} did not pass", blocked_by=cause)
    return None


async def _look(check: Check) -> Finding:
    """Make the check; an error of its own and a time that is over are findings too."""
    try:
        async with asyncio.timeout(check.timeout) as limit:
            return await check.look()
    except TimeoutError as error:
        if limit.expired():
            return CheckProblem.CHECK_TIMED_OUT.found(f"it did not end within {check.timeout:g} s")
        return _crashed(error)
    except Exception as error:
        return _crashed(error)


def _crashed(error: Exception) -> Finding:
    words = " ".join(str(error).split())
    return CheckProblem.CHECK_CRASHED.found(
        f"the check itself failed: {type(error).__name__}{f': {words}' if words else ''}"
    )
