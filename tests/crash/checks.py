"""Checks of the promises against Discord's messages, the API's tasks, the ledger and the log."""

import dataclasses
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from decimal import Decimal

import aiohttp
import av

from bot.locales.card_texts import CANCELLING, STATES
from db.records import JobState
from sandbox.discord import SeenMessage
from sandbox.modelhunter.records import TaskRecord
from tests.crash.stage import CANCEL, Request, Stage, title_of
from tests.crash.stored_jobs import StoredJobs
from tests.crash.transcoders import transcoders

_ENDINGS = {STATES[state].title.english: state for state in JobState if state.is_final}
_UNCERTAIN = STATES[JobState.UNCERTAIN].title.english
# Seconds by which transcoding may change the length of a video.
_CLOSE_ENOUGH = 0.2
_CANCELLING = CANCELLING[JobState.UNCERTAIN].title.english


@dataclasses.dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise, and the job that it concerns, if it is one job."""

    job_id: int | None
    text: str


async def check_promises(stage: Stage, stored: StoredJobs, in_doubt: Set[int]) -> list[Violation]:
    """Return every promise that was broken; *in_doubt* jobs were killed while they were sent."""
    found = [
        *_tasks(stage),
        *_cards(stage, in_doubt),
        *_messages(stage, stored),
        *_money(stage, stored),
        *_left_open(stored, in_doubt),
        *_left_running(stage),
        *_log(stage),
    ]
    async with aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {stage.api.key}"}
    ) as session:
        for request, task in _with_results(stage):
            found += await _result(stage, request, task, session)
    return found


def job_of(task: TaskRecord) -> int:
    """Return the job that a task was made for, 0 if it does not say."""
    return int(str((task.metadata or {}).get("job_id", 0)))


def _tasks(stage: Stage) -> Iterator[Violation]:
    made = Counter(job_of(task) for task in stage.api.tasks.values())
    known = {request.job_id for request in stage.requests}
    for job_id, count in made.items():
        if count > 1:
            yield Violation(job_id, f"{count} tasks for one job")
        if job_id not in known:
            yield Violation(job_id, "a task for a job without a request")


def _cards(stage: Stage, in_doubt: Set[int]) -> Iterator[Violation]:
    for request in stage.requests:
        task = _task_of(stage, request)
        card = stage.card(request)
        if card is None:
            if task is not None:
                yield Violation(request.job_id, "a task without a card")
            continue
        yield from _ending(stage, request, card, task, in_doubt)
        yield from _history(stage, request, card)
        if _is_ended(card) and CANCEL in card.reactions and not request.is_endless:
            yield Violation(request.job_id, "the bot's ❌ is still under an ended card")


def _ending(
    stage: Stage, request: Request, card: SeenMessage, task: TaskRecord | None, in_doubt: Set[int]
) -> Iterator[Violation]:
    title = title_of(card.payload)
    if title in {_UNCERTAIN, _CANCELLING}:
        if task is not None:
            yield Violation(request.job_id, f"the card says {title!r}, and there is a task")
        elif request.job_id not in in_doubt:
            yield Violation(request.job_id, f"the card says {title!r}, and its POST was not killed")
        return
    state = _ENDINGS.get(title)
    if state is None:
        yield Violation(request.job_id, f"the card still says {title!r}")
        return
    status = None if task is None else stage.api.status(task.id)
    if state is not _TRUE_ENDINGS.get(status):
        cancelled_unsent = state is JobState.CANCELLED and task is None
        if not cancelled_unsent:
            yield Violation(request.job_id, f"the card says {title!r}, the API {status!r}")


# What the card must say, by the API's status of the job's task; None: there is no task.
_TRUE_ENDINGS = {
    "succeeded": JobState.DELIVERED,
    "failed": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
    None: JobState.REFUSED,
}


def _history(stage: Stage, request: Request, card: SeenMessage) -> Iterator[Violation]:
    """Once a card shows an ending it is not changed any more."""
    shown = [v.message for v in stage.discord.history(card.id) if v.message is not None]
    titles = [title_of(message) for message in shown]
    first = next((at for at, title in enumerate(titles) if title in _ENDINGS), len(titles))
    after = {
        (title, len(shown[at]["attachments"])) for at, title in enumerate(titles) if at >= first
    }
    if len(after) > 1:
        yield Violation(request.job_id, f"the card was changed after its ending: {titles}")


def _unanswered(stage: Stage, stored: StoredJobs) -> Set[int]:
    """Return the messages of commands that became no jobs after their answers were deferred.

    Discord says by itself that there was no answer.
    """
    answers = (
        it.invocation.look().message for it in stage.requests if it.job_id not in stored.jobs
    )
    return {answer.id for answer in answers if answer is not None and answer.is_loading}


def _messages(stage: Stage, stored: StoredJobs) -> Iterator[Violation]:
    """Beside the cards there is at most one short reply to each, and nothing else of the bot's."""
    cards = {card.id: request.job_id for request in stage.requests if (card := stage.card(request))}
    replies: Counter[int | None] = Counter()
    unanswered = _unanswered(stage, stored)
    for message in stage.discord.messages():
        if message.author_id != stage.discord.bot_id or message.id in {*cards, *unanswered}:
            continue
        replies[message.replied_to] += 1
        if message.attachments or message.replied_to not in cards:
            yield Violation(None, f"a message that is neither card nor reply: {message.words!r}")
    for card_id, count in replies.items():
        if count > 1:
            yield Violation(cards.get(card_id or 0), f"{count} replies to one card")
    for request in stage.requests:
        if stage.discord.messages(request.person.dm_channel):
            yield Violation(request.job_id, "a direct message without need")


