"""The yes to a price is the job that is made: privately asked, once, at that price, or not at all."""

import contextlib
import json
import sqlite3
from typing import Any

import pytest

from bot.locales.answer_texts import (
    PRICE_QUESTION_ANSWERED,
    PRICE_QUESTION_DECLINED,
    PRICE_QUESTION_EXPIRED,
    PRICE_QUESTION_TEXT,
    TOO_MANY_RUNNING,
)
from bot.locales.button_texts import (
    BUTTON_GENERATE,
    BUTTON_NO_THANKS,
    BUTTON_TRIED_AGAIN,
    BUTTON_TRY_AGAIN,
)
from bot.locales.translate import Text
from db.records import JobState
from sandbox.discord import SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.checks import says
from tests.end_to_end.world import World, title_of

ANSWERS = "/interactions/*/callback"
QUESTIONS = "/webhooks/*/*/messages/@original"
DEAR: dict[str, Any] = {"model": "viduq3-turbo"}  # $0.20 to $0.40


def _drafts(world: World, change: str = "") -> list[dict[str, Any]]:
    """Return what is stored of each question, after a *change* to their requests."""
    path = world.database_path
    with contextlib.closing(sqlite3.connect(path)) as database:
        if change:
            database.execute(f"update drafts set request = {change}")  # noqa: S608
            database.commit()
        return [json.loads(row) for (row,) in database.execute("select request from drafts")]


def _question(world: World) -> SeenMessage:
    """Return the only private message that Robin sees."""
    (found,) = [message for message in world.robin.sees() if message.is_ephemeral]
    return found


async def test_a_question_is_private_and_its_yes_is_a_public_card(world: World) -> None:
    """The question is between the bot and the requester, and the card is the answer to the yes."""
    world.api.scripts.next(Script.endless())
    async with world.bot(CONFIRM_ABOVE_USD="0.30"):
        question = await world.ask(**DEAR)
        assert question.is_ephemeral
        assert world.messages() == []
        pressed = world.robin.begin_click(question, BUTTON_GENERATE.english)
        card = (await pressed.answer()).message
        assert card is not None
        assert world.messages() == [card]
        assert card.interaction_id == pressed.id
        assert world.saved_ids() == [pressed.id]
        await world.until(lambda: world.discord.find(question.id) is None, "the question to go")
        await world.until_following(card)
    assert len(world.api.tasks) == 1


async def test_a_private_job_stays_private(world: World) -> None:
    """The yes to a private request is answered privately too."""
    async with world.bot(CONFIRM_ABOVE_USD="0.30"):
        world.api.scripts.next(Script.endless())
        card = await world.agree(await world.ask(private=True, **DEAR))
        assert card.is_ephemeral
        assert world.messages() == []


async def test_a_no_is_said_privately(world: World) -> None:
    """A no leaves nothing in the channel, and the question says so without buttons."""
    async with world.bot(CONFIRM_ABOVE_USD="0.30"):
        question = await world.ask(**DEAR)
        await world.robin.click(question, BUTTON_NO_THANKS.english)
        said = _question(world)
        assert says(said.content, PRICE_QUESTION_DECLINED)
        assert (said.buttons, said.embeds) == ([], [])
        assert world.messages() == []
        assert _drafts(world) == [{}]


async def test_what_the_budget_refuses_is_not_asked(world: World) -> None:
    """A question that could only be refused is not asked: the refusal comes at once."""
    async with world.bot(CONFIRM_ABOVE_USD="0.30", DAILY_BUDGET_USD="0.395"):
        refused = await world.ask(**DEAR)
        assert refused.is_ephemeral
        assert refused.content.startswith("The bot has **$0.39** left for today")
        assert _drafts(world) == []


async def test_what_the_running_limit_refuses_is_not_asked(world: World) -> None:
    """Who has as many running as is allowed reads that, not a question."""
    world.api.scripts.next(Script.endless())
    async with world.bot(CONFIRM_ABOVE_USD="0.30", MAX_RUNNING_PER_USER="1"):
        await world.until_following(await world.ask("image"))
        refused = await world.ask(**DEAR)
        assert refused.embeds == []
        assert says(refused.content, TOO_MANY_RUNNING, limit=1)
        assert _drafts(world) == []


