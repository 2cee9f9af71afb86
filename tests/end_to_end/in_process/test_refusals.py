"""What is refused before anything is sent, and to whom."""

from typing import Any

import pytest

from bot.locales.answer_texts import (
    ALREADY_RETRIED,
    JOB_UNKNOWN,
    MISSING_PERMISSIONS,
    MODEL_UNKNOWN,
    NOT_YOUR_JOB,
    NOT_YOURS_TO_CANCEL,
    NOTHING_OFFERED,
    PRICE_QUESTION_ANSWERED,
    PRICE_QUESTION_EXPIRED,
)
from bot.locales.button_texts import (
    BUTTON_CANCEL,
    BUTTON_DELETE,
    BUTTON_TRIED_AGAIN,
    BUTTON_TRY_AGAIN,
)
from bot.locales.list_texts import EXPLAIN_NOTHING_OFFERED
from bot.locales.translate import translate
from db.records import JobState
from sandbox.modelhunter import Script
from tests.end_to_end.in_process.stage import (
    ENGLISH,
    PROMPT,
    Scene,
    answer_of,
    button_labels,
    texts_of,
)

# Refusals reach discord.py as errors of commands, which simcord would report.
pytestmark = pytest.mark.simcord(check_errors=False)


@pytest.mark.parametrize(
    ("flag", "name"),
    [("attach_files", "Attach Files"), ("embed_links", "Embed Links")],
)
async def test_a_missing_permission_is_named(scene: Scene, flag: str, name: str) -> None:
    """Truthful: where a result could not be shown the bot says what it lacks and sends nothing."""
    scene.forbid_bot(**{flag: True})
    refused = await scene.ask()
    assert refused.content.startswith(MISSING_PERMISSIONS.english.format(permissions=name))
    assert PROMPT in refused.content
    assert refused.ephemeral
    assert len(scene.api.calls("POST")) == 0


async def test_a_private_result_needs_no_permission(scene: Scene) -> None:
    """Truthful: an ephemeral card carries its files without the channel's permissions."""
    scene.forbid_bot(attach_files=True)
    card = await scene.ask(private=True)
    assert card.ephemeral
    assert card.embeds


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"options": "guidance=3"}, "guidance"),
        ({"aspect_ratio": "2:1"}, "16:9, 9:16, 1:1, 4:3, 3:4"),
        ({"duration": "99"}, "16"),
        ({"options": "seed"}, "name=value"),
    ],
)
async def test_an_option_is_refused_with_what_is_taken(
    scene: Scene, options: dict[str, Any], said: str
) -> None:
    """Truthful: an option that the model does not take is refused, with those that it takes."""
    refused = await scene.ask(model="viduq3-turbo", **options)
    assert said in refused.content
    assert refused.ephemeral
    assert len(scene.api.calls("POST")) == 0


async def test_an_unknown_model_is_refused(scene: Scene) -> None:
    """Truthful: an unknown model is refused, with the way to those that exist."""
    refused = await scene.ask(model="dream-9000")
    assert refused.content.startswith(translate(MODEL_UNKNOWN, ENGLISH, model="dream-9000"))
    assert len(scene.api.calls("POST")) == 0


async def test_a_withdrawn_model_is_refused(scene: Scene) -> None:
    """Truthful: a model that the API does not know is not offered again, nor taken."""
    scene.api.faults.add("POST", "/*", status=404, code="MODEL_NOT_FOUND")
    offered = await scene.robin.autocomplete(scene.channel, "speech", "model", "")
    model = offered[0]["value"]
    card = await scene.ask("speech")
    await scene.until_state(card, JobState.REFUSED)
    for option in ("model", "voice", "options"):
        (line,) = await scene.robin.autocomplete(scene.channel, "speech", option, "")
        assert line["name"] == EXPLAIN_NOTHING_OFFERED.english
    listed = await scene.use("models")
    assert model not in texts_of(listed)
    refused = await scene.ask("speech")
    assert refused.content.startswith(NOTHING_OFFERED.english)
    assert len(scene.api.calls("POST")) == 1


