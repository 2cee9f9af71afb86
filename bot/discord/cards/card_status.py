"""Choose the words, marker and colour for where a job stands. Pure."""

import dataclasses
import enum

from bot.locales.cards import (
    CANCEL_REFUSED,
    CANCEL_TOO_LATE,
    CANCELLED_BY_MODERATOR,
    CANCELLED_BY_REQUESTER,
    CANCELLING,
    ENDINGS,
    FITTED,
    LATE,
    LATE_ACCEPTED,
    LATE_STATUSES,
    LEFT_OUT,
    LEFT_OUT_BAD,
    REASONS,
    REFUSED_UNEXPLAINED,
    SENT_AS_REPLY,
    SENT_BY_DM,
    STATES,
    STATUSES,
    Words,
)
from db.records import Job, JobState, Reason

# Other words of the API for the same statuses (ModelHunter docs: model pages).
_SYNONYMS = {"processing": "running"}
_EXPLAINED = frozenset({JobState.FAILED, JobState.REFUSED, JobState.LOST})
_WORKED_OUT = frozenset({JobState.DELIVERING, JobState.DELIVERED, JobState.LINKED})


class Colour(enum.IntEnum):
    """The bar at the card's left edge."""

    GREY = 0x80848E  # nothing happens yet, or nothing came of it
    BLUE = 0x3498DB  # the API has it
    BLURPLE = 0x5865F2  # the model works
    AMBER = 0xF0B232  # goes on, but somebody should know something
    ORANGE = 0xE67E22  # nobody knows; a person may decide
    GREEN = 0x23A55A  # here is the result
    TEAL = 0x1ABC9C  # the result is a press away
    RED = 0xDA373C  # the API tried and failed
    ROSE = 0xEB459E  # the request must change
    DARK = 0x4E5058  # gone


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CardStatus:
    """What a card looks like at first glance."""

    marker: str
    words: Words
    colour: Colour

    @property
    def title(self) -> str:
        """Marker and word."""
        return f"{self.marker} {self.words.title}"


_STATES: dict[JobState, tuple[str, Colour]] = {
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
_STATUSES: dict[str, tuple[str, Colour]] = {
    "pending": ("\N{HOURGLASS}", Colour.BLUE),
    "queued": ("\N{HOURGLASS WITH FLOWING SAND}", Colour.BLUE),
    "running": ("\N{ARTIST PALETTE}", Colour.BLURPLE),
}
_CANCELLING = "\N{OCTAGONAL SIGN}"
_LATE = "\N{SNAIL}"


def status_of(job: Job) -> CardStatus:
    """Return the look of *job*: a request to cancel goes before lateness, and both before the state."""
    if job.is_cancelling and job.state in CANCELLING:
        cancelling = CANCELLING[job.state]
        return CardStatus(marker=_CANCELLING, words=cancelling, colour=Colour.AMBER)
    if job.state is JobState.FOLLOWING:
        return _following(job)
    marker, colour = _STATES[job.state]
    if job.state is JobState.ACCEPTED and job.late:
        return CardStatus(marker=_LATE, words=LATE_ACCEPTED, colour=Colour.AMBER)
    return CardStatus(
        marker=marker, words=Words(STATES[job.state].title, _text(job)), colour=colour
    )


def marker(job: Job) -> str:
    """Return the sign for where *job* stands, as a list row begins with it."""
    return status_of(job).marker


def notes(job: Job) -> list[str]:
    """Return whole sentences about *job* that its state alone does not say."""
    if job.state is JobState.DELIVERED and job.left_out:
        left_out = LEFT_OUT if job.has_links else LEFT_OUT_BAD
        return [left_out.format(count=job.left_out, all=job.result_count)]
    if job.state is JobState.DELIVERED and job.fitted:
        return [FITTED]
    if job.cancel_wanted_by and job.state in _WORKED_OUT:
        return [CANCEL_TOO_LATE]
    if job.cancel_refused and job.state is JobState.FOLLOWING:
        return [CANCEL_REFUSED]
    return []


def _following(job: Job) -> CardStatus:
    status = _SYNONYMS.get(job.status or "pending", job.status or "pending")
    if job.late:
        late = LATE_STATUSES.get(status, LATE)
        return CardStatus(marker=_LATE, words=late, colour=Colour.AMBER)
    marker, colour = _STATUSES.get(status, _STATES[JobState.FOLLOWING])
    said = STATUSES.get(status, STATES[JobState.FOLLOWING])
    return CardStatus(marker=marker, words=said, colour=colour)


def _text(job: Job) -> str:
    if job.state is JobState.CANCELLED:
        return _cancelled(job)
    if job.state is JobState.DELIVERED and job.sent_by_dm:
        return SENT_BY_DM
    if job.state is JobState.DELIVERED and job.reply_begun_at is not None:
        return SENT_AS_REPLY
    if (job.state, job.reason) == (JobState.REFUSED, Reason.API) and not job.error_message:
        return REFUSED_UNEXPLAINED
    if job.reason is not None and job.state in _EXPLAINED:
        return ENDINGS.get((job.state, job.reason), REASONS[job.reason])
    return STATES[job.state].text


def _cancelled(job: Job) -> str:
    if job.cancel_wanted_by:
        person = f"<@{job.cancel_wanted_by}>"
        by_requester = job.cancel_wanted_by == job.user_id
        said = CANCELLED_BY_REQUESTER if by_requester else CANCELLED_BY_MODERATOR
        return said.format(person=person)
    if job.reason is not None:
        return REASONS[job.reason]
    return STATES[JobState.CANCELLED].text