async def test_a_yes_that_is_refused_turns_the_question_into_the_reason(world: World) -> None:
    """When the budget is gone by the time of the yes, no button stays that could only be refused."""
    world.api.scripts.next(Script.endless(), Script.endless())
    async with world.bot(CONFIRM_ABOVE_USD="0.30", DAILY_BUDGET_USD="0.50"):
        first, second = await world.ask(**DEAR), await world.ask(**DEAR)
        await world.until_following(await world.agree(first))
        await world.robin.click(second, BUTTON_GENERATE.english)
        said = world.discord.message(second.id)
        assert said.content.startswith("The bot has **$0.10** left for today")
        assert (said.buttons, said.embeds) == ([], [])
        assert len(world.messages()) == 1
    assert len(world.api.tasks) == 1


async def test_another_default_model_after_a_restart(world: World) -> None:
    """The model that was asked about is the one that is used, whatever the default is by then."""
    world.environment["CONFIRM_ABOVE_USD"] = "0.0001"
    async with world.bot(DEFAULT_VIDEO_MODEL="viduq3-turbo"):
        question = await world.ask()
    world.api.scripts.next(Script.quick(0))
    async with world.bot(DEFAULT_VIDEO_MODEL="kling-v3"):
        await world.until_done(await world.agree(question))
    (task,) = world.api.tasks.values()
    assert task.request.model == "viduq3-turbo"


@pytest.mark.parametrize(
    "change",
    [
        "json_set(request, '$.price_high', '0.39')",  # it was cheaper when it was asked
        "json_set(request, '$.options', json('{}'))",  # it was another request
    ],
)
async def test_another_price_after_a_restart_is_asked_about_again(
    world: World, change: str
) -> None:
    """A yes to a lower price, or to other options, is no yes: the question is asked again."""
    world.environment["CONFIRM_ABOVE_USD"] = "0.30"
    async with world.bot():
        question = await world.ask(**DEAR)
    _drafts(world, change)
    world.api.scripts.next(Script.endless())
    async with world.bot():
        old = next(button for button in question.buttons if button.label == "Generate")
        await world.robin.click(question, BUTTON_GENERATE.english)
        asked = world.discord.message(question.id)
        assert PRICE_QUESTION_TEXT.english in asked.words
        assert [button.custom_id for button in asked.buttons] != [
            button.custom_id for button in question.buttons
        ]
        assert len(world.api.calls("POST")) == 0
        # A press that was on its way when the question changed is no yes to the new one.
        assert (await _press_again(world, asked, old.custom_id)).words == asked.words
        assert len(world.api.calls("POST")) == 0
        await world.agree(world.discord.message(question.id))
        await world.until_tasks(1)
        await world.until(lambda: world.discord.find(question.id) is None, "the question to go")


async def _press_again(world: World, question: SeenMessage, custom_id: str | None) -> SeenMessage:
    """Press the buttons that a question had before, and return what it shows then."""
    stored = world.discord.stored(question.id)
    assert stored is not None
    row = stored.components[0]["components"]
    earlier = [
        {
            **button,
            "custom_id": f"{button['custom_id'].split(':')[0]}:{str(custom_id).split(':')[1]}",
        }
        for button in row
    ]
    stored.components = [{"type": 1, "components": earlier}]
    await world.robin.click(question, BUTTON_GENERATE.english)
    return world.discord.message(question.id)


@pytest.mark.parametrize(
    ("answer", "change", "sentence"),
    [
        (BUTTON_NO_THANKS, "", PRICE_QUESTION_EXPIRED),
        (BUTTON_GENERATE, "", PRICE_QUESTION_ANSWERED),
        (None, "json('{\"a\": 1}')", PRICE_QUESTION_EXPIRED),  # as another version may store it
    ],
    ids=["declined", "agreed", "unreadable"],
)
async def test_an_old_press_is_answered_by_what_became_of_the_newest_question(
    world: World, answer: Text | None, change: str, sentence: Text
) -> None:
    """A press on a question that was replaced says what became of the one in its place."""
    world.environment["CONFIRM_ABOVE_USD"] = "0.30"
    async with world.bot():
        question = await world.ask(**DEAR)
    first = world.discord.stored(question.id)
    assert first is not None
    earlier = first.components
    _drafts(world, "json_set(request, '$.price_high', '0.39')")
    world.discord.faults.add("DELETE", QUESTIONS, status=404, code=10015, times=None)
    world.api.scripts.next(Script.endless())
    async with world.bot():
        await world.robin.click(question, BUTTON_GENERATE.english)
        if answer is not None:
            await world.robin.click(world.discord.message(question.id), answer.english)
        if change:
            _drafts(world, change)
        stored = world.discord.stored(question.id)
        assert stored is not None
        stored.components = earlier
        await world.robin.click(question, BUTTON_GENERATE.english)
        assert says(world.discord.message(question.id).content, sentence)


