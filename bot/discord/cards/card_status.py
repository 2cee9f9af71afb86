"""Card status: the emoji, label, text and colour for the state of a job. Pure."""

import dataclasses
import enum

from bot.discord.cards.card_fields import timestamp
from bot.discord.cards.input_line import is_uploading
from bot.locales.card_texts import (
    AFTER_CAUSE,
    CANCEL_REFUSED,
    CANCEL_TOO_LATE,
    CANCELLED_BY_MODERATOR,
    CANCELLED_BY_REQUESTER,
    CANCELLED_UNCLEAR,
    CANCELLING,
    COST_NOT_REPORTED,
    FETCH_LINK,
    FETCH_PROBLEMS,
    FETCH_UNTIL,
    FETCHING_TITLE,
    FITTED,
    LATE,
    LATE_ACCEPTED,
    LATE_STATUSES,
    LEFT_OUT,
    LEFT_OUT_BAD,
    NOT_SENT_TITLE,
    REASONS,
    REFUSED_UNEXPLAINED,
    SENT_AS_REPLY,
    SENT_BY_DM,
    STATES,
    STATUSES,
    UPLOADING,
    CardText,
)
from bot.locales.translate import Text, translate
from db.records import FetchProblem, Job, JobState, Reason

# Other words of the API for the same statuses (ModelHunter docs: model pages).
_SYNONYMS = {"processing": "running"}
_EXPLAINED = frozenset({JobState.FAILED, JobState.REFUSED, JobState.LOST})
_CHARGE_UNSAID = frozenset({JobState.FAILED, JobState.CANCELLED})
_WORKED_OUT = frozenset({JobState.DELIVERING, JobState.DELIVERED, JobState.LINKED})


class Colour(enum.IntEnum):
    """The bar at the card's left edge."""

    GREY = 0x80848E  # nothing happens yet, or nothing came of it
    BLUE = 0x3498DB  # the API has it
    BLURPLE = 0x5865F2  # the model works
    AMBER = 0xF0B232  # goes on, but not as expected
    ORANGE = 0xE67E22  # the outcome is unknown; the requester may decide
    GREEN = 0x23A55A  # the result is shown, or about to be
    TEAL = 0x1ABC9C  # the result is a press away
    RED = 0xDA373C  # the API tried and failed
    ROSE = 0xEB459E  # the request must change
    DARK = 0x4E5058  # gone


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CardStatus:
    """What a card says first, in the reader's language."""

    emoji: str
    label: str  # a word or two
    text: str  # what happens next, or what to do
    colour: Colour

    @property
    def title(self) -> str:
        """Emoji and label."""
        return f"{self.emoji} {self.label}"


_Look = tuple[str, Colour]

_STATES: dict[JobState, _Look] = {
    JobState.ACCEPTED: ("\N{MEMO}", Colour.GREY),
    JobState.SUBMITTING: ("\N{OUTBOX TRAY}", Colour.GREY),
    JobState.FOLLOWING: ("\N{GEAR}\N{VARIATION SELECTOR-16}", Colour.BLURPLE),
    JobState.DELIVERING: ("\N{PACKAGE}", Colour.GREEN),
    JobState.UNCERTAIN: ("\N{WARNING SIGN}\N{VARIATION SELECTOR-16}", Colour.ORANGE),
    JobState.DELIVERED: ("\N{WHITE HEAVY CHECK MARK}", Colour.GREEN),
    JobState.LINKED: ("\N{LINK SYMBOL}", Colour.TEAL),
    JobState.FAILED: ("\N{COLLISION SYMBOL}", Colour.RED),
    JobState.REFUSED: ("\N{RAISED HAND}", Colour.ROSE),
    JobState.CANCELLED: ("\N{BLACK SQUARE FOR STOP}\N{VARIATION SELECTOR-16}", Colour.GREY),
    JobState.LOST: ("\N{BLACK QUESTION MARK ORNAMENT}", Colour.DARK),
}
_STATUSES: dict[str, _Look] = {
    "pending": ("\N{HOURGLASS}", Colour.BLUE),
    "queued": ("\N{HOURGLASS WITH FLOWING SAND}", Colour.BLUE),
    "running": ("\N{ARTIST PALETTE}", Colour.BLURPLE),
}
_UPLOADING: _Look = ("\N{PAPERCLIP}", Colour.GREY)
_CANCELLING: _Look = ("\N{OCTAGONAL SIGN}", Colour.AMBER)
_LATE: _Look = ("\N{SNAIL}", Colour.AMBER)


def status_of(job: Job, locale: str) -> CardStatus:
    """Return the status of *job* for a reader of *locale*.

    A request to cancel goes before lateness, and both before the state.
    """
    (emoji, colour), said = _look_and_text(job)
    return CardStatus(
        emoji=emoji,
        label=translate(said.title, locale),
        text=translate(said.text, locale, person=f"<@{job.cancel_wanted_by}>"),
        colour=colour,
    )


def emoji_of(job: Job) -> str:
    """Return the emoji of the status of *job*, which is the same in every language."""
    (emoji, _), _ = _look_and_text(job)
    return emoji


