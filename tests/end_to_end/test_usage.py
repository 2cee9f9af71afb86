"""/usage shows a server what it has used, to those who manage it, and to no one else."""

import contextlib
import csv
import datetime
import io
import sqlite3

import pytest
from simcord.backend.errors import SetupError

from bot.discord.cards.usage_place import UsagePlace
from bot.locales.button_texts import BUTTON_CSV, BUTTON_MORE
from bot.locales.usage_texts import USAGE_NOT_MANAGING, USAGE_NOT_OPERATOR, USAGE_TITLE
from db.usage_records import UsageView
from sandbox.discord import Person, SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.world import World, fetch

FIRST = UsagePlace().number
TITLE = "Usage of"
BUTTON, ROW = 2, 1


async def _usage(world: World, person: Person, channel: int, **options: str) -> SeenMessage:
    answer = (await person.slash(channel, "usage", **options)).message
    assert answer is not None
    shown = await world.discord.until_message(answer.id, lambda it: TITLE in it.words)
    assert shown.is_ephemeral
    return shown


async def _until_words(world: World, message: SeenMessage, words: str) -> SeenMessage:
    return await world.discord.until_message(message.id, lambda it: words in it.words)


async def _press(person: Person, message: SeenMessage, custom_id: str) -> SeenMessage:
    """Press a button that the bot never put onto this message; return the answer."""
    stored = person._stored(message)
    genuine = stored.components
    forged = {"type": BUTTON, "style": 2, "label": "x", "custom_id": custom_id}
    stored.components = [{"type": ROW, "components": [forged]}]
    pressed = person.begin_click(message, custom_id)
    stored.components = genuine
    answer = await pressed.answer()
    assert answer.message is not None
    return answer.message


async def test_usage_shows_a_server_its_own_figures(world: World) -> None:
    """What another server and direct messages have used is in no page and in no file."""
    sam = Person.join(world.discord, "Sam", may_manage_server=True)
    elsewhere = world.discord.create_guild("Elsewhere")
    there = world.discord.create_channel("there", guild=elsewhere)
    kim = Person.join(world.discord, "Kim", guild=elsewhere)
    world.api.scripts.choose = lambda _request: Script.quick()
    async with world.bot(MAX_RUNNING_PER_USER="10") as bot:
        await world.until_done(await world.ask("image"))
        await world.until_done(await world.ask("image"))
        for person, channel in ((kim, there), (world.robin, world.robin.dm_channel)):
            card = (await person.slash(channel, "image", prompt="a lake")).message
            assert card is not None
            await world.until_done(card)
        shown = await _usage(world, sam, world.discord.channel)
        assert USAGE_TITLE.english in shown.words
        assert "**$0.08** charged" in shown.words
        assert "2 jobs" in shown.words
        assert "balance" not in shown.words
        await sam.select(shown, "person", custom_id=f"usage_view:{FIRST}")
        by_person = await _until_words(world, shown, f"<@{world.robin.id}>")
        assert f"<@{kim.id}>" not in by_person.words
        file = (await sam.click(shown, BUTTON_CSV.english)).message
        assert file is not None
        await bot.terminate()
    seen = await world.discord.until_message(file.id, lambda it: bool(it.attachments))
    text = (await fetch(seen.attachments[0]["url"])).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["server_id"] for row in rows} == {str(world.discord.guild)}
    assert [row["user_id"] for row in rows] == [str(world.robin.id)]
    assert [(row["jobs"], row["charged_usd"], row["ending"]) for row in rows] == [
        ("2", "0.08", "delivered")
    ]


async def test_usage_is_offered_to_those_who_manage_the_server(world: World) -> None:
    """Discord does not show the command to other members, and a forged press shows them nothing."""
    sam = Person.join(world.discord, "Sam", may_manage_server=True)
    world.discord.timeout = 3.0
    async with world.bot():
        shown = await _usage(world, sam, world.discord.channel)
        with pytest.raises((SetupError, TimeoutError)):
            await world.robin.slash(world.discord.channel, "usage")
        world.discord.timeout = 30.0
        own = (await world.robin.slash(world.discord.channel, "jobs")).message
        assert own is not None
        for word in ("usage_page", "usage_csv"):
            said = await _press(world.robin, own, f"{word}:{FIRST}")
            assert said.content == USAGE_NOT_MANAGING.english
        assert world.discord.message(own.id).words == own.words
        assert USAGE_TITLE.english in shown.words


