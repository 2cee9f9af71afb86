"""Files that are handed in with a command: looked at before anything is reserved, and sent once."""

import io
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image

from bot.locales.answer_texts import DATABASE_BUSY, NOTHING_CAME_OF_IT
from db.records import JobState
from sandbox.discord import Hold, SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.checks import assert_only_card, says
from tests.end_to_end.world import TIMEOUT, World

ANSWERS = "/interactions/*/callback"
ORIGINAL = "/webhooks/*/*/messages/@original"
KILLED = -9


def picture(width: int = 400, height: int = 400, kind: str = "PNG") -> bytes:
    """Make a picture of that size."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "orange").save(file, kind)
    return file.getvalue()


FOX = ("fox.png", picture())


async def _card(world: World, place: int | None = None, **options: object) -> SeenMessage:
    """Return the card that takes the place of the deferred answer."""
    request = {"prompt": "it runs", "image": FOX, **options}
    begun = await world.robin.begin(place or world.discord.channel, "video", request)  # type: ignore[arg-type]
    answer = await begun.answer()
    assert answer.kind == "deferred"
    await world.until(lambda: _answered(begun.look().message), "the answer")
    found = begun.look().message
    assert found is not None
    return found


def _answered(message: SeenMessage | None) -> bool:
    return message is not None and not message.is_loading


Place = Callable[[World], Awaitable[int]]


async def _channel(world: World) -> int:
    return world.discord.channel


async def _thread(world: World) -> int:
    made = world.discord.model.create_thread(world.discord.channel, "foxes", world.robin.id)
    return int(made.id)


async def _direct(world: World) -> int:
    return world.robin.dm_channel


@pytest.mark.parametrize("place", [_channel, _thread, _direct])
@pytest.mark.usefixtures("bot")
async def test_a_picture_is_animated(world: World, place: Place) -> None:
    """The model's way of making videos of pictures is used by itself, and its card is the answer."""
    world.api.scripts.next(Script.quick(0))
    where = await place(world)
    card = await _card(world, where)
    done = await world.until_done(card)
    assert not done.is_ephemeral
    assert [message.id for message in world.robin.sees(where)] == [card.id]
    (task,) = world.api.tasks.values()
    assert task.capability == "image-to-video"


@pytest.mark.usefixtures("bot")
async def test_a_private_picture_stays_private(world: World) -> None:
    """What is private is deferred privately, so that the card is private too."""
    world.api.scripts.next(Script.quick(0))
    card = await _card(world, private=True)
    assert card.is_ephemeral
    await world.until_state(card, JobState.DELIVERED)
    assert world.messages() == []


@pytest.mark.usefixtures("bot")
async def test_a_user_installed_app_takes_pictures(world: World) -> None:
    """Where the bot is not a member, the answer's token alone edits it."""
    world.api.scripts.next(Script.quick(0))
    begun = await world.robin.begin(
        world.discord.channel, "video", {"prompt": "x", "image": FOX}, is_user_install=True
    )
    await world.until(lambda: _answered(begun.look().message), "the answer")
    card = begun.look().message
    assert card is not None
    await world.until_state(card, JobState.DELIVERED)


@pytest.mark.usefixtures("bot")
async def test_the_card_names_the_files_and_says_what_was_made_to_fit(world: World) -> None:
    """Who handed in a large picture reads that a smaller one is used."""
    world.api.scripts.next(Script.endless())
    large = ("large fox.png", picture(6400, 4000))
    card = await _card(world, image=large, model="seedance-1-0-pro")
    assert "`large_fox.png`" in card.words
    assert "made smaller to fit" in card.words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"image": ("fox.pdf", b"%PDF-1.7")}, "takes"),
        ({"image": ("fox.png", picture(3000, 400))}, "times as wide as high"),
        ({"image": FOX, "model": "no such model"}, "no such model"),
        ({"last_image": FOX}, "`last_image`"),
    ],
)
@pytest.mark.usefixtures("bot")
async def test_what_can_be_refused_at_once_is_never_deferred(
    world: World, options: dict[str, object], words: str
) -> None:
    """A refusal that needs no look at the file is private, and the first answer."""
    refused = await world.robin.slash(
        world.discord.channel,
        "video",
        prompt="it runs",
        **options,  # type: ignore[arg-type]
    )
    assert refused.kind == "message"
    assert refused.message is not None
    assert refused.message.is_ephemeral
    assert words in refused.message.content
    assert "it runs" in refused.message.content
    assert world.saved_states() == []


async def test_what_the_budget_refuses_is_not_fetched(world: World) -> None:
    """Limits come before files, so that who has spent the budget costs no traffic."""
    async with world.bot(DAILY_BUDGET_USD="0.01"):
        refused = await world.ask(image=FOX)
        assert refused.content.startswith("The bot has")
        assert not refused.is_loading


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.usefixtures("bot")
async def test_a_refusal_after_the_look_is_private(world: World, private: bool) -> None:
    """The public answer is deleted, and the one who asked reads why, with the prompt."""
    sham = ("fox.png", b"%PDF-1.7 no picture at all")
    begun = await world.robin.begin(
        world.discord.channel, "video", {"prompt": "it runs", "image": sham, "private": private}
    )
    assert (await begun.answer()).kind == "deferred"
    await world.until(
        lambda: any("it runs" in message.content for message in world.robin.sees()), "the reason"
    )
    (said,) = world.robin.sees()
    assert said.is_ephemeral
    assert world.messages() == []
    assert world.saved_states() == []