async def test_two_presses_are_one_job(world: World) -> None:
    """Of two presses on the same yes one makes the job, and the other is pointed to its card."""
    world.api.scripts.next(Script.endless())
    async with world.bot(CONFIRM_ABOVE_USD="0.30"):
        question = await world.ask(**DEAR)
        presses = [world.robin.begin_click(question, BUTTON_GENERATE.english) for _ in range(2)]
        answers = [await press.answer() for press in presses]
        await world.until_tasks(1)
        assert len(world.messages()) == 1
        cards = [it for it in answers if it.message is not None and title_of(it.message)]
        assert len(cards) == 1
    assert len(world.api.tasks) == 1


async def test_a_question_that_could_not_be_taken_away(world: World) -> None:
    """A question that stays after its yes says, when it is pressed, that it was answered."""
    world.api.scripts.next(Script.endless())
    async with world.bot(CONFIRM_ABOVE_USD="0.30"):
        question = await world.ask(**DEAR)
        world.discord.faults.add("DELETE", QUESTIONS, status=404, code=10015, times=None)
        await world.agree(question)
        await world.until_tasks(1)
        await world.robin.click(question, BUTTON_GENERATE.english)
        said = world.discord.message(question.id)
        assert says(said.content, PRICE_QUESTION_ANSWERED)
        assert said.buttons == []
    assert len(world.api.tasks) == 1


async def test_a_yes_after_a_restart(world: World) -> None:
    """A question outlives the process that asked it, and is still taken away."""
    world.environment["CONFIRM_ABOVE_USD"] = "0.30"
    async with world.bot() as bot:
        question = await world.ask(**DEAR)
        await bot.kill()
    world.api.scripts.next(Script.endless())
    async with world.bot():
        await world.agree(question)
        await world.until(lambda: world.discord.find(question.id) is None, "the question to go")
    assert len(world.api.tasks) == 1


async def test_a_question_that_is_too_old(world: World, tmp_path: Any) -> None:
    """After a quarter of an hour a yes makes nothing, and the question says so."""
    clock = tmp_path / "clock"
    clock.write_text("0", encoding="ascii")
    async with world.bot_ahead(clock, CONFIRM_ABOVE_USD="0.30"):
        question = await world.ask(**DEAR)
        clock.write_text(str(15 * 60 + 1), encoding="ascii")
        await world.robin.click(question, BUTTON_GENERATE.english)
        said = world.discord.message(question.id)
        assert says(said.content, PRICE_QUESTION_EXPIRED)
        assert said.buttons == []
    assert len(world.api.tasks) == 0


async def test_a_second_retry_is_not_asked_about(world: World) -> None:
    """Try again asks about its price only while there is no retry yet."""
    world.api.scripts.next(Script.failing("no paint"), Script.endless())
    async with world.bot(CONFIRM_ABOVE_USD="0.30"):
        card = await world.agree(await world.ask(**DEAR))
        failed = await world.until_state(card, JobState.FAILED)
        answer = await world.robin.click(failed, BUTTON_TRY_AGAIN.english)
        assert answer.message is not None
        await world.agree(answer.message)
        await world.until_tasks(2)
        await world.discord.until_message(
            failed.id, lambda it: BUTTON_TRIED_AGAIN.english in [each.label for each in it.buttons]
        )


async def test_a_price_says_what_it_usually_costs(world: World) -> None:
    """What the same has cost is said in the question and on the card, with the most it may cost."""
    world.api.scripts.next(Script.quick(0), Script.endless())
    async with world.bot(CONFIRM_ABOVE_USD="0.30"):
        await world.until_done(await world.agree(await world.ask(options="seed=1", **DEAR)))
        question = await world.ask(options="seed=2", **DEAR)
        assert "This usually costs $0.04, at most $0.40. Generate it?" in question.words
        card = await world.until_following(await world.agree(question))
        assert "usually $0.04, at most $0.40" in card.words
