"""Scripts by prompt: words at the end of a prompt that decide what happens to its task.

The page offers them as suggestions, and `--once` runs some of them, so that more than the happy
ending can be seen.
"""

import dataclasses
from collections.abc import Callable

from sandbox.discord.suggestions import Suggestion
from sandbox.modelhunter import NewTask, Script
from sandbox.modelhunter.default_script import plausible_cost
from sandbox.modelhunter.script import Result, Step

FAILING = "that fails"
TOO_BIG = "in great detail"
FOUR = "four times"
SLOW = "very slowly"
UNCANCELLABLE = "that can't be stopped"
ENDLESS = "without end"

_TOO_BIG_SIZE = 12 * 1024 * 1024  # bytes; the simulated Discord takes 10 MiB
_SLOW_SECONDS = 75
_UNCANCELLABLE_SECONDS = 30
_FAILURE = "The prompt was flagged by the content filter."

SUGGESTIONS = (
    Suggestion("video", "a fox in the snow"),
    Suggestion("image", "a lighthouse at night"),
    Suggestion("speech", "Good morning!"),
    Suggestion("video", f"a fox {FAILING}", label="a failure"),
    Suggestion("video", f"a fox {TOO_BIG}", label="too big to upload"),
    Suggestion("image", f"a lighthouse, {FOUR}", label="four pictures"),
    Suggestion("video", f"a fox walking {SLOW}", label="a slow one"),
    Suggestion("video", f"a fox {UNCANCELLABLE}", label="one that can't be cancelled"),
)


def scripts_by_prompt(otherwise: Callable[[NewTask], Script]) -> Callable[[NewTask], Script]:
    """Return a choice of scripts: by the last words of the prompt, else what *otherwise* chooses."""

    def choose(task: NewTask) -> Script:
        text = task.text.strip().rstrip(".!").lower()
        for words, make in _SCRIPTS.items():
            if text.endswith(words):
                return make(task)
        return otherwise(task)

    return choose


def _failing(_task: NewTask) -> Script:
    return Script.failing(_FAILURE, code="CONTENT_POLICY_VIOLATION", seconds=4)


def _too_big(task: NewTask) -> Script:
    script = Script.too_big(_TOO_BIG_SIZE, seconds=4)
    result = Result(size=_TOO_BIG_SIZE)  # as long as was asked for
    return dataclasses.replace(script, result=result, cost=plausible_cost(task))


def _four(task: NewTask) -> Script:
    script = Script.quick(4)
    return dataclasses.replace(script, result=Result(count=4), cost=plausible_cost(task))


def _slow(task: NewTask) -> Script:
    return dataclasses.replace(_running_for(_SLOW_SECONDS), cost=plausible_cost(task))


def _uncancellable(task: NewTask) -> Script:
    script = _running_for(_UNCANCELLABLE_SECONDS)
    return dataclasses.replace(script, cost=plausible_cost(task), cancellable=False)


def _running_for(seconds: int) -> Script:
    """Return a script that rises by a percentage until it succeeds."""
    running = (
        Step(2 + second, "running", round(100 * second / seconds)) for second in range(seconds - 2)
    )
    return Script(
        steps=(Step(0, "pending"), Step(1, "queued"), *running, Step(seconds, "succeeded", 100))
    )


_SCRIPTS: dict[str, Callable[[NewTask], Script]] = {
    FAILING: _failing,
    TOO_BIG: _too_big,
    FOUR: _four,
    SLOW: _slow,
    UNCANCELLABLE: _uncancellable,
    ENDLESS: lambda _task: Script.endless(),
}
