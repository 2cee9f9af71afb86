"""Judge a world by the outside's own books: the API's tasks, Discord's messages, the ledger."""

import dataclasses
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from decimal import Decimal

import aiohttp
import av

from bot.locales.cards import CANCELLING, STATES
from db.records import JobState
from sandbox.discord import SeenMessage
from sandbox.modelhunter.records import TaskRecord
from tests.crash.stage import CANCEL, Asked, Scene, title_of
from tests.crash.stored_jobs import Books
from tests.crash.transcoders import transcoders

_ENDINGS = {STATES[state].title: state for state in JobState if state.is_final}
_UNCERTAIN = STATES[JobState.UNCERTAIN].title
# Seconds by which a video may change its length when it is made smaller.
_CLOSE_ENOUGH = 0.2
_CANCELLING = CANCELLING[JobState.UNCERTAIN].title


@dataclasses.dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise, and the job that it was made to, if it is one job's."""

    job_id: int | None
    text: str


async def judge(scene: Scene, books: Books, doubtful: Set[int]) -> list[Violation]:
    """Return every promise that was broken; *doubtful* jobs were killed while they were sent."""
    found = [
        *_tasks(scene),
        *_cards(scene, doubtful),
        *_messages(scene),
        *_money(scene, books),
        *_left_open(books, doubtful),
        *_left_running(scene),
        *_words(scene),
    ]
    async with aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {scene.api.key}"}
    ) as session:
        for asked, task in _with_results(scene):
            found += await _result(scene, asked, task, session)
    return found


def job_of(task: TaskRecord) -> int:
    """Return the job that a task was made for, 0 if it does not say."""
    return int(str((task.metadata or {}).get("job_id", 0)))


def _tasks(scene: Scene) -> Iterator[Violation]:
    made = Counter(job_of(task) for task in scene.api.tasks.values())
    known = {asked.job_id for asked in scene.asked}
    for job_id, count in made.items():
        if count > 1:
            yield Violation(job_id, f"{count} tasks for one job")
        if job_id not in known:
            yield Violation(job_id, "a task for a job that nobody asked for")


def _cards(scene: Scene, doubtful: Set[int]) -> Iterator[Violation]:
    for asked in scene.asked:
        task = _task_of(scene, asked)
        card = scene.card(asked)
        if card is None:
            if task is not None:
                yield Violation(asked.job_id, "a task without a card")
            continue
        yield from _ending(scene, asked, card, task, doubtful)
        yield from _history(scene, asked, card)
        if _is_ended(card) and CANCEL in card.reactions and not asked.is_endless:
            yield Violation(asked.job_id, "the bot's ❌ is still under an ended card")


def _ending(
    scene: Scene, asked: Asked, card: SeenMessage, task: TaskRecord | None, doubtful: Set[int]
) -> Iterator[Violation]:
    title = title_of(card.payload)
    if title in {_UNCERTAIN, _CANCELLING}:
        if task is not None:
            yield Violation(asked.job_id, f"the card says {title!r}, and there is a task")
        elif asked.job_id not in doubtful:
            yield Violation(asked.job_id, f"the card says {title!r}, and its POST was not killed")
        return
    state = _ENDINGS.get(title)
    if state is None:
        yield Violation(asked.job_id, f"the card still says {title!r}")
        return
    status = None if task is None else scene.api.status(task.id)
    if state is not _TRUE_ENDINGS.get(status):
        cancelled_unsent = state is JobState.CANCELLED and task is None
        if not cancelled_unsent:
            yield Violation(asked.job_id, f"the card says {title!r}, the API {status!r}")


# What the card must say, by the API's status of the job's task; None: there is no task.
_TRUE_ENDINGS = {
    "succeeded": JobState.DELIVERED,
    "failed": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
    None: JobState.REFUSED,
}


def _history(scene: Scene, asked: Asked, card: SeenMessage) -> Iterator[Violation]:
    """An ending is the last word of a card."""
    shown = [v.message for v in scene.discord.history(card.id) if v.message is not None]
    titles = [title_of(message) for message in shown]
    first = next((at for at, title in enumerate(titles) if title in _ENDINGS), len(titles))
    after = {
        (title, len(shown[at]["attachments"])) for at, title in enumerate(titles) if at >= first
    }
    if len(after) > 1:
        yield Violation(asked.job_id, f"the card was changed after its ending: {titles}")


