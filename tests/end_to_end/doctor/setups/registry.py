"""Registry of the broken set-ups: how each is made from the good one, and what the doctor finds."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping

from bot.doctor.problems import Problem
from tests.end_to_end.doctor.site import Site

Break = Callable[[Site], Awaitable[None]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BrokenSetup:
    """A set-up, what is done to break it, and each check that then finds a problem."""

    name: str
    breaks: Break
    finds: Mapping[str, Problem]


SETUPS: list[BrokenSetup] = []


def setup(**finds: Problem) -> Callable[[Break], Break]:
    """Add the decorated function to the broken set-ups; a check's blanks are written as "_"."""

    def add(breaks: Break) -> Break:
        found = {name.replace("_", " "): problem for name, problem in finds.items()}
        SETUPS.append(BrokenSetup(name=breaks.__name__, breaks=breaks, finds=found))
        return breaks

    return add