def _money(stage: Stage, stored: StoredJobs) -> Iterator[Violation]:
    if not stored.is_intact:
        yield Violation(None, "the database is damaged")
    for job_id, job in stored.jobs.items():
        task = next((t for t in stage.api.tasks.values() if job_of(t) == job_id), None)
        cost = _cost(stage, task) if job_id not in stored.in_doubt else job.reserved
        if stored.ledger.get(job_id) != cost:
            yield Violation(job_id, f"the ledger has {stored.ledger.get(job_id)}, not {cost}")
    for job_id in stored.ledger.keys() - stored.jobs.keys():
        yield Violation(job_id, "the ledger has a job that there is not")


def _cost(stage: Stage, task: TaskRecord | None) -> Decimal:
    """Return what the API charges for a task that has ended."""
    if task is None or stage.api.status(task.id) == "cancelled":
        return Decimal(0)
    return task.script.cost or Decimal(0)


def _left_running(stage: Stage) -> Iterator[Violation]:
    if processes := transcoders([request.job_id for request in stage.requests]):
        yield Violation(None, f"{len(processes)} processes still transcode, for no running bot")


def _left_open(stored: StoredJobs, in_doubt: Set[int]) -> Iterator[Violation]:
    for job_id in stored.open_jobs - in_doubt:
        yield Violation(job_id, f"still open: {stored.jobs[job_id].state}")


def _log(stage: Stage) -> Iterator[Violation]:
    """Nothing failed that was not foreseen, and no secret was logged."""
    logged = stage.output()
    if "Traceback" in logged:
        start = logged.index("Traceback")
        yield Violation(None, f"the bot logged an exception: {logged[start : start + 3000]}")
    secrets = [request.prompt for request in stage.requests] + [stage.api.key, stage.discord.token]
    secrets += list(stage.discord.model.interaction_tokens)
    if any(secret in logged for secret in secrets):
        yield Violation(None, "the bot logged a secret or a prompt")


def _with_results(stage: Stage) -> Iterable[tuple[Request, TaskRecord]]:
    for request in stage.requests:
        task = _task_of(stage, request)
        if task is not None and stage.api.status(task.id) == "succeeded":
            yield request, task


async def _result(
    stage: Stage, request: Request, task: TaskRecord, session: aiohttp.ClientSession
) -> list[Violation]:
    """Check that the card has the task's own file, once, or the same one made smaller."""
    card = stage.card(request)
    if card is None or len(card.attachments) != 1:
        return [
            Violation(request.job_id, "not exactly one file on the card of a task that succeeded")
        ]
    async with session.get(f"{stage.api.url}/tasks/{task.id}") as answer:
        address = (await answer.json())["data"]["result"][0]["url"]
    theirs = await _content(address, session)
    ours = await _content(str(card.attachments[0]["url"]), session)
    if ours == theirs or (request.is_big and _is_smaller_copy(ours, theirs)):
        return []
    return [Violation(request.job_id, "the card has another file")]


async def _content(address: str, session: aiohttp.ClientSession) -> bytes:
    async with session.get(address) as answer:
        answer.raise_for_status()
        return await answer.read()


def _is_smaller_copy(ours: bytes, theirs: bytes) -> bool:
    """Whether a video is as long as another one, smaller, and plays to its end."""
    return len(ours) < len(theirs) and abs(_seconds(ours) - _seconds(theirs)) <= _CLOSE_ENOUGH


def _seconds(content: bytes) -> float:
    """Return how long a video is, having decoded all of it."""
    with av.open(io.BytesIO(content), mode="r") as media:
        (stream,) = media.streams.video
        frames = [frame.time for frame in media.decode(stream) if frame.time is not None]
        return frames[-1] - frames[0] + 1 / float(stream.average_rate or 1)


def _task_of(stage: Stage, request: Request) -> TaskRecord | None:
    return next((t for t in stage.api.tasks.values() if job_of(t) == request.job_id), None)


def _is_ended(card: SeenMessage) -> bool:
    return title_of(card.payload) in _ENDINGS
