"""The checks find each kind of broken promise: a stage that ended well is tampered with."""

import random
import sqlite3

import aiohttp

from tests.crash.checks import check_promises
from tests.crash.run_and_kill import run_to_completion
from tests.crash.stage import CANCEL, Request, Stage, open_stage
from tests.crash.stored_jobs import read_stored_jobs


async def _finished(stage: Stage, count: int) -> list[Request]:
    """Let the bot do *count* jobs that succeed."""
    bot = await stage.spawn()
    await stage.until_ready(bot, 0)
    await stage.ask(count, fails=False)
    await stage.until(lambda: len(stage.api.tasks) == count)
    await bot.kill()
    await run_to_completion(stage)
    return stage.requests


async def _second_task(stage: Stage, request: Request) -> None:
    task = next(t for t in stage.api.tasks.values() if t.request.text == request.prompt)
    body = {
        "model": task.model,
        "input": dict(task.input),
        "metadata": {"job_id": str(request.job_id)},
    }
    address = f"{stage.api.url}/{task.provider}/{task.capability}"
    headers = {"Authorization": f"Bearer {stage.api.key}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(address, json=body) as answer,
    ):
        assert answer.ok, await answer.text()


def _tamper_ledger(stage: Stage, request: Request) -> None:
    connection = sqlite3.connect(stage.database)
    with connection:
        connection.execute("update ledger set amount = 1 where job_id = ?", (request.job_id,))
    connection.close()


def _edit(stage: Stage, request: Request, **fields: object) -> None:
    card = stage.card(request)
    assert card is not None
    stage.discord.model.edit_message(card.channel_id, card.id, fields)


async def _violations(stage: Stage) -> dict[int | None, str]:
    """Return the violations of each job, all in one text."""
    found: dict[int | None, str] = {}
    for violation in await check_promises(stage, read_stored_jobs(stage.database), frozenset()):
        found[violation.job_id] = found.get(violation.job_id, "") + violation.text + "; "
    return found


async def test_checks_find_each_broken_promise() -> None:
    """Each kind of tampering is found, at its own job, and nothing before it."""
    async with open_stage(random.Random(1)) as stage:
        one, two, three, four, five = await _finished(stage, 5)
        assert await _violations(stage) == {}

        _tamper_ledger(stage, one)
        await _second_task(stage, two)
        title = {"title": "\N{ARTIST PALETTE} Generating"}
        _edit(stage, three, embeds=[title])
        _edit(stage, four, attachments=[])
        card = stage.card(five)
        assert card is not None
        stage.discord.model.set_reaction(
            card.channel_id, card.id, CANCEL, stage.discord.bot_id, True
        )
        stage.discord.model.create_message(card.channel_id, stage.discord.bot_id, "Done again!")
        with stage.log.open("a") as log:
            log.write("Traceback (most recent call last): a planted one\n" + one.prompt)

        violations = await _violations(stage)
    assert "the ledger has 0.000001" in violations[one.job_id]
    assert "2 tasks for one job" in violations[two.job_id]
    assert "the card still says 'Generating'" in violations[three.job_id]
    assert "changed after its ending" in violations[three.job_id]
    assert "not exactly one file" in violations[four.job_id]
    assert "❌ is still under an ended card" in violations[five.job_id]
    assert "neither card nor reply: 'Done again!'" in violations[None]
    assert "a planted one" in violations[None]
    assert "a secret or a prompt" in violations[None]
