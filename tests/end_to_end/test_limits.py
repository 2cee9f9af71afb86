"""What the operator's limits let through."""

from bot.locales.answer_texts import (
    PRICE_QUESTION_TEXT,
    SERVER_NOT_ALLOWED,
    TOO_MANY_RUNNING,
)
from db.records import JobState
from sandbox.discord import Person
from sandbox.modelhunter import Script
from tests.end_to_end.checks import assert_only_card, says
from tests.end_to_end.world import PROMPT, World

AT_ONCE = 20


async def test_twenty_commands_at_once_against_the_users_limit(world: World) -> None:
    """Quiet and safe: a person's limit holds however many commands come at once."""
    world.api.scripts.choose = lambda _request: Script.endless()
    async with world.bot(MAX_RUNNING_PER_USER="2"):
        answers = await world.ask_at_once([world.robin], AT_ONCE)
        refused = [it for it in answers if says(it.content, TOO_MANY_RUNNING, limit=2)]
        assert len(refused) == AT_ONCE - 2
        assert all(answer.is_ephemeral for answer in refused)
        await world.until_tasks(2)
        cards = [answer for answer in answers if not answer.is_ephemeral]
        for card in cards:
            await world.until_following(card)
    assert len(world.api.tasks) == 2


async def test_twenty_commands_at_once_against_a_budget(world: World) -> None:
    """Quiet and safe: commands can't spend past the day's budget by being many at once."""
    world.api.scripts.choose = lambda _request: Script.endless()
    limits = {"DAILY_BUDGET_USD": "1.00", "MAX_RUNNING_PER_USER": str(AT_ONCE)}
    async with world.bot(**limits):
        # Five seconds of this model are reserved at 5 x $0.08.
        answers = await world.ask_at_once([world.robin], AT_ONCE, model="viduq3-turbo")
        refused = [it for it in answers if "left for today" in it.content]
        assert len(refused) == AT_ONCE - 2
        assert "$0.20" in refused[0].content
        await world.until_tasks(2)
        for card in [answer for answer in answers if not answer.is_ephemeral]:
            await world.until_following(card)
    assert len(world.api.tasks) == 2


async def test_unspent_money_is_given_back(world: World) -> None:
    """Quiet and safe: a job that cost less than reserved leaves the rest for the next one."""
    world.api.scripts.next(Script.quick(0), Script.quick(0))
    async with world.bot(DAILY_BUDGET_USD="0.45"):
        for _ in range(2):
            await world.until_done(await world.ask(model="viduq3-turbo"))
        refused = await world.ask(model="viduq3-turbo")
        assert refused.content.startswith("The bot has **$0.37** left for today")


async def test_an_expensive_job_is_asked_about(world: World) -> None:
    """Quiet and safe: above the operator's line nothing is sent before its requester's yes."""
    async with world.bot(CONFIRM_ABOVE_USD="0.30"):
        question = await world.ask(model="viduq3-turbo")
        assert PRICE_QUESTION_TEXT.english in question.words
        assert len(world.api.calls("POST")) == 0
        assert question.is_ephemeral
        assert world.messages() == []
        world.api.scripts.next(Script.quick(0))
        card = await world.agree(question)
        done = await world.until_done(card)
        assert_only_card(world, done)
    assert [task.request.text for task in world.api.tasks.values()] == [PROMPT]


async def test_a_server_that_is_not_allowed_is_refused(world: World) -> None:
    """Quiet and safe: only the servers that the operator names may spend."""
    elsewhere = world.discord.create_guild("Elsewhere")
    async with world.bot(ALLOWED_GUILD_IDS=str(elsewhere)):
        refused = await world.ask()
        assert says(refused.content, SERVER_NOT_ALLOWED)
        assert refused.is_ephemeral
        channel = world.discord.create_channel("allowed", guild=elsewhere)
        kim = Person.join(world.discord, "Kim", guild=elsewhere)
        world.api.scripts.next(Script.quick(0))
        answer = await kim.slash(channel, "video", prompt=PROMPT)
        assert answer.message is not None
        await world.until_state(answer.message, JobState.DELIVERED)
    assert len(world.api.tasks) == 1
