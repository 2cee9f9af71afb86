"""What fifteen minutes change: interaction tokens expire, and results take another route."""

from decimal import Decimal

import pytest

from bot.locales.answer_texts import CANCEL_TAKEN, DM_RESULT
from bot.locales.button_texts import (
    BUTTON_CANCEL,
    BUTTON_DELETE,
    BUTTON_DOWNLOAD,
    BUTTON_EDIT_AND_RETRY,
    BUTTON_GENERATE,
    BUTTON_TRY_AGAIN,
)
from bot.locales.card_texts import BRIEF_NOTE
from db.records import JobState
from sandbox.modelhunter import Result, Script, Step
from tests.end_to_end.in_process.stage import Scene, answer_of, button_labels

MINUTE = 60.0


def done_after(minutes: float) -> Script:
    """Return the script of a task that succeeds after so many minutes."""
    return Script(
        steps=(Step(0, "running", 10), Step(minutes * MINUTE, "succeeded")),
        result=Result(duration=1.0),
    )


async def test_the_card_ends_after_its_token(scene: Scene) -> None:
    """One card per job: after 15 minutes the same card is brought to its end by the bot itself."""
    scene.api.scripts.next(done_after(16))
    card = await scene.ask()
    await scene.until_taken()
    assert scene.edits_by_bot(card) == 0
    await scene.pass_time(17 * MINUTE, card)
    await scene.until_state(card, JobState.DELIVERED)
    assert len(scene.stored(card).attachments) == 1
    assert scene.edits_by_bot(card) >= 1
    assert scene.in_channel()[0].id == card.id
    assert len(scene.api.tasks) == 1


async def test_a_private_result_is_on_its_card_before_minute_14(scene: Scene) -> None:
    """One card per job: before minute 14 a private result is shown on the private card."""
    scene.api.scripts.next(done_after(12))
    card = await scene.ask(private=True)
    assert card.ephemeral
    assert button_labels(scene.stored(card)) == [BUTTON_CANCEL.english]
    assert BRIEF_NOTE.english in str(card.embeds[0].footer.text)
    await scene.until_taken()
    await scene.pass_time(13 * MINUTE, card)
    await scene.until_state(card, JobState.DELIVERED)
    assert len(scene.stored(card).attachments) == 1
    assert scene.in_channel() == []


async def test_a_private_result_comes_by_dm_after_minute_14(scene: Scene) -> None:
    """One card per job: from minute 14 a private result is sent by DM, and never into the channel."""
    scene.api.scripts.next(done_after(13))
    card = await scene.ask(private=True)
    await scene.until_taken()
    await scene.pass_time(14 * MINUTE + 10, card)
    mail = scene.env.backend.messages[scene.robin.user.dm_channel.id]
    await scene.until(lambda: len(mail) > 0, "a direct message")
    (sent,) = mail.values()
    assert sent.content == DM_RESULT.english
    assert len(sent.attachments) == 1
    assert scene.in_channel() == []
    listed = await scene.use("jobs")
    assert button_labels(scene.stored(listed)) == [BUTTON_DOWNLOAD.english]


@pytest.mark.parametrize("confirm_above", [Decimal(1), Decimal("0.01")])
@pytest.mark.parametrize("is_limited", [True, False], ids=["listed servers", "every server"])
async def test_a_private_failure_sent_by_dm_can_be_retried(
    scene: Scene, is_limited: bool, confirm_above: Decimal
) -> None:
    """Truthful: the direct message about a failure names /jobs, and its button asks once more."""
    if is_limited:
        scene.app.gateway.policy._allowed_guild_ids = frozenset({scene.guild.id})
    scene.api.scripts.next(Script.failing("busy", seconds=14.5 * MINUTE), Script.endless())
    card = await scene.ask(private=True)
    if confirm_above < 1:
        await scene.breathe()
        await scene.robin.click(card, label=BUTTON_GENERATE.english)
    await scene.until_taken()
    await scene.pass_time(15 * MINUTE, card)
    await scene.until(lambda: scene.robin.user.dm_channel is not None, "a direct message")
    mail = scene.env.backend.messages[scene.robin.user.dm_channel.id]
    await scene.until(lambda: len(mail) > 0, "a direct message")
    (sent,) = mail.values()
    assert "/jobs" in sent.content
    assert button_labels(sent) == [
        BUTTON_TRY_AGAIN.english,
        BUTTON_EDIT_AND_RETRY.english,
        BUTTON_DELETE.english,
    ]
    await scene.breathe()
    again = await scene.robin.user.click(scene.seen(sent), label=BUTTON_TRY_AGAIN.english)
    if confirm_above < 1:
        await scene.breathe()
        await scene.robin.user.click(answer_of(again), label=BUTTON_GENERATE.english)
    await scene.until_taken(2)


async def test_a_private_card_is_cancelled_by_its_button(scene: Scene) -> None:
    """Only the requester's: a private card is cancelled by its button."""
    scene.api.scripts.next(Script.endless())
    card = await scene.ask(private=True)
    await scene.until_taken()
    taken = await scene.click(card, BUTTON_CANCEL.english, scene.robin)
    assert taken.content == CANCEL_TAKEN.english
    await scene.until_state(card, JobState.CANCELLED)
    (task,) = scene.api.tasks
    assert scene.api.status(task) == "cancelled"
