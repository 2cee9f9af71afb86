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
from bot.jobs.errors import CardBusy, CardDeleted, CardError, CardOutOfReach
from bot.locales.buttons import BUTTON_FRESH_LINK, BUTTON_TRY_AGAIN
from db.records import Job, JobState
from sandbox.discord import Person
from tests.integration.discord.messages.stage import REQUESTER, TIMEOUT, Scene

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


async def _reply(scene: Scene, job: Job, picture: Upload) -> None:
    """Reply to the job's card with its result."""
    begun = dataclasses.replace(job, reply_begun_at=job.reply_begun_at or scene.clock())
    await scene.replies.reply_with_result(
        begun, f"<@{job.user_id}>", EMBED, [picture], view=to_view([])
    )


def _labels(message: Mapping[str, Any]) -> list[str]:
    """Return the labels of a message's buttons."""
    return [button["label"] for row in message["components"] for button in row["components"]]


async def test_progress_every_five_seconds(scene: Scene) -> None:
    """A percentage is shown at most every 5 s, and in the end the newest one."""
    job = await scene.running()
    for percent in range(2, 60):
        await scene.report(job, float(percent))
        scene.clock.now += 1.0
    async with asyncio.timeout(TIMEOUT):
        while not scene.shows(job, "99%"):
            scene.clock.now += 1.0
            await scene.report(job, 99.0)
    times = [call.time for call in scene.discord.calls_to("PATCH", EDITS)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(gaps) > 3
    assert min(gaps) >= 5.0


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (403, 50013), (400, 50083)])
async def test_a_card_out_of_reach_is_left_alone(scene: Scene, status: int, code: int) -> None:
    """A refused edit is not repeated for ten minutes, also not for news; the ending is shown."""
    job = await scene.running()
    refusal = scene.discord.faults.add("PATCH", EDITS, status=status, code=code, times=None)
    await scene.report(job, 1.0)
    await scene.until(lambda: scene.edits() == [status], "the refusal")
    for percent in range(2, 60):
        scene.clock.now += 10.0
        await scene.report(job, float(percent))
    other = await scene.running()
    scene.discord.faults.remove(refusal)
    await scene.report(other, 5.0)
    await scene.until(lambda: scene.shows(other, "5%"), "another card")
    assert scene.edits() == [status, 200]
    scene.clock.now += 600.0
    await scene.report(job, 77.0)
    await scene.until(lambda: scene.shows(job, "77%"), "the newest percentage")
    await scene.cards.finish(scene.ended(job))
    assert scene.edits() == [status, 200, 200, 200]


async def test_a_dead_token_is_tried_once(scene: Scene) -> None:
    """A token that Discord refuses is used once; the bot's own token serves from then on."""
    scene.discord.faults.add("*", BY_TOKEN, status=401, code=50027, times=None)
    job = await scene.running(token="dead")
    for _ in range(3):
        await scene.messages.edit(job, embed=EMBED, view=None)
    assert scene.edits() == [401, 200, 200, 200]
    assert scene.title(job) == "Done"


async def test_another_token_still_works(scene: Scene) -> None:
    """An expired token says nothing about another job's."""
    scene.discord.faults.add("*", BY_TOKEN, status=401, code=50027, times=2)
    for token in ("dead", "dead too"):
        job = await scene.running(token=token)
        await scene.messages.edit(job, embed=EMBED, view=None)
    assert scene.edits() == [401, 200, 401, 200]


async def test_a_ban_of_the_address(scene: Scene) -> None:
    """A ban, which is a 429 that is not Discord's own, stops every call for its time; no edit is lost."""
    job, other = await scene.running(), await scene.running()
    headers = {"Retry-After": "300"}
    scene.discord.faults.add("PATCH", EDITS, status=429, body="<h1>1015</h1>", headers=headers)
    with pytest.raises(CardBusy) as banned:
        await scene.messages.edit(job, embed=EMBED, view=None)
    assert banned.value.retry_after == 300
    made = len(scene.discord.calls)
    with pytest.raises(CardBusy):
        await scene.cards.finish(scene.ended(other))
    with pytest.raises(CardBusy):
        await scene.messages.add_reaction(other)
    assert len(scene.discord.calls) == made
    scene.clock.now += 301.0
    await scene.cards.finish(scene.ended(other))
    await scene.messages.edit(job, embed=EMBED, view=None)
    assert scene.edits() == [429, 200, 200]


