"""What the deaths have brought to light, each as a test of its own."""

import random
import sqlite3

from bot.locales.cards import CANCELLED_BY_REQUESTER, STATES
from db.records import JobState
from tests.crash.checks import judge
from tests.crash.kill_points import NAMED
from tests.crash.run_and_kill import live_on
from tests.crash.stage import CANCEL, Asked, Scene, open_scene
from tests.crash.stored_jobs import read_books

_REACTIONS = "/channels/*/messages/*/reactions/*"
_ANSWERS = "/interactions/*/callback"


async def _die_after(scene: Scene, method: str, path: str, *, at_effect: bool) -> Asked:
    """Ask for what never ends, and kill the bot amid its call to Discord; return who asked."""
    bot = await scene.spawn()
    await scene.until_ready(bot, 0)
    hold = scene.discord.faults.hold(method, path, at="after" if at_effect else "before")
    scene.held.append(hold)
    await scene.ask(1, endless=1)
    await hold.reached.wait()
    await bot.kill()
    return scene.asked[0]


async def _until_cancelled(scene: Scene, asked: Asked) -> None:
    """Start the bot again and wait until the card says that the job was cancelled."""
    bot = await scene.spawn()
    try:
        card = scene.card(asked)
        assert card is not None
        said = CANCELLED_BY_REQUESTER.format(person=f"<@{asked.person.id}>")
        await scene.discord.until_message(card.id, lambda it: said in it.words)
        assert scene.discord.message(card.id).reactions.get(CANCEL) in {1, 2}
    finally:
        await bot.kill()


def _change(scene: Scene, statement: str) -> None:
    connection = sqlite3.connect(scene.database)
    with connection:
        connection.execute(statement)
    connection.close()


async def test_a_tap_where_the_bots_own_is_missing() -> None:
    """Nobody else's: a requester's ❌ is obeyed also where the bot adds its own first."""
    async with open_scene(random.Random(1)) as scene:
        asked = await _die_after(scene, "PUT", _REACTIONS, at_effect=False)
        await scene.tap_cancel(offered=False)
        await _until_cancelled(scene, asked)


async def test_a_tap_on_a_card_whose_number_was_lost() -> None:
    """Nobody else's: a requester's ❌ is obeyed also on a card that has to be found again."""
    async with open_scene(random.Random(1)) as scene:
        asked = await _die_after(scene, "POST", _ANSWERS, at_effect=True)
        await scene.tap_cancel(offered=False)
        await _until_cancelled(scene, asked)


async def test_a_state_that_was_saved_and_not_shown() -> None:
    """Truthful: a card is brought up to what was saved, also when nothing more happens to its job."""
    async with open_scene(random.Random(1)) as scene:
        bot = await scene.spawn()
        await scene.until_ready(bot, 0)
        fault = scene.api.faults.add("POST", "/*/*", delay=60.0, cut="before")
        await scene.ask(1)
        await scene.until(lambda: fault.injected > 0)
        await bot.kill()
        # As if the search had just given up when the process died.
        _change(scene, "update jobs set state = 'uncertain', missing_since = submitted_at")
        bot = await scene.spawn()
        try:
            title = STATES[JobState.UNCERTAIN].title
            card = scene.card(scene.asked[0])
            assert card is not None
            await scene.discord.until_message(card.id, lambda it: title in it.words)
        finally:
            await bot.kill()


async def test_a_result_that_was_shown_and_not_saved() -> None:
    """Truthful: nothing is drawn over a result whose upload was not acknowledged."""
    async with open_scene(random.Random(1)) as scene:
        bot = await scene.spawn()
        await scene.until_ready(bot, 0)
        await scene.ask(1, fails=False)
        async with NAMED["result shown, not acknowledged"](scene) as reached:
            await reached()
            await bot.kill()
        # Its progress was never shown, and there is time to draw it before the result comes again.
        _change(scene, "update jobs set shown = null, shown_at = null")
        scene.api.faults.add("GET", "/results/*", delay=4.0)
        await live_on(scene)
        assert await judge(scene, read_books(scene.database), frozenset()) == []