def _messages(scene: Scene) -> Iterator[Violation]:
    """Beside the cards there is at most one short reply to each, and nothing else of the bot's."""
    cards = {card.id: asked.job_id for asked in scene.asked if (card := scene.card(asked))}
    replies: Counter[int | None] = Counter()
    for message in scene.discord.messages():
        if message.author_id != scene.discord.bot_id or message.id in cards:
            continue
        replies[message.replied_to] += 1
        if message.attachments or message.replied_to not in cards:
            yield Violation(None, f"a message that is neither card nor reply: {message.words!r}")
    for card_id, count in replies.items():
        if count > 1:
            yield Violation(cards.get(card_id or 0), f"{count} replies to one card")
    for asked in scene.asked:
        if scene.discord.messages(asked.person.dm_channel):
            yield Violation(asked.job_id, "a direct message that nobody needs")


def _money(scene: Scene, books: Books) -> Iterator[Violation]:
    if not books.is_sound:
        yield Violation(None, "the database is damaged")
    for job_id, row in books.jobs.items():
        task = next((t for t in scene.api.tasks.values() if job_of(t) == job_id), None)
        cost = _cost(scene, task) if job_id not in books.doubtful else row.reserved
        if books.ledger.get(job_id) != cost:
            yield Violation(job_id, f"the ledger has {books.ledger.get(job_id)}, not {cost}")
    for job_id in books.ledger.keys() - books.jobs.keys():
        yield Violation(job_id, "the ledger has a job that there is not")


def _cost(scene: Scene, task: TaskRecord | None) -> Decimal:
    """Return what the API takes for a task that has ended."""
    if task is None or scene.api.status(task.id) == "cancelled":
        return Decimal(0)
    return task.script.cost or Decimal(0)


def _left_running(scene: Scene) -> Iterator[Violation]:
    if processes := transcoders([asked.job_id for asked in scene.asked]):
        yield Violation(None, f"{len(processes)} processes still make a file smaller, for nobody")


def _left_open(books: Books, doubtful: Set[int]) -> Iterator[Violation]:
    for job_id in books.open_jobs - doubtful:
        yield Violation(job_id, f"still open: {books.jobs[job_id].state}")


def _words(scene: Scene) -> Iterator[Violation]:
    """Nothing went wrong that nobody foresaw, and no secret was written."""
    said = scene.words()
    if "Traceback" in said:
        start = said.index("Traceback")
        yield Violation(None, f"the bot logged an exception: {said[start : start + 3000]}")
    secrets = [asked.prompt for asked in scene.asked] + [scene.api.key, scene.discord.token]
    secrets += list(scene.discord.model.interaction_tokens)
    if any(secret in said for secret in secrets):
        yield Violation(None, "the bot logged a secret or a prompt")


def _with_results(scene: Scene) -> Iterable[tuple[Asked, TaskRecord]]:
    for asked in scene.asked:
        task = _task_of(scene, asked)
        if task is not None and scene.api.status(task.id) == "succeeded":
            yield asked, task


async def _result(
    scene: Scene, asked: Asked, task: TaskRecord, session: aiohttp.ClientSession
) -> list[Violation]:
    """Check that the card has the task's own file, once, or the same one made smaller."""
    card = scene.card(asked)
    if card is None or len(card.attachments) != 1:
        return [
            Violation(asked.job_id, "not exactly one file on the card of a task that succeeded")
        ]
    async with session.get(f"{scene.api.url}/tasks/{task.id}") as answer:
        address = (await answer.json())["data"]["result"][0]["url"]
    theirs = await _content(address, session)
    ours = await _content(str(card.attachments[0]["url"]), session)
    if ours == theirs or (asked.is_big and _is_smaller_copy(ours, theirs)):
        return []
    return [Violation(asked.job_id, "the card has another file")]


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


def _task_of(scene: Scene, asked: Asked) -> TaskRecord | None:
    return next((t for t in scene.api.tasks.values() if job_of(t) == asked.job_id), None)


def _is_ended(card: SeenMessage) -> bool:
    return title_of(card.payload) in _ENDINGS
