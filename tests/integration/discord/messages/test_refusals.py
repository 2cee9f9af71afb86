"""Refused edits: made later or given up, and not repeated where that can't help."""

import asyncio
import dataclasses
import itertools
from pathlib import Path

import pytest

from bot.discord.messages.rate_limit import Turn
from bot.jobs.errors import CardBusy, CardNeverSent
from bot.locales.card_texts import NOT_SENT_TITLE
from bot.media.download import DownloadedFile
from db.records import FetchProblem, JobState
from tests.integration.discord.messages.embeds import EMBED
from tests.integration.discord.messages.stage import REQUESTER, TIMEOUT, Stage

EDITS = "/channels/*/messages/*"
BY_TOKEN = "/webhooks/*"


async def test_a_card_shows_progress_every_five_seconds(stage: Stage) -> None:
    """A percentage is shown at most every 5 s, and in the end the newest one."""
    job = await stage.running()
    async with asyncio.timeout(TIMEOUT):
        for percent in itertools.cycle(range(2, 60)):
            if len(stage.edits()) > 4:
                break
            await stage.report(job, float(percent))
            stage.clock.now += 1.0
        while not stage.shows(job, "99%"):
            stage.clock.now += 1.0
            await stage.report(job, 99.0)
    times = [call.time for call in stage.discord.calls_to("PATCH", EDITS)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(gaps) > 3
    assert min(gaps) >= 5.0


async def test_an_edit_by_the_interaction_token_waits_for_no_turn(stage: Stage) -> None:
    """While calls by the bot's token use up its rate limit, cards are edited by their own tokens."""
    by_bot, by_token = await stage.running(), await stage.running(token="a-token")
    async with asyncio.TaskGroup() as calls:
        waiting = [calls.create_task(stage.limit.wait_for(Turn.URGENT)) for _ in range(20_000)]
        await asyncio.sleep(0)
        for job in (by_bot, by_token):
            await stage.report(job, 50.0)
        await stage.until(lambda: bool(stage.discord.calls_to("PATCH", BY_TOKEN)), "the edit")
        assert stage.discord.calls_to("PATCH", EDITS) == []
        assert not waiting[-1].done()
        for call in waiting:
            call.cancel()


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


async def test_a_card_says_that_its_result_could_not_be_sent(stage: Stage, tmp_path: Path) -> None:
    """An upload that failed is no ending: what the card is to say of it is shown."""
    job = dataclasses.replace(await stage.running(), state=JobState.DELIVERING, status="succeeded")
    picture = tmp_path / "image.png"
    picture.write_bytes(b"a picture")
    file = DownloadedFile(path=picture, size=9, media_type="image/png", extension="png")
    refusal = stage.discord.faults.add("PATCH", EDITS, status=500, times=None)
    with pytest.raises(CardBusy):
        await stage.cards.deliver(job, [file])
    stage.discord.faults.remove(refusal)
    row = await stage.jobs.get(job.id)
    assert row is not None
    said = await stage.jobs.save(
        row,
        dataclasses.replace(
            row, state=job.state, status=job.status, fetch_problem=FetchProblem.NOT_SENT
        ),
    )
    assert said is not None
    stage.cards.show(said)
    stage.clock.now += 60.0
    await stage.until(lambda: stage.shows(job, NOT_SENT_TITLE.english), "what went wrong")
