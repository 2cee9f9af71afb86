"""Hostile users and results meet the real process: they get a clear sentence, and nothing else."""

import itertools
import json
import re
from typing import Any

import pytest

from bot.locales.answer_texts import (
    JOB_UNKNOWN,
    NOT_RETRYABLE,
    NOT_YOUR_JOB,
    NOT_YOURS_TO_CANCEL,
    PRICE_QUESTION_EXPIRED,
    RESULT_GONE,
)
from bot.locales.card_texts import CANCELLED_BY_REQUESTER, REASONS
from bot.storable_text import storable
from db.records import JobState, Reason
from sandbox.discord import Person, SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.checks import says
from tests.end_to_end.world import CANCEL, PROMPT, World

NINES = "9" * 20
RESULTS = "/results/*"
ROW, BUTTON = 1, 2
PERMISSIONS = ("send_messages", "embed_links", "attach_files", "read_message_history")
# Mentions of every kind, markdown, a heading, links, a fake escape, bidi and control characters.
PROMPTS = [
    "@everyone @here <@1> <@!1> <@&1> <#1> </video:1> <t:1:R> <:fox:1>",
    "# heading\n> quote\n**b** __u__ ~~s~~ ||x|| `code` ```block``` [text](https://example.com/)",
    "\\@everyone \\<@1\\> https://example.com/ discord.gg/x",
    "abc\u202egpj.exe\u2066\u200f\u061c\u0000\u0007\u001b[31m\r\n\u2028end",
]


async def _press(world: World, person: Person, message: SeenMessage, custom_id: str) -> SeenMessage:
    """Press a button that the bot never put onto this message; return the answer."""
    stored = person._stored(message)
    genuine = stored.components
    forged = {"type": BUTTON, "style": 2, "label": "x", "custom_id": custom_id}
    stored.components = [{"type": ROW, "components": [forged]}]
    pressed = person.begin_click(message, custom_id)
    stored.components = genuine
    answer = await pressed.answer()
    assert answer.message is not None
    return await world.discord.until_message(answer.message.id, lambda it: bool(it.content))


def _assert_pings_nobody(world: World, *wanted: Person) -> None:
    """Check every message that the bot sent or edited: none may ping, but the ones *wanted*."""
    ids = {str(person.id) for person in wanted}
    for call in world.discord.calls:
        body: dict[str, Any] = call.json if isinstance(call.json, dict) else {}
        said = body.get("data") if call.path.endswith("/callback") else body
        if not isinstance(said, dict) or not ({"content", "embeds"} & said.keys()):
            continue
        allowed = said.get("allowed_mentions")
        assert allowed is not None, call.path
        assert allowed.get("parse", []) == [], call.path
        assert set(map(str, allowed.get("users", []))) <= ids, call.path
        assert not allowed.get("roles"), call.path


@pytest.mark.usefixtures("bot")
async def test_hostile_prompts_are_plain_text(world: World) -> None:
    """Any prompt is shown as plain text, mentions no user and reaches the API, without control characters."""
    for prompt in PROMPTS:
        world.api.scripts.next(Script.quick(0))
        done = await world.until_done(await world.ask(prompt=prompt))
        assert [*world.api.tasks.values()][-1].request.text == storable(prompt.strip())
        for fragment in ("@everyone", "@here", "<@1>", "<@&1>", "://example", "\u202e", "\n# "):
            assert fragment not in done.words
    _assert_pings_nobody(world, world.robin)


@pytest.mark.usefixtures("bot")
async def test_a_prompt_of_five_thousand_characters(world: World) -> None:
    """What another model would take is refused with its length, and given back as a file."""
    said = await world.ask(prompt="f" * 5000)
    assert said.is_ephemeral
    assert "5,000" in said.content
    assert [file["size"] for file in said.attachments] == [5000]
    assert (world.api.tasks, world.saved_states()) == ({}, [])


