"""Forms are carried out like commands, after a restart too, and only for who may use them."""

import pytest

from bot.locales.answer_texts import (
    FORM_EXPIRED,
    JOB_UNKNOWN,
    NOT_RETRYABLE,
    NOT_YOUR_JOB,
    OPTIONS_TOO_LONG_FOR_FORM,
)
from db.records import JobState
from sandbox.discord import Answer, Person, SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.checks import says
from tests.end_to_end.test_inputs import FOX
from tests.end_to_end.world import PROMPT, World, fetch

EDIT = "Edit"
OTHER_PROMPT = "a heron at dawn"
NINES = "9" * 20
ROW, BUTTON = 1, 2


async def press(world: World, person: Person, message: SeenMessage, custom_id: str) -> Answer:
    """Press a button with that custom_id under a message, whether the bot has put it there or not."""
    stored = world.discord.stored(message.id)
    assert stored is not None
    genuine = stored.components
    forged = {"type": BUTTON, "style": 2, "label": "x", "custom_id": custom_id}
    stored.components = [{"type": ROW, "components": [forged]}]
    pressed = person.begin_click(message, custom_id)
    stored.components = genuine
    return await pressed.answer()


def forge(world: World, form: Answer, custom_id: str) -> None:
    """Have an open form be sent with another custom_id."""
    modal = world.discord.model.interactions[form.interaction_id].modal
    assert modal is not None
    modal["custom_id"] = custom_id


def sentence(answer: Answer) -> str:
    """Return what the bot says to the user alone."""
    assert answer.message is not None
    assert answer.message.is_ephemeral
    return answer.message.content


async def test_a_form_is_carried_out_by_a_process_that_never_saw_it(world: World) -> None:
    """What was entered before a restart makes one job, with its card in the channel."""
    async with world.bot():
        opened = await world.robin.slash(world.discord.channel, "create", kind="video")
    assert opened.kind == "modal"
    async with world.bot():
        answer = await world.robin.submit(
            opened, {"prompt": PROMPT, "model": ["kling-v3"], "measure": ["4"]}
        )
        assert answer.message is not None
        assert not answer.message.is_ephemeral
        await world.until_done(answer.message)
    (task,) = world.api.tasks.values()
    assert task.request.input["duration"] == 4
    assert len(world.messages()) == 1


async def test_a_refused_form_is_opened_again_as_it_was_sent(world: World) -> None:
    """The sentence says what to change, gives the prompt back, and Edit works after a restart."""
    async with world.bot():
        opened = await world.robin.slash(world.discord.channel, "create", kind="video")
        refused = await world.robin.submit(
            opened, {"prompt": PROMPT, "model": ["veo3"], "measure": ["5"], "more": ["private"]}
        )
        assert refused.message is not None
        assert refused.message.is_ephemeral
        assert "Veo 3.1" in refused.message.content
        assert PROMPT in refused.message.content
    async with world.bot():
        again = await world.robin.click(refused.message, EDIT)
        assert again.kind == "modal"
        answer = await world.robin.submit(again, {"model": ["kling-v3"]})
        assert answer.message is not None
        assert answer.message.is_ephemeral  # as it was ticked the first time
        await world.until_state(answer.message, JobState.DELIVERED)
    (task,) = world.api.tasks.values()
    assert task.request.text == PROMPT
    assert task.request.input["duration"] == 5


@pytest.mark.parametrize("place", ["thread", "direct messages", "user-installed"])
async def test_a_form_works_where_commands_do(world: World, place: str) -> None:
    """In threads, in direct messages, and where the bot is installed for its user alone."""
    robin = world.robin
    async with world.bot():
        if place == "thread":
            made = world.discord.model.create_thread(world.discord.channel, "foxes", robin.id)
            opened = await robin.slash(int(made.id), "create", kind="image")
        elif place == "direct messages":
            opened = await robin.slash(robin.dm_channel, "create", kind="image")
        else:
            begun = await robin.begin(
                world.discord.channel, "create", {"kind": "image"}, is_user_install=True
            )
            opened = await begun.answer()
        answer = await robin.submit(opened, {"prompt": PROMPT})
        assert answer.message is not None
        await world.until_state(answer.message, JobState.DELIVERED)
    assert len(world.api.tasks) == 1