@pytest.mark.parametrize("token", [None, "a token"])
@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (429, "application/json", '{"message": "slow down"}'),
        (429, "text/html", "<h1>slow down</h1>"),
        (200, "application/json", '{"id": "1'),
    ],
)
async def test_an_answer_that_is_not_as_documented(
    scene: Scene, status: int, kind: str, body: str, token: str | None
) -> None:
    """A response that discord.py can't read is a reason to try again, not to give up."""
    job = await scene.running(token=token)
    headers = {"Content-Type": kind, "Via": "1.1 google"}
    scene.discord.faults.add("PATCH", "*", status=status, body=body, headers=headers)
    with pytest.raises(CardBusy):
        await scene.messages.edit(job, embed=EMBED, view=None)
    await scene.messages.edit(
        dataclasses.replace(job, interaction_token=None), embed=EMBED, view=None
    )
    assert scene.title(job) == "Done"


async def test_an_old_message_that_was_edited_too_often(scene: Scene) -> None:
    """30046 with a long wait: progress waits with it, and the newest state is shown afterwards."""
    job = await scene.running()
    scene.discord.faults.limit("PATCH", EDITS, retry_after=90.0, code=30046)
    await scene.report(job, 10.0)
    await scene.until(lambda: scene.edits() == [429], "the limit")
    for percent in (11.0, 12.0):
        scene.clock.now += 30.0
        await scene.report(job, percent)
    other = await scene.running()
    await scene.report(other, 5.0)
    await scene.until(lambda: scene.shows(other, "5%"), "another card")
    assert scene.edits() == [429, 200]
    scene.clock.now += 91.0
    await scene.report(job, 13.0)
    await scene.until(lambda: scene.shows(job, "13%"), "the newest percentage")
    assert scene.edits() == [429, 200, 200]


async def test_an_ending_of_an_old_message(scene: Scene) -> None:
    """30046 never loses the ending: the error says when to try again, and then it is shown."""
    job = await scene.running()
    scene.discord.faults.limit("PATCH", EDITS, retry_after=90.0, code=30046)
    with pytest.raises(CardBusy) as busy:
        await scene.cards.finish(scene.ended(job))
    assert busy.value.retry_after == 90.0
    await scene.cards.finish(scene.ended(job))
    assert scene.shows(job, "Cancelled")


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_reply_that_was_cut_off(scene: Scene, picture: Upload, cut: str) -> None:
    """A reply whose response was lost is one message, however often it is sent."""
    job = await scene.running()
    scene.discord.faults.add("POST", MESSAGES, cut="after" if cut == "after" else "before")
    with pytest.raises(CardBusy):
        await _reply(scene, job, picture)
    await _reply(scene, job, picture)
    await _reply(scene, job, picture)
    assert [it.replied_to for it in scene.discord.messages()] == [None, job.message_id]


async def test_a_reply_that_can_not_be_found(scene: Scene, picture: Upload) -> None:
    """A reply that was sent a moment ago is not sent twice, even where it can't be found."""
    job = await scene.running()
    scene.discord.faults.add("GET", MESSAGES, status=200, body="[]", headers=JSON, times=None)
    for _ in range(2):
        await _reply(scene, job, picture)
    assert len(scene.discord.calls_to("POST", MESSAGES)) == 2
    assert [it.replied_to for it in scene.discord.messages()] == [None, job.message_id]


