"""Cards of jobs that were taken over cost no call while they look as they should."""

import dataclasses

from db.records import Job
from tests.integration.discord.messages.stage import Stage

CARDS = 30


async def _claimed(stage: Stage) -> Job:
    """Return a job that another process has shown as it is."""
    job = await stage.running()
    return dataclasses.replace(job, shown=stage.cards.draw(job).digest)


async def test_claimed_cards_that_look_right_are_passed_over(stage: Stage) -> None:
    """Of many claimed cards only the one that looks otherwise is edited, and the database read for it."""
    jobs = [await _claimed(stage) for _ in range(CARDS)]
    behind = await stage.running()
    for job in [*jobs, behind]:
        stage.wanted.show(job, is_doubtful=True)
    await stage.until(lambda: bool(stage.edits()), "the edit of the card that was behind")
    assert stage.edits() == [200]
    assert repr(stage.wanted).startswith("<WantedEdits 0 wanted")
    assert stage.shows(behind, "1%")


async def test_a_claimed_card_that_can_not_be_drawn_holds_up_no_other(stage: Stage) -> None:
    """A record of which no card can be made is left to its own edit, and the next one is shown."""
    broken = dataclasses.replace(await _claimed(stage), locale=None)  # type: ignore[arg-type]
    behind = await stage.running()
    stage.wanted.show(broken, is_doubtful=True)
    stage.wanted.show(behind, is_doubtful=True)
    await stage.until(lambda: stage.shows(behind, "1%"), "the card behind it")


async def test_a_claimed_card_whose_job_has_changed_is_shown(stage: Stage) -> None:
    """What is stored after the take-over is shown, whatever the card looked like before."""
    job = await _claimed(stage)
    stage.wanted.show(job, is_doubtful=True)
    await stage.report(job, 42.0)
    await stage.until(lambda: stage.shows(job, "42%"), "the new percentage")