OPTIONS = [
    "x" * 6000,
    '"' * 6000,
    "\\" * 6000,
    "<@&1>=" + "y" * 5000,
    "seed=" + "9" * 5000,
    "a=" * 3000,
    " ".join(f"@everyone{number}=1" for number in range(300)),
]
VALUES: list[dict[str, str]] = [
    {"model": "../../tasks"},
    {"model": "vidu/text-to-video"},
    {"model": "'; drop table jobs; --"},
    {"model": "@everyone" * 600},
    {"duration": "1e308"},
    {"duration": "-1"},
    {"aspect_ratio": "0:0"},
    {"resolution": "\u202e4k"},
    {"seed": "NaN"},
    {"seed": "0x10"},
    *({"options": text} for text in OPTIONS),
]
NUMBERS = [NINES, "9" * 6000, "-1", "1 or 1=1", "\u0661\u0662", "<@1>"]


@pytest.mark.usefixtures("bot")
async def test_option_values_that_were_never_offered(world: World) -> None:
    """What autocomplete never offered is refused in words before anything is written or sent."""
    for options in VALUES:
        asked = {"prompt": PROMPT, **options}
        answer = await world.robin.slash(world.discord.channel, "video", **asked)
        assert answer.message is not None
        said = answer.message
        assert said.is_ephemeral
        assert 0 < len(said.content) <= 2000
        assert "Something went wrong" not in said.content
        outside_code = re.sub("`[^`]*`", "", said.content)  # code mentions no one
        assert "<@&1>" not in outside_code
        assert "@everyone" not in outside_code
    assert (world.api.tasks, world.saved_states()) == ({}, [])


@pytest.mark.usefixtures("bot")
async def test_odd_job_numbers_are_unknown(world: World) -> None:
    """A number that is no job's is unknown, however large or odd it is."""
    for job in NUMBERS:
        answer = await world.robin.slash(world.discord.channel, "cancel", job=job)
        assert answer.message is not None
        assert says(answer.message.content, JOB_UNKNOWN)


@pytest.mark.usefixtures("bot")
async def test_a_forged_button_id_does_nothing(world: World) -> None:
    """No custom_id does anything with a job that is not the presser's."""
    world.api.scripts.next(Script.endless(), Script.failing("no"))
    card = await world.until_following(await world.ask())
    failed = await world.until_state(await world.ask(), JobState.FAILED)
    sam = Person.join(world.discord, "Sam")
    moderator = Person.join(world.discord, "Mo", may_manage_messages=True)
    job, other = card.interaction_id, failed.interaction_id
    expected = [
        (sam, card, f"cancel:{job}", NOT_YOURS_TO_CANCEL),
        (sam, failed, f"cancel:{job}", JOB_UNKNOWN),
        (moderator, failed, f"cancel:{job}", JOB_UNKNOWN),
        (sam, failed, f"try_again:{other}", NOT_YOUR_JOB),
        (world.robin, card, f"try_again:{job}", NOT_RETRYABLE),
        (sam, failed, f"fresh_link:{other}", RESULT_GONE),
        (sam, card, f"generate:{job}", PRICE_QUESTION_EXPIRED),
        (sam, card, f"no_thanks:{job}", PRICE_QUESTION_EXPIRED),
        (sam, failed, f"generate:{job}", PRICE_QUESTION_EXPIRED),
        (sam, failed, f"no_thanks:{job}", PRICE_QUESTION_EXPIRED),
        *(
            (sam, card, f"{press}:{NINES}", JOB_UNKNOWN)
            for press in ("cancel", "try_again", "fresh_link")
        ),
        (sam, card, f"generate:{NINES}", PRICE_QUESTION_EXPIRED),
    ]
    for person, message, custom_id, text in expected:
        said = await _press(world, person, message, custom_id)
        assert says(said.content, text), custom_id
        assert said.is_ephemeral
    assert len(world.api.tasks) == 2
    assert len(world.api.calls("DELETE")) == 0
    assert world.discord.message(failed.id).embeds == failed.embeds
    _assert_pings_nobody(world, world.robin)


async def test_a_price_question_is_answered_only_where_it_is_asked(world: World) -> None:
    """Only the requester sees a question, and a button on a card that names it answers nothing."""
    async with world.bot(CONFIRM_ABOVE_USD="0.01"):
        world.api.scripts.next(Script.quick(0))
        card = await world.until_done(await world.agree(await world.ask()))
        asked = await world.ask()
        ids = [str(button.custom_id) for button in asked.buttons]
        sam = Person.join(world.discord, "Sam")
        assert asked.id not in {message.id for message in sam.sees()}
        for person, custom_id in itertools.product((sam, world.robin), ids):
            said = await _press(world, person, card, custom_id)
            assert says(said.content, PRICE_QUESTION_EXPIRED)
            assert said.is_ephemeral
        assert world.discord.message(card.id).embeds == card.embeds
        assert len(world.api.tasks) == 1
        await world.agree(asked)
        await world.until_tasks(2)