async def test_a_form_takes_a_start_image(world: World) -> None:
    """The image is handed to the model's own way of using one, for a process that never saw the form."""
    async with world.bot():
        opened = await world.robin.slash(world.discord.channel, "create", kind="video")
    async with world.bot():
        answer = await world.robin.submit(
            opened, {"prompt": PROMPT, "model": ["kling-v3"], "file": FOX}
        )
        assert answer.kind == "deferred"
        assert answer.message is not None
        card = await world.discord.until_message(answer.message.id, lambda it: bool(it.embeds))
        assert "Kling V3" in card.words


async def test_a_dialogue_has_a_voice_for_each_line(world: World) -> None:
    """Its form gives the lines back when it is edited, after a restart too."""
    lines = "Rachel: Have you seen the fox?\nAdam: Which fox?"
    async with world.bot():
        opened = await world.robin.slash(world.discord.channel, "create", kind="dialogue")
        answer = await world.robin.submit(opened, {"prompt": lines})
        assert answer.message is not None
        card = await world.until_done(answer.message)
    async with world.bot():
        edited = await press(world, world.robin, card, f"edit:{card.interaction_id}")
        again = await world.robin.submit(edited)
        assert again.message is not None
        await world.until_done(again.message)
    first, second = world.api.tasks.values()
    assert first.request.input["dialogue"] == [
        {"text": "Have you seen the fox?", "voice": "Rachel"},
        {"text": "Which fox?", "voice": "Adam"},
    ]
    assert second.request.input == first.request.input


async def test_a_costly_form_is_asked_about_first(world: World) -> None:
    """Its requester alone sees the question, and the yes makes the card, after a restart too."""
    async with world.bot(CONFIRM_ABOVE_USD="0.01"):
        opened = await world.robin.slash(world.discord.channel, "create", kind="video")
        question = (await world.robin.submit(opened, {"prompt": PROMPT})).message
        assert question is not None
        assert question.is_ephemeral
        assert world.api.tasks == {}
    async with world.bot(CONFIRM_ABOVE_USD="0.01"):
        await world.until_done(await world.agree(question))
    assert len(world.api.tasks) == 1


async def test_a_form_keeps_the_limits_of_its_user(world: World) -> None:
    """Forms that were opened before the limit was reached are refused when they are sent."""
    world.api.scripts.next(Script.endless())
    robin, channel = world.robin, world.discord.channel
    async with world.bot(MAX_RUNNING_PER_USER="1"):
        opened = [await robin.slash(channel, "create", kind="video") for _ in range(2)]
        first = (await robin.submit(opened[0], {"prompt": PROMPT})).message
        assert first is not None
        await world.until_following(first)
        refused = await robin.submit(opened[1], {"prompt": OTHER_PROMPT})
        assert "**1** running" in sentence(refused)
        assert OTHER_PROMPT in sentence(refused)
    assert len(world.api.tasks) == 1


async def test_a_finished_job_is_edited_after_a_restart(world: World) -> None:
    """The form holds what was asked for; what comes of it is a job of its own."""
    async with world.bot():
        card = await world.until_done(await world.ask(model="viduq3-turbo", duration="4"))
    async with world.bot():
        opened = await press(world, world.robin, card, f"edit:{card.interaction_id}")
        answer = await world.robin.submit(opened, {"prompt": OTHER_PROMPT})
        assert answer.message is not None
        await world.until_done(answer.message)
    first, second = world.api.tasks.values()
    assert second.request.text == OTHER_PROMPT
    assert second.request.endpoint == first.request.endpoint
    assert {**second.request.input, "prompt": ""} == {**first.request.input, "prompt": ""}


async def test_options_that_no_form_holds_are_given_back(world: World) -> None:
    """They are refused with a sentence, word for word in a file, as each field has its limit."""
    unwanted = "'" + '"' * 2100 + "'"
    async with world.bot():
        card = await world.until_done(
            await world.ask(model="kling-v3", options=f"negative_prompt={unwanted}")
        )
        refused = await press(world, world.robin, card, f"edit:{card.interaction_id}")
        assert says(sentence(refused).splitlines()[0], OPTIONS_TOO_LONG_FOR_FORM)
        assert refused.message is not None
        (file,) = refused.message.attachments
        assert file["filename"] == "options.txt"
        given_back = (await fetch(str(file["url"]))).decode()
        assert len(given_back) > 4000
        assert '\\"' * 2100 in given_back


