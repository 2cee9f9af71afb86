"""What the running bot shows in numbers, and writes for programs, is what has happened to a job."""

import json
import socket

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from tests.end_to_end.world import World


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


async def _metrics(port: int) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return the samples of the page by name and labels."""
    address = f"http://127.0.0.1:{port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        text = await response.text()
    return {
        (sample.name.removeprefix("modelhunter_bot_"), frozenset(sample.labels.items())): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_a_job_is_seen_in_the_metrics(world: World) -> None:
    """One job leaves one create, one answer, one ending, and what it has cost its server."""
    port = _free_port()
    async with world.bot(HTTP_PORT=str(port)):
        await world.until_done(await world.ask("image"))
        shown = await _metrics(port)

    def value(name: str, **labels: str) -> float:
        return shown.get((name, frozenset(labels.items())), 0.0)

    assert value("ready") == 1.0
    assert value("gateway_shards") == value("gateway_connected") == 1.0
    assert value("gateway_events_total", event="ready") == 1.0
    assert value("jobs_accepted_total", kind="image") == 1.0
    assert value("job_seconds_count", kind="image", state="delivered") == 1.0
    assert value("api_call_seconds_count", call="create", outcome="ok") == 1.0
    assert value("api_call_seconds_count", call="task", outcome="ok") >= 1.0
    assert value("discord_call_seconds_count", call="answer", outcome="ok") == 1.0
    assert value("discord_call_seconds_count", call="edit_answer", outcome="ok") >= 1.0
    assert value("database_wait_seconds_count", call="transaction", outcome="ok") >= 1.0
    assert value("poll_lateness_seconds_count", way="alone") >= 1.0
    assert value("event_loop_lag_seconds_count") >= 1.0
    of_day = [(labels, each) for (name, labels), each in shown.items() if name == "day_usd"]
    (server,) = {dict(labels)["server"] for labels, _ in of_day}
    assert server == str(world.discord.guild)
    assert sum(each for _, each in of_day) > 0.0


async def test_each_line_of_a_log_for_programs_is_an_object(world: World) -> None:
    """All that the bot writes from its start to its end is JSON, and what is about a job has its id."""
    world.api.faults.add("GET", "/tasks/*", status=503, times=1)
    async with world.bot(LOG_FORMAT="json"):
        await world.until_done(await world.ask())
    (job_id,) = world.saved_ids()

    lines = [json.loads(line) for line in world.words().splitlines()]
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, lines))
    failed = [line for line in lines if "503" in line["message"]]
    assert failed
    assert {line["job"] for line in failed} == {str(job_id)}
    assert not [line for line in lines if str(job_id) in line["message"] and "job" not in line]
