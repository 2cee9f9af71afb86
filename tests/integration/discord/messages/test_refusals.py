"""Refused edits and replies: made later or given up, and not repeated where that can't help."""

import asyncio
import dataclasses
import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.discord.cards.views import to_view
from bot.discord.messages.message_parts import Upload
from bot.jobs.errors import CardBusy, CardDeleted, CardError, CardNeverSent, CardOutOfReach
from bot.locales.button_texts import BUTTON_DOWNLOAD, BUTTON_TRY_AGAIN
from db.records import Job, JobState
from sandbox.discord import Person
from tests.integration.discord.messages.stage import REQUESTER, TIMEOUT, Stage

EDITS = "/channels/*/messages/*"
BY_TOKEN = "/webhooks/*"
MESSAGES = "/channels/*/messages"
JSON = {"Content-Type": "application/json"}
EMBED = discord.Embed(title="Done")


@pytest.fixture
def picture(tmp_path: Path) -> Upload:
    """Return a file to be sent."""
    path = tmp_path / "fox.png"
    path.write_bytes(b"\x89PNG and so on")
    return Upload(path=path, description="a fox")


async def _reply(stage: Stage, job: Job, picture: Upload) -> None:
    """Reply to the job's card with its result."""
    begun = dataclasses.replace(job, reply_begun_at=job.reply_begun_at or stage.clock())
    await stage.replies.reply_with_result(
        begun, f"<@{job.user_id}>", EMBED, [picture], view=to_view([])
    )


def _labels(message: Mapping[str, Any]) -> list[str]:
    """Return the labels of a message's buttons."""
    return [button["label"] for row in message["components"] for button in row["components"]]


async def test_a_card_shows_progress_every_five_seconds(stage: Stage) -> None:
    """A percentage is shown at most every 5 s, and in the end the newest one."""
    job = await stage.running()
    for percent in range(2, 60):
        await stage.report(job, float(percent))
        stage.clock.now += 1.0
    async with asyncio.timeout(TIMEOUT):
        while not stage.shows(job, "99%"):
            stage.clock.now += 1.0
            await stage.report(job, 99.0)
    times = [call.time for call in stage.discord.calls_to("PATCH", EDITS)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(gaps) > 3
    assert min(gaps) >= 5.0


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (403, 50013), (400, 50083)])
async def test_a_card_out_of_reach_is_left_alone(stage: Stage, status: int, code: int) -> None:
    """A refused edit is not repeated for ten minutes, also not for news; the ending is shown."""
    job = await stage.running()
    refusal = stage.discord.faults.add("PATCH", EDITS, status=status, code=code, times=None)
    await stage.report(job, 1.0)
    await stage.until(lambda: stage.edits() == [status], "the refusal")
    for percent in range(2, 60):
        stage.clock.now += 10.0
        await stage.report(job, float(percent))
    other = await stage.running()
    stage.discord.faults.remove(refusal)
    await stage.report(other, 5.0)
    await stage.until(lambda: stage.shows(other, "5%"), "another card")
    assert stage.edits() == [status, 200]
    stage.clock.now += 600.0
    await stage.report(job, 77.0)
    await stage.until(lambda: stage.shows(job, "77%"), "the newest percentage")
    await stage.cards.finish(stage.ended(job))
    assert stage.edits() == [status, 200, 200, 200]


async def test_an_expired_token_is_tried_once(stage: Stage) -> None:
    """A token that Discord refuses is used once; the bot's own token serves from then on."""
    stage.discord.faults.add("*", BY_TOKEN, status=401, code=50027, times=None)
    job = await stage.running(token="dead")
    for _ in range(3):
        await stage.messages.edit(job, embed=EMBED, view=None)
    assert stage.edits() == [401, 200, 200, 200]
    assert stage.title(job) == "Done"


async def test_an_expired_token_says_nothing_of_another(stage: Stage) -> None:
    """An expired token says nothing about another job's."""
    stage.discord.faults.add("*", BY_TOKEN, status=401, code=50027, times=2)
    for token in ("dead", "dead too"):
        job = await stage.running(token=token)
        await stage.messages.edit(job, embed=EMBED, view=None)
    assert stage.edits() == [401, 200, 401, 200]


async def test_a_ban_of_the_address_stops_every_call(stage: Stage) -> None:
    """A ban, which is a 429 that is not Discord's own, stops every call for its time; no edit is lost."""
    job, other = await stage.running(), await stage.running()
    headers = {"Retry-After": "300"}
    stage.discord.faults.add("PATCH", EDITS, status=429, body="<h1>1015</h1>", headers=headers)
    with pytest.raises(CardBusy) as banned:
        await stage.messages.edit(job, embed=EMBED, view=None)
    assert banned.value.retry_after == 300
    made = len(stage.discord.calls)
    with pytest.raises(CardBusy):
        await stage.cards.finish(stage.ended(other))
    with pytest.raises(CardBusy):
        await stage.messages.add_reaction(other)
    assert len(stage.discord.calls) == made
    stage.clock.now += 301.0
    await stage.cards.finish(stage.ended(other))
    await stage.messages.edit(job, embed=EMBED, view=None)
    assert stage.edits() == [429, 200, 200]


