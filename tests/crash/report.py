"""Report: writes how often the bot was killed where, which faults were injected, and what was lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.crash.kill_points import ANYWHERE, KILL_POINTS, STARTING, STOPPING
from tests.crash.random_faults import FAULTS
from tests.crash.run_and_kill import Kill, Outcome

_PAGE = """\
# Reliability

The bot may be killed at any moment. This page is written by

    {command}

which starts the real process against a simulated Discord and a sandbox API, kills it with SIGKILL,
starts it again on the same database, and at last compares the sandbox API's tasks, Discord's
messages and the ledger. In {stages} stages with {kills} kills and {jobs} requests, **{broken} promises were
broken**. Promises: one task per request, one card per request, every card with a true ending and, if the
task succeeded, with its very file or, if Discord does not take that, the same made smaller; no second
message, nothing changed after an ending, no transcoder left without its bot, the ledger equal to
what the API charged. A stage is a Discord, an API and a database of its own, in which the bot is
killed up to eight times.

The seed decides where each kill falls; how far the process has come by then also depends on the machine.
`--stage NUMBER` runs one stage again.

| Killed | Kills | Requests unfinished then | Lost or doubled |
| --- | ---: | ---: | ---: |
{rows}
| **all** | **{kills}** | **{unfinished}** | **{lost}** |

In half of the runs between two kills other things failed as well:

| Fault | Injected | Runs | Unfinished requests of these runs lost or doubled |
| --- | ---: | ---: | ---: |
{faults}
"""


def write_report(path: Path, outcomes: Sequence[Outcome], *, seed: int) -> None:
    """Write the page to *path*."""
    kills: Counter[str] = Counter()
    unfinished: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for kill, lost_jobs in _kills(outcomes):
        kills[kill.point] += 1
        unfinished[kill.point] += len(kill.open_jobs)
        lost[kill.point] += lost_jobs
    faults = _faults(outcomes)
    names = [STARTING, *KILL_POINTS, STOPPING, ANYWHERE]
    rows = [f"| {name} | {kills[name]} | {unfinished[name]} | {lost[name]} |" for name in names]
    page = _PAGE.format(
        command=f"python -m tests.crash --kills {kills.total()} --seed {seed} --report {path}",
        stages=len(outcomes),
        kills=kills.total(),
        jobs=sum(outcome.jobs for outcome in outcomes),
        broken=sum(len(outcome.violations) for outcome in outcomes),
        rows="\n".join(rows),
        faults="\n".join(faults),
        unfinished=unfinished.total(),
        lost=lost.total(),
    )
    path.parent.mkdir(exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _kills(outcomes: Sequence[Outcome]) -> Iterator[tuple[Kill, int]]:
    """Yield every kill, and how many jobs that were open then broke a promise."""
    for outcome in outcomes:
        broken = {violation.job_id for violation in outcome.violations}
        for kill in outcome.kills:
            yield kill, len(kill.open_jobs & broken)


def _faults(outcomes: Sequence[Outcome]) -> list[str]:
    injected: Counter[str] = Counter()
    runs: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for kill, lost_jobs in _kills(outcomes):
        for fault in kill.faults:
            injected[fault.name] += fault.times
            runs[fault.name] += 1
            lost[fault.name] += lost_jobs
    return [f"| {name} | {injected[name]} | {runs[name]} | {lost[name]} |" for name in FAULTS]