@pytest.mark.usefixtures("bot")
async def test_reactions_of_bots_cancel_nothing(world: World) -> None:
    """Another bot's ❌ is no request, with any permission."""
    world.api.scripts.next(Script.endless())
    card = await world.ask()
    await world.until_offered(card)
    other = Person.join(world.discord, "Polls", may_manage_messages=True)
    world.discord.model.users[other.id].bot = True
    await other.react(card, CANCEL)
    # Events arrive in order: when the requester's tap has worked, the bot's has not.
    await world.robin.react(card, CANCEL)
    ended = await world.until_state(card, JobState.CANCELLED)
    assert CANCELLED_BY_REQUESTER.english.format(person=f"<@{world.robin.id}>") in ended.words


BODIES = [
    (b"<!doctype html><script>alert(1)</script>" * 50, "video/mp4"),
    (b"MZ\x90\x00" + b"\x00" * 5000, "video/mp4"),
    (b"\x7fELF\x02\x01\x01" + b"\x00" * 5000, "video/mp4"),
    (b"\x1f\x8b\x08\x00" + b"\x00" * 5000, "image/png"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/svg+xml"),
]
ADDRESSES = [
    "https://127.0.0.1/x.mp4",
    "https://localhost/x.mp4",
    "https://[::1]/x.mp4",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/x.mp4",
    "https://[::ffff:10.0.0.1]/x.mp4",
    "https://[64:ff9b::a00:1]/x.mp4",
    "https://[fd00:ec2::254]/x.mp4",
    "http://192.0.2.1/x.mp4",
    "https://user:word@192.0.2.1/x.mp4",
]
NAMED = {"Content-Disposition": 'attachment; filename="../../evil.exe"'}


async def _until_bad(world: World) -> SeenMessage:
    """Ask, and wait until the card says that the result may not be shown."""
    world.api.scripts.next(Script.quick(0))
    failed = await world.until_state(await world.ask(), JobState.FAILED)
    assert REASONS[Reason.BAD_RESULT].english in failed.words
    assert failed.attachments == []
    return failed


@pytest.mark.usefixtures("bot")
async def test_a_result_that_is_no_media_is_not_shown(world: World) -> None:
    """A page or a program is never shown under any name; the card says why."""
    for body, kind in BODIES:
        world.api.faults.clear()
        world.api.faults.add(
            "GET", RESULTS, times=None, status=200, body=body, content_type=kind, headers=NAMED
        )
        await _until_bad(world)
    assert [upload for call in world.discord.calls for upload in call.uploads] == []


@pytest.mark.usefixtures("bot")
async def test_a_result_inside_the_network_is_not_fetched(world: World) -> None:
    """A result that leads into the operator's network is not fetched, and the card says no more."""
    for address in ADDRESSES:
        item = {"id": "{task_id}", "status": "succeeded", "result": [{"url": address}]}
        body = json.dumps({"success": True, "data": item}).encode()
        world.api.faults.clear()
        world.api.faults.add("GET", "/tasks/*", times=None, status=200, body=body)
        assert address not in (await _until_bad(world)).words
    assert world.api.calls("GET", RESULTS) == []


@pytest.mark.usefixtures("bot")
async def test_names_of_delivered_files_are_ours(world: World) -> None:
    """Neither the address nor a header names a file: kind, job and number do."""
    world.api.faults.add("GET", RESULTS, headers=NAMED)
    world.api.scripts.next(Script.quick(0))
    done = await world.until_done(await world.ask())
    (file,) = done.attachments
    assert file["filename"] == f"video-{done.interaction_id}-1.mp4"


@pytest.mark.usefixtures("bot")
async def test_missing_permissions_are_named_before_the_charge(world: World) -> None:
    """What the bot lacks in this channel is named before anything is written, sent or charged."""
    for permission in PERMISSIONS:
        world.discord.forbid_bot(world.discord.channel, **{permission: True})
        said = await world.ask()
        assert said.is_ephemeral
        assert permission.replace("_", " ").title() in said.content
    assert (world.api.calls("POST"), world.saved_states()) == ([], [])