@pytest.mark.parametrize("token", [None, "a token"])
@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (429, "application/json", '{"message": "slow down"}'),
        (429, "text/html", "<h1>slow down</h1>"),
        (200, "application/json", '{"id": "1'),
    ],
)
async def test_an_unreadable_answer_to_an_edit_is_tried_again(
    stage: Stage, status: int, kind: str, body: str, token: str | None
) -> None:
    """A response that discord.py can't read is a reason to try again, not to give up."""
    job = await stage.running(token=token)
    headers = {"Content-Type": kind, "Via": "1.1 google"}
    stage.discord.faults.add("PATCH", "*", status=status, body=body, headers=headers)
    with pytest.raises(CardBusy):
        await stage.messages.edit(job, embed=EMBED, view=None)
    await stage.messages.edit(
        dataclasses.replace(job, interaction_token=None), embed=EMBED, view=None
    )
    assert stage.title(job) == "Done"


async def test_progress_of_an_old_message_waits_for_30046(stage: Stage) -> None:
    """30046 with a long wait: progress waits with it, and the newest state is shown afterwards."""
    job = await stage.running()
    stage.discord.faults.limit("PATCH", EDITS, retry_after=90.0, code=30046)
    await stage.report(job, 10.0)
    await stage.until(lambda: stage.edits() == [429], "the limit")
    for percent in (11.0, 12.0):
        stage.clock.now += 30.0
        await stage.report(job, percent)
    other = await stage.running()
    await stage.report(other, 5.0)
    await stage.until(lambda: stage.shows(other, "5%"), "another card")
    assert stage.edits() == [429, 200]
    stage.clock.now += 91.0
    await stage.report(job, 13.0)
    await stage.until(lambda: stage.shows(job, "13%"), "the newest percentage")
    assert stage.edits() == [429, 200, 200]


async def test_the_ending_of_an_old_message_survives_30046(stage: Stage) -> None:
    """30046 never loses the ending: the error says when to try again, and then it is shown."""
    job = await stage.running()
    stage.discord.faults.limit("PATCH", EDITS, retry_after=90.0, code=30046)
    with pytest.raises(CardBusy) as busy:
        await stage.cards.finish(stage.ended(job))
    assert busy.value.retry_after == 90.0
    await stage.cards.finish(stage.ended(job))
    assert stage.shows(job, "Cancelled")


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
    ("state", "fitted", "labels"),
    [
        (JobState.DELIVERED, False, []),
        (JobState.DELIVERED, True, [BUTTON_DOWNLOAD.english]),
        (JobState.LINKED, False, [BUTTON_DOWNLOAD.english]),
        (JobState.FAILED, False, [BUTTON_TRY_AGAIN.english]),
    ],
)
async def test_replies_and_direct_messages_have_buttons(
    stage: Stage, state: JobState, fitted: bool, labels: list[str]
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


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 0), (403, 40333), (401, 0)])
async def test_a_card_is_found_though_its_token_is_refused(
    stage: Stage, status: int, code: int
) -> None:
    """Only an answer that says so proves that there is no card; an expired token says nothing."""
    job = await stage.running(token="a token")
    assert job.message_id is not None
    card = stage.discord.stored(job.message_id)
    assert card is not None
    card.interaction_metadata = {
        "id": str(job.id),
        "type": 2,
        "user": {"id": str(REQUESTER), "username": "robin", "discriminator": "0", "avatar": None},
        "authorizing_integration_owners": {},
    }
    card.embeds = [{"title": "Sending", "color": 1}]
    stage.discord.faults.add("GET", BY_TOKEN, status=status, code=code, times=None)
    if code == 50027:
        found = await stage.messages.find(dataclasses.replace(job, message_id=None))
        assert found == job.message_id
    else:
        with pytest.raises(CardBusy):
            await stage.messages.find(job)


@pytest.mark.parametrize("code", [10008, 10015])
async def test_a_card_that_was_never_sent(stage: Stage, code: int) -> None:
    """Without an answer Discord knows neither the message nor the token's webhook."""
    job = await stage.running(token="a token")
    stage.discord.faults.add("GET", BY_TOKEN, status=404, code=code)
    with pytest.raises(CardNeverSent):
        await stage.messages.find(job)
