"""A dozen kills, so that no change breaks a promise unseen; `make crash` has two hundred."""

import asyncio

from tests.crash.run_and_kill import plan_kills, run_stage

SEED = 5
KILLS = 12
STAGES = 3


async def test_killed_bot_loses_and_doubles_nothing() -> None:
    """A bot that is killed again and again ends every job truly, once, on its own card."""
    kill_points = plan_kills(SEED, KILLS)
    share = KILLS // STAGES
    outcomes = await asyncio.gather(
        *(
            run_stage(SEED, number, kill_points[number * share : (number + 1) * share])
            for number in range(STAGES)
        )
    )
    assert [violation for outcome in outcomes for violation in outcome.violations] == []
    assert sum(len(outcome.kills) for outcome in outcomes) == KILLS
    assert all(outcome.jobs for outcome in outcomes)


def test_each_named_kill_point_has_its_turn() -> None:
    """In two hundred kills each named kill point comes up at least three times."""
    kill_points = plan_kills(SEED, 200)
    assert len(kill_points) == 200
    assert min(kill_points.count(kill_point) for kill_point in set(kill_points)) >= 3


def test_kill_plan_follows_the_seed() -> None:
    """The same seed plans the same kills, another seed plans others."""
    assert plan_kills(1, 50) == plan_kills(1, 50)
    assert plan_kills(1, 50) != plan_kills(2, 50)
