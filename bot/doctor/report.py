"""Report: the findings as lines for a terminal, or as JSON for a program. Pure."""

import json
from collections.abc import Mapping

from bot.doctor.findings import NOT_CHECKED, Finding, Verdict
from bot.monitoring.masking import mask

_LONGEST = 600  # characters of what was seen
_WIDTH = 12


def lines_of(name: str, finding: Finding) -> list[str]:
    """Return the lines about one check: what was seen, and below it the mend."""
    seen = printable(finding.seen)
    said = f"{name}: {seen}"
    if finding.verdict is Verdict.NOT_CHECKED:
        said = f"{name}, {seen.removeprefix(NOT_CHECKED)}"
    lines = [f"{finding.verdict:<{_WIDTH}}{said}"]
    if finding.mend is not None:
        lines.append(f"{'':<{_WIDTH}}-> {finding.mend}")
    return lines


def summary(findings: Mapping[str, Finding]) -> str:
    """Return the last line: how many checks ended how."""
    verdicts = [finding.verdict for finding in findings.values()]
    return ", ".join(
        f"{verdicts.count(verdict)} {verdict}" for verdict in Verdict if verdict in verdicts
    )


def has_failed(findings: Mapping[str, Finding]) -> bool:
    """Whether any check has failed."""
    return any(finding.verdict is Verdict.FAILED for finding in findings.values())


def as_json(findings: Mapping[str, Finding]) -> str:
    """Return all findings as one JSON object."""
    checks = [
        {
            "name": name,
            "verdict": finding.verdict.value,
            "seen": printable(finding.seen),
            "mend": finding.mend,
            "problem": finding.problem,
        }
        for name, finding in findings.items()
    ]
    return json.dumps({"ok": not has_failed(findings), "checks": checks}, indent=2)


def printable(text: str) -> str:
    """Return what may be printed of what was seen: one line, without secrets and control codes."""
    line = " ".join(mask(text).split())
    shown = "".join(sign if sign.isprintable() else "?" for sign in line)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