async def test_a_reply_of_an_earlier_life(scene: Scene, picture: Upload) -> None:
    """A reply is found by the card that it replies to when Discord has forgotten its nonce."""
    job = dataclasses.replace(await scene.running(), reply_begun_at=scene.clock())
    await _reply(scene, job, picture)
    scene.clock.now += 3600.0
    await scene.replies.reply(job, "ready", purpose="done")
    await _reply(scene, job, picture)
    sent = [it for it in scene.discord.messages() if it.attachments]
    assert [it.replied_to for it in sent] == [job.message_id]


async def test_somebody_elses_reply_is_no_result(scene: Scene, picture: Upload) -> None:
    """Replies of other users, and the bot's own notification, are not taken for the result."""
    job = await scene.running()
    model, person = scene.discord.model, Person.join(scene.discord, "Sam")
    reference = {"message_id": str(job.message_id), "channel_id": str(job.channel_id)}
    model.create_message(job.channel_id, person.id, "nice", reference=reference)
    await scene.replies.reply(job, "ready", purpose="done")
    await _reply(scene, job, picture)
    assert len([it for it in scene.discord.messages() if it.attachments]) == 1


async def test_a_reply_mentions_one_person(scene: Scene, picture: Upload) -> None:
    """A reply can notify its requester and no other user, by any text in it."""
    job = await scene.running()
    await _reply(scene, job, picture)
    (call,) = scene.discord.calls_to("POST", MESSAGES)
    mentions = call.json["allowed_mentions"]
    assert mentions["parse"] == []
    assert [int(user) for user in mentions["users"]] == [REQUESTER]
    assert len(call.json["nonce"]) <= 25
    assert call.json["message_reference"]["fail_if_not_exists"] is True


@pytest.mark.parametrize(
    ("state", "fitted", "labels"),
    [
        (JobState.DELIVERED, False, []),
        (JobState.DELIVERED, True, [BUTTON_FRESH_LINK.english]),
        (JobState.LINKED, False, [BUTTON_FRESH_LINK.english]),
        (JobState.FAILED, False, [BUTTON_TRY_AGAIN.english]),
    ],
)
async def test_what_is_said_beside_the_card_has_its_buttons(
    scene: Scene, state: JobState, fitted: bool, labels: list[str]
) -> None:
    """A reply and a direct message have the buttons that their texts mention."""
    running = await scene.running()
    job = dataclasses.replace(
        running,
        state=state,
        fitted=fitted,
        user_id=Person.join(scene.discord, "Robin").id,
        ended_at=scene.clock(),
    )
    await scene.cards.deliver_as_reply(dataclasses.replace(job, reply_begun_at=scene.clock()), [])
    await scene.cards.deliver_privately(dataclasses.replace(job, dm_begun_at=scene.clock()), [])
    await scene.cards.finish_privately(job)
    sent = [call.json for call in scene.discord.calls_to("POST", MESSAGES)]
    assert [_labels(message) for message in sent] == [labels] * 3


async def test_nothing_to_reply_to(scene: Scene, picture: Upload) -> None:
    """A card that was deleted is not replaced by a reply to nothing."""
    job = await scene.running()
    errors = {"message_reference": {"_errors": [{"code": "X", "message": "Unknown message"}]}}
    body = json.dumps({"code": 50035, "message": "Invalid Form Body", "errors": errors})
    scene.discord.faults.add("POST", MESSAGES, status=400, body=body, headers=JSON)
    with pytest.raises(CardDeleted):
        await _reply(scene, job, picture)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(403, 50013, CardOutOfReach), (403, 50001, CardOutOfReach), (400, 160002, CardOutOfReach)],
)
async def test_a_reply_that_is_refused(
    scene: Scene, picture: Upload, status: int, code: int, kind: type[CardError]
) -> None:
    """A reply that Discord does not let the bot send is refused for good, after one try."""
    job = await scene.running()
    scene.discord.faults.add("POST", MESSAGES, status=status, code=code, times=None)
    with pytest.raises(kind):
        await _reply(scene, job, picture)
    assert len(scene.discord.calls_to("POST", MESSAGES)) == 1
