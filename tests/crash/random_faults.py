"""Random faults: failures of the API and of Discord beside the kills, three in every other run."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Unpack

from sandbox.discord.faults import Moment
from sandbox.modelhunter.faults import ApiFaultOptions
from tests.crash.stage import Stage

# Returns how often the fault was injected.
Injected = Callable[[], int]
# Adds the fault to a stage's fault tables.
AddFault = Callable[[Stage], Injected]

_POSTS = "/*/*"
_TASKS = "/tasks*"
_RESULTS = "/results/*"
_ANSWERS = "/interactions/*/callback"
_EDITS = "/webhooks/*/messages/*"
_REACTIONS = "/channels/*/messages/*/reactions/*"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InjectedFault:
    """A fault that was injected, and how often."""

    name: str
    times: int


def _api(method: str, path: str, **options: Unpack[ApiFaultOptions]) -> AddFault:
    def add(stage: Stage) -> Injected:
        times = stage.randomness.randint(1, 2)
        fault = stage.api.faults.add(method, path, times=times, **options)
        return lambda: fault.injected

    return add


def _discord(
    method: str, path: str, *, status: int | None = None, cut: Moment | None = None
) -> AddFault:
    def add(stage: Stage) -> Injected:
        times = stage.randomness.randint(1, 2)
        fault = stage.discord.faults.add(method, path, status=status, cut=cut, times=times)
        return lambda: fault.injected

    return add


def _discord_limit(method: str, path: str) -> AddFault:
    def add(stage: Stage) -> Injected:
        fault = stage.discord.faults.limit(method, path, retry_after=0.5)
        return lambda: fault.injected

    return add


FAULTS: Mapping[str, AddFault] = {
    "API, POST: 429 with Retry-After": _api(
        "POST", _POSTS, status=429, headers={"Retry-After": "1"}
    ),
    "API, POST: 503": _api("POST", _POSTS, status=503),
    "API, POST: 400": _api("POST", _POSTS, status=400),
    "API, POST: 500 without effect": _api("POST", _POSTS, status=500),
    "API, POST: 500 with effect": _api("POST", _POSTS, status=500, effect=True),
    "API, POST: a page instead of JSON, with effect": _api(
        "POST", _POSTS, status=502, body="html", effect=True
    ),
    "API, POST: half an answer": _api("POST", _POSTS, body="truncated", effect=True),
    "API, POST: cut before the effect": _api("POST", _POSTS, cut="before"),
    "API, POST: cut after the effect": _api("POST", _POSTS, cut="after"),
    "API, GET: 429": _api("GET", _TASKS, status=429, headers={"Retry-After": "1"}),
    "API, GET: 500": _api("GET", _TASKS, status=500),
    "API, GET: 404": _api("GET", "/tasks/*", status=404),
    "API, GET: a page instead of JSON": _api("GET", _TASKS, status=200, body="html"),
    "API, GET: wrong types": _api("GET", _TASKS, body="wrong-type"),
    "API, GET: cut": _api("GET", _TASKS, cut="middle"),
    "result: 500": _api("GET", _RESULTS, status=500),
    "result: 403": _api("GET", _RESULTS, status=403),
    "result: cut half way": _api("GET", _RESULTS, cut="middle"),
    "Discord, answer: shown and cut": _discord("POST", _ANSWERS, cut="after"),
    "Discord, answer: cut before": _discord("POST", _ANSWERS, cut="before"),
    "Discord, edit: 429": _discord_limit("PATCH", _EDITS),
    "Discord, edit: 500": _discord("PATCH", _EDITS, status=500),
    "Discord, edit: cut before": _discord("PATCH", _EDITS, cut="before"),
    "Discord, edit: shown and cut": _discord("PATCH", _EDITS, cut="after"),
    "Discord, reaction: 429": _discord_limit("*", _REACTIONS),
    "Discord, reaction: 500": _discord("*", _REACTIONS, status=500),
}


class RandomFaults:
    """The faults of one run."""

    def __init__(self, stage: Stage) -> None:
        self._added: dict[str, Injected] = {}
        chosen = stage.randomness.sample(sorted(FAULTS), 3)
        if stage.randomness.random() < 0.5:
            self._added = {name: FAULTS[name](stage) for name in chosen}

    def injected(self) -> list[InjectedFault]:
        """Return the faults that were injected at least once."""
        counts = {name: injected() for name, injected in self._added.items()}
        return [InjectedFault(name=name, times=times) for name, times in counts.items() if times]