async def test_only_the_requester_retries(scene: Scene) -> None:
    """Only the requester's: another user's press on Try again is refused, the requester's works once."""
    # Reactions wait for their turn in real time, which a press in simcord's time does not see.
    scene.forbid_bot(add_reactions=True)
    scene.api.scripts.next(Script.failing("no paint"), Script.endless())
    card = await scene.ask()
    await scene.until_taken()
    await scene.pass_time(2.0, card)
    await scene.until_state(card, JobState.FAILED)
    refused = await scene.click(card, BUTTON_TRY_AGAIN.english, scene.sam)
    assert refused.content == NOT_YOUR_JOB.english
    assert refused.ephemeral
    again = await scene.click(card, BUTTON_TRY_AGAIN.english, scene.robin)
    await scene.until_taken(2)
    assert again.id != card.id
    (row,) = scene.stored(card).components
    used, _ = row["components"]
    address = f"https://discord.com/channels/{scene.guild.id}/{scene.channel.id}/{again.id}"
    assert (used["label"], used["url"]) == (BUTTON_TRIED_AGAIN.english, address)
    # As it is on a client that has not seen the edit yet, and on a message of its own.
    stale = {"type": 2, "style": 2, "label": "2nd", "custom_id": f"try_again:{scene.job_of(card)}"}
    scene.stored(card).components = [{"type": 1, "components": [stale]}]
    await scene.breathe()
    await scene.robin.click(card, label="2nd")
    assert button_labels(scene.stored(card)) == [
        BUTTON_TRIED_AGAIN.english,
        BUTTON_DELETE.english,
    ]
    said = [it.content for it in scene.env.backend.messages[scene.channel.id].values()]
    assert translate(ALREADY_RETRIED, ENGLISH, address=address) in said
    assert len(scene.api.tasks) == 2


@pytest.mark.parametrize("action", ["cancel", "fresh_link", "try_again", "generate", "no_thanks"])
async def test_a_forged_button_of_another_job_is_refused(scene: Scene, action: str) -> None:
    """Only the requester's: a button that names another user's job is refused, in any message."""
    scene.api.scripts.next(Script.endless())
    card = await scene.ask(private=True)
    await scene.until_taken()
    bait = await scene.use("jobs", scene.sam)
    button = {
        "type": 2,
        "style": 1,
        "label": "Free",
        "custom_id": f"{action}:{scene.job_of(card)}",
    }
    scene.stored(bait).components = [{"type": 1, "components": [button]}]
    refused = await scene.click(bait, "Free", scene.sam)
    assert refused.content in {
        NOT_YOUR_JOB.english,
        translate(JOB_UNKNOWN, ENGLISH),
        NOT_YOURS_TO_CANCEL.english,
        PRICE_QUESTION_ANSWERED.english,
        PRICE_QUESTION_EXPIRED.english,
    }
    assert refused.ephemeral
    (task,) = scene.api.tasks
    assert scene.api.status(task) != "cancelled"
    assert len(scene.api.calls("POST")) == 1
    assert button_labels(scene.stored(card)) == [BUTTON_CANCEL.english]


@pytest.mark.parametrize("replies", [True, False])
async def test_a_reply_to_the_card_has_its_buttons(scene: Scene, replies: bool) -> None:
    """Only the requester's: Download works for others in a reply to the card, not anywhere else."""
    # Reactions wait for their turn in real time, which a press in simcord's time does not see.
    scene.forbid_bot(add_reactions=True)
    scene.api.scripts.next(Script.quick(0), Script.endless())
    card = await scene.ask()
    await scene.until_taken()
    await scene.pass_time(2.0, card)
    await scene.until_state(card, JobState.DELIVERED)
    other = await scene.ask()
    reply = scene.env.backend.create_message(
        scene.channel.id,
        scene.env.backend.bot_user.id,
        "here is your result",
        reference={"message_id": str(card.id if replies else other.id)},
    )
    custom_id = f"fresh_link:{scene.job_of(card)}"
    button = {"type": 2, "style": 1, "label": "Download", "custom_id": custom_id}
    reply.components = [{"type": 1, "components": [button]}]
    await scene.breathe()
    answer = answer_of(await scene.sam.click(scene.seen(reply), label="Download"))
    assert (answer.content == translate(JOB_UNKNOWN, ENGLISH)) is not replies


async def test_a_button_of_an_unknown_job(scene: Scene) -> None:
    """Truthful: a button whose job is forgotten says so."""
    bait = await scene.use("jobs")
    button = {"type": 2, "style": 1, "label": "Old", "custom_id": "cancel:17"}
    scene.stored(bait).components = [{"type": 1, "components": [button]}]
    refused = await scene.click(bait, "Old", scene.robin)
    assert refused.content == translate(JOB_UNKNOWN, ENGLISH)
