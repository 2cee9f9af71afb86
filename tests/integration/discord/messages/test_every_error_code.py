"""Every error code of Discord at every call about a card: what is for later is done later."""

import dataclasses
from collections.abc import Awaitable, Callable
from pathlib import Path

import discord
import pytest

from bot.discord.messages.error_codes import MEANINGS, Meaning
from bot.discord.messages.message_parts import Upload
from bot.jobs.errors import CardBusy, CardDeleted, CardError, CardOutOfReach, FileTooBig
from bot.media.download import DownloadedFile
from db.records import CancelControl, Job, JobState
from sandbox.discord import Person
from tests.integration.discord.messages.stage import Stage

EMBED = discord.Embed(title="Done")
UNDOCUMENTED = [987654, -1]
STATUSES = {0: 404, 10003: 404, 10008: 404, 10015: 404, 50027: 401, 40005: 413, 130000: 503}
OUTCOMES: dict[Meaning, tuple[type[CardError], ...]] = {
    Meaning.DELETED: (CardDeleted,),
    Meaning.OUT_OF_REACH: (CardOutOfReach,),
    Meaning.EXPIRED: (CardOutOfReach,),
    Meaning.TOO_LARGE: (FileTooBig,),
    Meaning.LATER: (CardBusy,),
}

Call = Callable[[Stage, Job, Path], Awaitable[object]]


async def _edit(stage: Stage, job: Job, _path: Path) -> None:
    await stage.messages.edit(job, embed=EMBED, view=None)


async def _upload(stage: Stage, job: Job, path: Path) -> None:
    uploads = [Upload(path=path, size=1, description="a fox")]
    await stage.messages.edit(job, embed=EMBED, view=None, uploads=uploads)


async def _end(stage: Stage, job: Job, _path: Path) -> None:
    await stage.cards.finish(stage.ended(job))


async def _reply(stage: Stage, job: Job, path: Path) -> None:
    begun = dataclasses.replace(job, state=JobState.DELIVERED, reply_begun_at=stage.clock())
    await stage.cards.deliver_as_reply(begun, [_file(path)])


async def _send_privately(stage: Stage, job: Job, path: Path) -> None:
    person = Person.join(stage.discord, "Robin")
    begun = dataclasses.replace(
        job, state=JobState.DELIVERED, user_id=person.id, dm_begun_at=stage.clock()
    )
    await stage.cards.deliver_privately(begun, [_file(path)])


async def _ping(stage: Stage, job: Job, _path: Path) -> None:
    await stage.cards.notify_requester(dataclasses.replace(job, state=JobState.DELIVERED))


async def _add_reaction(stage: Stage, job: Job, _path: Path) -> None:
    await stage.messages.add_reaction(job)


async def _remove_reaction(stage: Stage, job: Job, _path: Path) -> None:
    await stage.cards.remove_own_reaction(
        dataclasses.replace(job, cancel_control=CancelControl.REACTION)
    )


async def _find(stage: Stage, job: Job, _path: Path) -> None:
    await stage.messages.find(job)


def _file(path: Path) -> DownloadedFile:
    return DownloadedFile(path=path, media_type="image/png", size=1, extension="png")


CALLS: list[tuple[str, str, Call]] = [
    ("PATCH", "/channels/*/messages/*", _edit),
    ("PATCH", "/channels/*/messages/*", _upload),
    ("PATCH", "/channels/*/messages/*", _end),
    ("GET", "/channels/*/messages", _reply),
    ("POST", "/channels/*/messages", _reply),
    ("POST", "/channels/*/messages", _ping),
    ("GET", "/users/*", _send_privately),
    ("POST", "/users/@me/channels", _send_privately),
    ("GET", "/channels/*/messages", _send_privately),
    ("POST", "/channels/*/messages", _send_privately),
    ("PUT", "/channels/*/messages/*/reactions/*", _add_reaction),
    ("DELETE", "/channels/*/messages/*/reactions/*", _remove_reaction),
    ("GET", "/channels/*/messages", _find),
]


@pytest.mark.parametrize(
    ("method", "path", "call"), CALLS, ids=[f"{m}{p}{call.__name__}" for m, p, call in CALLS]
)
async def test_every_error_code_at_every_call(
    stage: Stage, method: str, path: str, call: Call, tmp_path: Path
) -> None:
    """A code that says never is given up, any other is met with success on a later try."""
    file = tmp_path / "fox.png"
    file.write_bytes(b"\x89PNG and so on")
    for code in [*MEANINGS, *UNDOCUMENTED]:
        meaning = MEANINGS.get(code, Meaning.LATER)
        status = STATUSES.get(code, 403)
        if status == 503:
            continue  # discord.py repeats some of those itself, for half a minute
        job = await stage.running()
        fault = stage.discord.faults.add(method, path, status=status, code=code, times=None)
        with pytest.raises(OUTCOMES[meaning]):
            await call(stage, job, file)
        stage.discord.faults.remove(fault)
        # Past what stops calls of an address with many refusals.
        stage.clock.now += 60.0
        if meaning is Meaning.LATER and call is not _find:
            await _again(stage, job, file, call)


async def _again(stage: Stage, job: Job, file: Path, call: Call) -> None:
    """Make the call again; a reaction that was never there can't be taken off."""
    if call is _remove_reaction:
        await stage.messages.add_reaction(job)
    await call(stage, job, file)
