"""The judge sees each kind of broken promise: a world that ended well is tampered with."""

import random
import sqlite3

import aiohttp

from tests.crash.checks import judge
from tests.crash.run_and_kill import live_on
from tests.crash.stage import CANCEL, Asked, Scene, open_scene
from tests.crash.stored_jobs import read_books


async def _finished(scene: Scene, count: int) -> list[Asked]:
    """Let the bot do *count* jobs that succeed."""
    bot = await scene.spawn()
    await scene.until_ready(bot, 0)
    await scene.ask(count, fails=False)
    await scene.until(lambda: len(scene.api.tasks) == count)
    await bot.kill()
    await live_on(scene)
    return scene.asked


async def _second_task(scene: Scene, asked: Asked) -> None:
    task = next(t for t in scene.api.tasks.values() if t.request.text == asked.prompt)
    body = {
        "model": task.model,
        "input": dict(task.input),
        "metadata": {"job_id": str(asked.job_id)},
    }
    address = f"{scene.api.url}/{task.provider}/{task.capability}"
    headers = {"Authorization": f"Bearer {scene.api.key}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(address, json=body) as answer,
    ):
        assert answer.ok, await answer.text()


def _tamper_ledger(scene: Scene, asked: Asked) -> None:
    connection = sqlite3.connect(scene.database)
    with connection:
        connection.execute("update ledger set amount = 1 where job_id = ?", (asked.job_id,))
    connection.close()


def _edit(scene: Scene, asked: Asked, **fields: object) -> None:
    card = scene.card(asked)
    assert card is not None
    scene.discord.model.edit_message(card.channel_id, card.id, fields)


async def _verdict(scene: Scene) -> dict[int | None, str]:
    """Return what is said of each job, all of it in one text."""
    found: dict[int | None, str] = {}
    for violation in await judge(scene, read_books(scene.database), frozenset()):
        found[violation.job_id] = found.get(violation.job_id, "") + violation.text + "; "
    return found


async def test_the_judge_sees_what_is_broken() -> None:
    """Each kind of tampering is found, at its own job, and nothing before it."""
    async with open_scene(random.Random(1)) as scene:
        one, two, three, four, five = await _finished(scene, 5)
        assert await _verdict(scene) == {}

        _tamper_ledger(scene, one)
        await _second_task(scene, two)
        title = {"title": "\N{ARTIST PALETTE} Generating"}
        _edit(scene, three, embeds=[title])
        _edit(scene, four, attachments=[])
        card = scene.card(five)
        assert card is not None
        scene.discord.model.set_reaction(
            card.channel_id, card.id, CANCEL, scene.discord.bot_id, True
        )
        scene.discord.model.create_message(card.channel_id, scene.discord.bot_id, "Done again!")
        with scene.log.open("a") as log:
            log.write("Traceback (most recent call last): a planted one\n" + one.prompt)

        verdict = await _verdict(scene)
    assert "the ledger has 0.000001" in verdict[one.job_id]
    assert "2 tasks for one job" in verdict[two.job_id]
    assert "the card still says 'Generating'" in verdict[three.job_id]
    assert "changed after its ending" in verdict[three.job_id]
    assert "not exactly one file" in verdict[four.job_id]
    assert "❌ is still under an ended card" in verdict[five.job_id]
    assert "neither card nor reply: 'Done again!'" in verdict[None]
    assert "a planted one" in verdict[None]
    assert "a secret or a prompt" in verdict[None]