async def test_usage_of_one_server_is_not_shown_in_another(world: World) -> None:
    """A place names no server: pressed elsewhere it shows what was used there, or nothing at all."""
    elsewhere = world.discord.create_guild("Elsewhere")
    there = world.discord.create_channel("there", guild=elsewhere)
    kim = Person.join(world.discord, "Kim", may_manage_server=True, guild=elsewhere)
    world.discord.model.add_member(world.discord.guild, kim.id, announce=True)
    world.api.scripts.choose = lambda _request: Script.quick()
    async with world.bot():
        await world.until_done(await world.ask("image"))
        shown = await _usage(world, kim, there)
        assert "No jobs in this time." in shown.words
        jobs = (await kim.slash(world.discord.channel, "jobs")).message
        assert jobs is not None
        said = await _press(kim, jobs, f"usage_page:{FIRST}")
        assert said.content == USAGE_NOT_MANAGING.english
        by_server = UsagePlace(view=UsageView.SERVER).number
        edits = len(world.discord.history(shown.id))
        await _press(kim, shown, f"usage_page:{by_server}")
        again = await world.discord.until_message(
            shown.id, lambda it: len(world.discord.history(it.id)) > edits
        )
        assert "No jobs in this time." in again.words
        assert "$0.04" not in again.words


async def test_usage_in_direct_messages_is_the_operators(world: World) -> None:
    """There the owner of the application sees every server and the balance, and no one else does."""
    world.discord.model.owner_id = world.robin.id
    sam = Person.join(world.discord, "Sam", may_manage_server=True)
    world.api.scripts.choose = lambda _request: Script.quick()
    async with world.bot():
        await world.until_done(await world.ask("image"))
        refused = (await sam.slash(sam.dm_channel, "usage")).message
        assert refused is not None
        assert refused.content == USAGE_NOT_OPERATOR.english
        shown = await _usage(world, world.robin, world.robin.dm_channel, by="server")
        assert "**$0.04** charged" in shown.words
        assert f"balance of **${world.api.balance:.2f}**" in shown.words
        assert "ModelHunter demo" in shown.words


async def test_usage_turns_its_pages_after_a_restart(world: World) -> None:
    """Pages are found by their custom_ids alone, and stay in the view and the days that were chosen."""
    sam = Person.join(world.discord, "Sam", may_manage_server=True)
    async with world.bot():
        await _usage(world, sam, world.discord.channel)
    _write_days(world, 25)
    async with world.bot():
        shown = await _usage(world, sam, world.discord.channel, by="day", period="30d")
        assert "Page 1 of 3" in shown.words
    async with world.bot():
        await sam.click(shown, BUTTON_MORE.english)
        await _until_words(world, shown, "Page 2 of 3")
        await sam.click(shown, BUTTON_MORE.english)
        last = await _until_words(world, shown, "Page 3 of 3")
        assert last.words.count("1 job") == 5
        await sam.select(shown, "7d", custom_id=f"usage_period:{FIRST}")
        week = await _until_words(world, shown, "7 jobs")
        assert "Page" not in week.words


def _write_days(world: World, count: int) -> None:
    """Have the ledger hold one job of this server on each of the last days."""
    today = datetime.datetime.now(datetime.UTC).date()
    path = world.database_path
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        for ago in range(count):
            day = today - datetime.timedelta(days=ago)
            database.execute(
                "insert into ledger (job_id, day, amount, settled, guild_id, model, ending, reported)"
                " values (?, ?, 100000, 1, ?, 'vidu-q3', 'delivered', 1)",
                (1000 + ago, day.isoformat(), world.discord.guild),
            )
