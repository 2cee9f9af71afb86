"""Replies to a card: sent once, found again, for the requester alone, and not to a card that is gone."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.discord.cards.views import to_view
from bot.discord.messages.message_parts import Upload
from bot.jobs.errors import CardBusy, CardDeleted, CardError, CardOutOfReach
from bot.locales.button_texts import BUTTON_DOWNLOAD, BUTTON_TRY_AGAIN
from bot.locales.translate import Text
from db.records import Job, JobState
from sandbox.discord import Person
from tests.integration.discord.messages.embeds import EMBED
from tests.integration.discord.messages.stage import REQUESTER, Stage

MESSAGES = "/channels/*/messages"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def picture(tmp_path: Path) -> Upload:
    """Return a file to be sent."""
    path = tmp_path / "fox.png"
    path.write_bytes(b"\x89PNG and so on")
    return Upload(path=path, size=1, description="a fox")


async def _reply(stage: Stage, job: Job, picture: Upload) -> None:
    """Reply to the job's card with its result."""
    begun = dataclasses.replace(job, reply_begun_at=job.reply_begun_at or stage.clock())
    await stage.replies.reply_with_result(
        begun, f"<@{job.user_id}>", EMBED, [picture], view=to_view([])
    )


def _labels(message: Mapping[str, Any]) -> list[str]:
    """Return the labels of a message's buttons."""
    return [button["label"] for row in message["components"] for button in row["components"]]


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_reply_that_was_cut_off_is_sent_once(
    stage: Stage, picture: Upload, cut: str
) -> None:
    """A reply whose response was lost is one message, however often it is sent."""
    job = await stage.running()
    stage.discord.faults.add("POST", MESSAGES, cut="after" if cut == "after" else "before")
    with pytest.raises(CardBusy):
        await _reply(stage, job, picture)
    await _reply(stage, job, picture)
    await _reply(stage, job, picture)
    assert [it.replied_to for it in stage.discord.messages()] == [None, job.message_id]


async def test_a_reply_that_can_not_be_found_is_not_sent_twice(
    stage: Stage, picture: Upload
) -> None:
    """A reply that was sent a moment ago is not sent twice, even where it can't be found."""
    job = await stage.running()
    stage.discord.faults.add("GET", MESSAGES, status=200, body="[]", headers=JSON, times=None)
    for _ in range(2):
        await _reply(stage, job, picture)
    assert len(stage.discord.calls_to("POST", MESSAGES)) == 2
    assert [it.replied_to for it in stage.discord.messages()] == [None, job.message_id]


async def test_a_reply_of_an_earlier_process_is_found(stage: Stage, picture: Upload) -> None:
    """A reply is found by the card that it replies to when Discord has forgotten its nonce."""
    job = dataclasses.replace(await stage.running(), reply_begun_at=stage.clock())
    await _reply(stage, job, picture)
    stage.clock.now += 3600.0
    await stage.replies.reply(job, "ready", purpose="done")
    await _reply(stage, job, picture)
    sent = [it for it in stage.discord.messages() if it.attachments]
    assert [it.replied_to for it in sent] == [job.message_id]


@pytest.mark.parametrize("ahead", [-12 * 3600.0, -90.0, 90.0, 12 * 3600.0])
async def test_a_reply_is_found_by_another_clock(
    stage: Stage, picture: Upload, ahead: float
) -> None:
    """A reply is found however far the bot's clock is ahead of Discord's, by which messages are read."""
    now = stage.clock() + ahead
    job = dataclasses.replace(await stage.running(), created_at=now, reply_begun_at=now)
    await _reply(stage, job, picture)
    stage.clock.now += 3600.0
    await _reply(stage, job, picture)
    assert len(stage.discord.messages()) == 2


async def test_a_reply_of_another_user_is_no_result(stage: Stage, picture: Upload) -> None:
    """Replies of other users, and the bot's own notification, are not taken for the result."""
    job = await stage.running()
    model, person = stage.discord.model, Person.join(stage.discord, "Sam")
    reference = {"message_id": str(job.message_id), "channel_id": str(job.channel_id)}
    model.create_message(job.channel_id, person.id, "nice", reference=reference)
    await stage.replies.reply(job, "ready", purpose="done")
    await _reply(stage, job, picture)
    assert len([it for it in stage.discord.messages() if it.attachments]) == 1