def notes(job: Job, locale: str) -> list[str]:
    """Return whole sentences about *job* that its status alone does not say."""
    return [
        *_fetch_notes(job, locale),
        *(_left_out_notes(job, locale) or _notes_of_state(job, locale)),
    ]


def _left_out_notes(job: Job, locale: str) -> list[str]:
    """Return how many files of the result are not shown, or not linked."""
    bad = job.bad_files.bit_count()
    if job.state is JobState.LINKED and bad:
        return [translate(LEFT_OUT_BAD, locale, count=bad, all=job.result_count)]
    if job.state is not JobState.DELIVERED or not job.left_out:
        return []
    left_out = LEFT_OUT if job.has_links and not bad else LEFT_OUT_BAD
    return [translate(left_out, locale, count=job.left_out, all=job.result_count)]


def _notes_of_state(job: Job, locale: str) -> list[str]:
    if job.state is JobState.DELIVERED and job.fitted:
        return [translate(FITTED, locale)]
    if job.cancel_wanted_by and job.state in _WORKED_OUT and not job.is_result_missing:
        return [translate(CANCEL_TOO_LATE, locale)]
    if job.cancel_refused and job.state is JobState.FOLLOWING:
        return [translate(CANCEL_REFUSED, locale)]
    if is_charge_unknown(job):
        return [translate(COST_NOT_REPORTED, locale)]
    return []


def has_cause(job: Job) -> bool:
    """Whether the API gave its own reason why there is no result."""
    is_its_own = job.reason in {None, Reason.API}
    return job.state in AFTER_CAUSE and is_its_own and bool((job.error_message or "").strip())


def is_charge_unknown(job: Job) -> bool:
    """Whether a task ended without a result, and the API did not say whether it was charged."""
    had_task = job.state is JobState.FAILED or job.task_id is not None
    return job.state in _CHARGE_UNSAID and had_task and job.cost is None


def _fetch_notes(job: Job, locale: str) -> list[str]:
    """Return until when a result is tried, and the way to it in the meantime if there is one."""
    if job.state is not JobState.DELIVERING or job.fetch_problem is None:
        return []
    until = None if job.fetch_until is None else timestamp(job.fetch_until, "t")
    said = [] if until is None else [translate(FETCH_UNTIL, locale, until=until)]
    return [*said, translate(FETCH_LINK, locale)] if job.has_links else said


def _look_and_text(job: Job) -> tuple[_Look, CardText]:
    if job.is_cancelling and job.state in CANCELLING:
        return _CANCELLING, CANCELLING[job.state]
    if job.state is JobState.FOLLOWING:
        return _following(job)
    if job.state is JobState.ACCEPTED and job.late:
        return _LATE, LATE_ACCEPTED
    if job.state is JobState.ACCEPTED and is_uploading(job):
        return _UPLOADING, UPLOADING
    if job.state is JobState.DELIVERING and job.fetch_problem is not None:
        is_there = job.fetch_problem is FetchProblem.NOT_SENT
        title = NOT_SENT_TITLE if is_there else FETCHING_TITLE
        return _LATE, CardText(title, FETCH_PROBLEMS[job.fetch_problem])
    return _STATES[job.state], CardText(STATES[job.state].title, _text(job))


def _following(job: Job) -> tuple[_Look, CardText]:
    status = _SYNONYMS.get(job.status or "pending", job.status or "pending")
    if job.late:
        return _LATE, LATE_STATUSES.get(status, LATE)
    look = _STATUSES.get(status, _STATES[JobState.FOLLOWING])
    return look, STATUSES.get(status, STATES[JobState.FOLLOWING])


def _text(job: Job) -> Text:
    if job.state is JobState.CANCELLED:
        return _cancelled(job)
    if job.state is JobState.DELIVERED:
        return _delivered(job)
    is_too_big = job.state is JobState.LINKED and job.reason is Reason.TOO_BIG
    return _reason(job) if job.state in _EXPLAINED or is_too_big else STATES[job.state].text


def _delivered(job: Job) -> Text:
    if job.sent_by_dm:
        return SENT_BY_DM
    return STATES[job.state].text if job.reply_begun_at is None else SENT_AS_REPLY


def _reason(job: Job) -> Text:
    """Return why there is no result, or what to do about the cause that the API gave."""
    if has_cause(job):
        return AFTER_CAUSE[job.state]
    if (job.state, job.reason) == (JobState.REFUSED, Reason.API):
        return REFUSED_UNEXPLAINED
    return STATES[job.state].text if job.reason is None else REASONS[job.reason]


def _cancelled(job: Job) -> Text:
    if job.cancel_wanted_by and job.reason is Reason.UNCLEAR:
        return CANCELLED_UNCLEAR
    if job.cancel_wanted_by:
        by_requester = job.cancel_wanted_by == job.user_id
        return CANCELLED_BY_REQUESTER if by_requester else CANCELLED_BY_MODERATOR
    if job.reason is not None:
        return REASONS[job.reason]
    return STATES[JobState.CANCELLED].text