@pytest.mark.usefixtures("bot")
async def test_the_reason_is_private_where_the_answer_can_t_be_deleted(world: World) -> None:
    """Where Discord does not delete the answer, it says that nothing comes of it, and not why."""
    world.discord.faults.add("DELETE", ORIGINAL, status=403, code=0)
    begun = await world.robin.begin(
        world.discord.channel, "video", {"prompt": "it runs", "image": ("fox.png", b"%PDF-1.7")}
    )
    await begun.answer()
    await world.until(lambda: len(world.robin.sees()) == 2, "the reason")
    (public,) = world.messages()
    assert says(public.content, NOTHING_CAME_OF_IT)
    (private,) = [message for message in world.robin.sees() if message.is_ephemeral]
    assert "it runs" in private.content


async def test_a_price_is_asked_about_privately(world: World) -> None:
    """The question takes the place of a private deferred answer, and the yes uses the same file."""
    world.api.scripts.next(Script.quick(0))
    async with world.bot(CONFIRM_ABOVE_USD="0.01"):
        question = await _card(world)
        assert question.is_ephemeral
        assert world.messages() == []
        assert world.saved_states() == []
        card = await world.agree(question)
        assert "`fox.png`" in card.words
        await world.until_done(card)
        await world.until(lambda: world.discord.find(question.id) is None, "the question to go")
    (task,) = world.api.tasks.values()
    assert task.capability == "image-to-video"


async def test_a_kill_between_the_deferred_answer_and_the_row(world: World) -> None:
    """Nothing was written and nothing is charged; Discord shows that the bot thinks, and then not."""
    async with world.bot() as bot:
        hold = world.discord.faults.hold("POST", ANSWERS, at="after")
        await world.begin(image=FOX)
        await _reached(world, hold)
        assert await bot.kill() == KILLED
    hold.release()
    world.api.scripts.next(Script.quick(0))
    async with world.bot():
        await world.until_done(await _card(world))
    assert len(world.api.tasks) == 1
    assert len(world.saved_ids()) == 1


async def test_a_kill_between_the_row_and_the_card(world: World) -> None:
    """One card per job: the next process edits the card onto the deferred answer, and goes on."""
    world.api.scripts.next(Script.quick(0))
    async with world.bot() as bot:
        hold = world.discord.faults.hold("PATCH", ORIGINAL)
        begun = await world.begin(image=FOX)
        await _reached(world, hold)
        assert await bot.kill() == KILLED
    assert world.saved_states() == [JobState.ACCEPTED]
    async with world.bot():
        message = begun.look().message
        assert message is not None
        done = await world.until_done(message)
        assert_only_card(world, done)
    assert len(world.api.tasks) == 1
    hold.release()


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_deferred_answer_that_is_cut_off_costs_nothing(world: World, cut: str) -> None:
    """Quiet and safe: whether Discord took the answer is not known, so nothing is written or sent."""
    world.discord.faults.add("POST", ANSWERS, cut=cut)  # type: ignore[arg-type]
    async with world.bot() as bot:
        begun = await world.begin(image=FOX)
        await bot.until_output(f"interaction {begun.id}: not deferred")
        # The bot goes on.
        world.api.scripts.next(Script.quick(0))
        await world.until_done(await _card(world, world.discord.channel))
    assert len(world.saved_ids()) == 1
    assert len(world.api.tasks) == 1


async def test_an_error_after_the_card_is_shown_leaves_the_card(world: World) -> None:
    """Delivered is more than succeeded: the card stays where it is, and the job goes on."""
    world.api.scripts.next(Script.quick(0))
    async with world.bot() as bot:
        hold = world.discord.faults.hold("PATCH", ORIGINAL, at="after")
        begun = await world.begin(image=FOX)
        await _reached(world, hold)
        with world.locked_database():
            hold.release()
            await bot.until_output("what its card is could not be stored")
        message = begun.look().message
        assert message is not None
        assert_only_card(world, await world.until_done(message))
    assert len(world.api.tasks) == 1


async def test_a_deferred_answer_that_is_deleted_meanwhile(world: World) -> None:
    """What has no card is not sent, and its requester may ask again."""
    async with world.bot():
        hold = world.discord.faults.hold("PATCH", ORIGINAL)
        begun = await world.begin(image=FOX)
        await _reached(world, hold)
        message = begun.look().message
        assert message is not None
        world.discord.model.delete_message(world.discord.channel, message.id)
        hold.release()
        await world.until(lambda: world.saved_states() == [JobState.REFUSED], "the job's end")
    assert len(world.api.tasks) == 0


async def test_a_busy_database_after_the_look(world: World) -> None:
    """What can't be written in time is refused privately, with the prompt."""
    async with world.bot():
        hold = world.discord.faults.hold("POST", ANSWERS, at="after")
        await world.begin(image=FOX)
        await _reached(world, hold)
        with world.locked_database():
            hold.release()
            await world.until(
                lambda: any(says(m.content, DATABASE_BUSY) for m in world.robin.sees()), "why"
            )
        assert world.messages() == []


async def _reached(world: World, hold: Hold) -> None:
    await world.until(hold.reached.is_set, f"the call, in {TIMEOUT:g} s")