async def test_a_reply_mentions_only_the_requester(stage: Stage, picture: Upload) -> None:
    """A reply can notify its requester and no other user, by any text in it."""
    job = await stage.running()
    await _reply(stage, job, picture)
    (call,) = stage.discord.calls_to("POST", MESSAGES)
    mentions = call.json["allowed_mentions"]
    assert mentions["parse"] == []
    assert [int(user) for user in mentions["users"]] == [REQUESTER]
    assert len(call.json["nonce"]) <= 25
    assert call.json["message_reference"]["fail_if_not_exists"] is True


@pytest.mark.parametrize(
    ("state", "fitted", "mentioned"),
    [
        (JobState.DELIVERED, False, BUTTON_DOWNLOAD),
        (JobState.DELIVERED, True, BUTTON_DOWNLOAD),
        (JobState.LINKED, False, BUTTON_DOWNLOAD),
        (JobState.FAILED, False, BUTTON_TRY_AGAIN),
    ],
)
async def test_replies_and_direct_messages_have_buttons(
    stage: Stage, state: JobState, fitted: bool, mentioned: Text
) -> None:
    """A reply and a direct message have the buttons that their texts mention."""
    running = await stage.running()
    job = dataclasses.replace(
        running,
        state=state,
        fitted=fitted,
        user_id=Person.join(stage.discord, "Robin").id,
        ended_at=stage.clock(),
    )
    await stage.cards.deliver_as_reply(dataclasses.replace(job, reply_begun_at=stage.clock()), [])
    await stage.cards.deliver_privately(dataclasses.replace(job, dm_begun_at=stage.clock()), [])
    await stage.cards.finish_privately(job)
    sent = [call.json for call in stage.discord.calls_to("POST", MESSAGES)]
    labels = [button.label for button in stage.cards.draw(job).buttons]
    assert mentioned.english in labels
    assert [_labels(message) for message in sent] == [labels] * 3


async def test_a_deleted_card_is_not_replied_to(stage: Stage, picture: Upload) -> None:
    """A card that was deleted is not replaced by a reply to nothing."""
    job = await stage.running()
    errors = {"message_reference": {"_errors": [{"code": "X", "message": "Unknown message"}]}}
    body = json.dumps({"code": 50035, "message": "Invalid Form Body", "errors": errors})
    stage.discord.faults.add("POST", MESSAGES, status=400, body=body, headers=JSON)
    with pytest.raises(CardDeleted):
        await _reply(stage, job, picture)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(403, 50013, CardOutOfReach), (403, 50001, CardOutOfReach), (400, 160002, CardOutOfReach)],
)
async def test_a_refused_reply_is_refused_for_good(
    stage: Stage, picture: Upload, status: int, code: int, kind: type[CardError]
) -> None:
    """A reply that Discord does not let the bot send is refused for good, after one try."""
    job = await stage.running()
    stage.discord.faults.add("POST", MESSAGES, status=status, code=code, times=None)
    with pytest.raises(kind):
        await _reply(stage, job, picture)
    assert len(stage.discord.calls_to("POST", MESSAGES)) == 1


@pytest.mark.parametrize(
    ("effect", "is_answering"),
    [
        ({}, True),
        ({"status": 404, "code": 10013}, True),
        ({"status": 500}, False),
        ({"cut": "before"}, False),
        ({"status": 200, "body": "<html>", "headers": {"Content-Type": "text/html"}}, False),
    ],
)
async def test_whether_discord_answers(
    stage: Stage, effect: dict[str, Any], is_answering: bool
) -> None:
    """Any answer of Discord's own counts, and nothing else."""
    if effect:
        stage.discord.faults.add("GET", "/users/*", times=None, **effect)
    assert await stage.cards.is_discord_answering() is is_answering