async def test_a_failed_job_is_edited_and_tried_again_once(world: World) -> None:
    """What comes of the form is the one retry of the job, however many forms were open."""
    world.api.scripts.next(Script.failing("no"))
    robin = world.robin
    async with world.bot():
        failed = await world.until_state(await world.ask(), JobState.FAILED)
        retry = f"edit_and_retry:{failed.interaction_id}"
        first = await press(world, robin, failed, retry)
        second = await press(world, robin, failed, retry)
        answer = await robin.submit(first, {"prompt": OTHER_PROMPT})
        assert answer.message is not None
        await world.until_done(answer.message)
        refused = await robin.submit(second, {"prompt": OTHER_PROMPT})
        assert OTHER_PROMPT in sentence(refused)
        assert refused.message is not None
        assert "already" in refused.message.content
        pressed = await press(world, robin, failed, retry)
        assert "already" in sentence(pressed)
    assert len(world.api.tasks) == 2


async def test_any_user_may_use_the_prompt_of_a_public_card(world: World) -> None:
    """The job is the presser's own; what it was made from stays with the one who asked first."""
    sam = Person.join(world.discord, "Sam")
    async with world.bot():
        card = await world.until_done(await world.ask(model="viduq3-turbo"))
    async with world.bot():
        opened = await press(world, sam, card, f"use_prompt:{card.interaction_id}")
        answer = await sam.submit(opened)
        assert answer.message is not None
        done = await world.until_done(answer.message)
        assert done.id != card.id
    first, second = world.api.tasks.values()
    assert first.request.input == second.request.input


async def test_forged_forms_get_a_sentence_and_nothing_else(world: World) -> None:
    """No custom_id opens or carries out a form about a job that is not the presser's to use."""
    sam = Person.join(world.discord, "Sam")
    world.api.scripts.next(Script.failing("no"), Script.quick(0))
    async with world.bot():
        failed = await world.until_state(await world.ask(private=True), JobState.FAILED)
        public = await world.until_done(await world.ask())
        job, hidden = public.interaction_id, failed.interaction_id
        buttons = [
            (sam, f"edit:{job}", NOT_YOUR_JOB),
            (sam, f"edit_and_retry:{job}", NOT_YOUR_JOB),
            (world.robin, f"edit_and_retry:{job}", NOT_RETRYABLE),
            (sam, f"use_prompt:{hidden}", NOT_YOUR_JOB),
            (sam, f"edit_form:{job}", FORM_EXPIRED),
            *((sam, f"{it}:{NINES}", JOB_UNKNOWN) for it in ("edit", "use_prompt")),
            (sam, f"edit_form:{NINES}", FORM_EXPIRED),
        ]
        for person, custom_id, text in buttons:
            assert says(sentence(await press(world, person, public, custom_id)), text), custom_id
        forms = [
            (f"form_edit:{job}", NOT_YOUR_JOB),
            (f"form_retry:{hidden}", NOT_YOUR_JOB),
            (f"form_use:{hidden}", NOT_YOUR_JOB),
            (f"form_use:{job}", JOB_UNKNOWN),  # the form was not opened from its card
            (f"form_draft:{job}", FORM_EXPIRED),
            (f"form_edit:{NINES}", JOB_UNKNOWN),
            ("form_new:99", FORM_EXPIRED),
            ("another bot's form", FORM_EXPIRED),
        ]
        for custom_id, text in forms:
            opened = await sam.slash(world.discord.channel, "create", kind="video")
            forge(world, opened, custom_id)
            said = sentence(await sam.submit(opened, {"prompt": OTHER_PROMPT}))
            assert says(said.splitlines()[0], text), custom_id
            assert OTHER_PROMPT in said
    assert len(world.api.tasks) == 2


async def test_a_form_of_a_job_that_was_forgotten_gives_the_prompt_back(world: World) -> None:
    """What was typed is not lost with the job that the form was opened from."""
    async with world.bot():
        card = await world.until_done(await world.ask())
        opened = await press(world, world.robin, card, f"edit:{card.interaction_id}")
        question = (await world.robin.slash(world.discord.channel, "forget")).message
        assert question is not None
        await world.robin.click(question, "Delete 1 job")
        said = sentence(await world.robin.submit(opened, {"prompt": OTHER_PROMPT}))
        assert says(said.splitlines()[0], JOB_UNKNOWN)
        assert OTHER_PROMPT in said
