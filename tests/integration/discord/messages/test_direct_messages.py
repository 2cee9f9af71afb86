"""A direct message with a result is sent once, however long before the restart it was sent."""

import dataclasses
from pathlib import Path

import pytest

from bot.media.download import DownloadedFile
from db.records import Job
from sandbox.discord import Person
from tests.integration.discord.messages.stage import Stage

LONGER_THAN_A_NONCE = 3600.0  # seconds


@pytest.fixture
def robin(stage: Stage) -> Person:
    """Return the requester."""
    return Person.join(stage.discord, "Robin")


async def _begun(stage: Stage, robin: Person) -> Job:
    """Return a job whose result is about to be sent by direct message."""
    job = await stage.running()
    return dataclasses.replace(job, user_id=robin.id, dm_begun_at=stage.clock())


def _result(folder: Path, job: Job) -> DownloadedFile:
    path = folder / f"image-{job.id}-1.png"
    path.write_bytes(b"\x89PNG and so on")
    return DownloadedFile(path=path, size=14, media_type="image/png", extension="png")


@pytest.mark.parametrize("spoiler", [False, True])
async def test_a_direct_message_of_an_earlier_process_is_found(
    stage: Stage, robin: Person, tmp_path: Path, spoiler: bool
) -> None:
    """A direct message is found by the name of its file when Discord has forgotten its nonce.

    The name of a spoiler begins otherwise.
    """
    job = dataclasses.replace(await _begun(stage, robin), spoiler=spoiler)
    file = _result(tmp_path, job)
    await stage.cards.deliver_privately(job, [file])
    stage.clock.now += LONGER_THAN_A_NONCE
    await stage.cards.deliver_privately(job, [file])
    (message,) = robin.sees(robin.dm_channel)
    assert message.attachments[0]["filename"].startswith("SPOILER_") is spoiler


async def test_a_direct_message_of_another_job_is_not_taken_for_it(
    stage: Stage, robin: Person, tmp_path: Path
) -> None:
    """Each job's result is sent, also when two go to the same user."""
    for _ in range(2):
        job = await _begun(stage, robin)
        await stage.cards.deliver_privately(job, [_result(tmp_path, job)])
    assert len(robin.sees(robin.dm_channel)) == 2
