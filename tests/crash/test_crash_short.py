"""A dozen deaths, so that no change breaks a promise unseen; `make crash` has two hundred."""

import asyncio

from tests.crash.run_and_kill import plan, run_world

SEED = 5
KILLS = 12
WORLDS = 3


async def test_nothing_is_lost_or_done_twice() -> None:
    """A bot that is killed again and again ends every job truly, once, on its own card."""
    instants = plan(SEED, KILLS)
    share = KILLS // WORLDS
    outcomes = await asyncio.gather(
        *(
            run_world(SEED, number, instants[number * share : (number + 1) * share])
            for number in range(WORLDS)
        )
    )
    assert [violation for outcome in outcomes for violation in outcome.violations] == []
    assert sum(len(outcome.kills) for outcome in outcomes) == KILLS
    assert all(outcome.jobs for outcome in outcomes)


def test_every_named_instant_has_its_turn() -> None:
    """In two hundred kills each named instant comes up at least three times."""
    instants = plan(SEED, 200)
    assert len(instants) == 200
    assert min(instants.count(instant) for instant in set(instants)) >= 3


def test_the_seed_decides() -> None:
    """The same seed plans the same deaths, another one others."""
    assert plan(1, 50) == plan(1, 50)
    assert plan(1, 50) != plan(2, 50)
