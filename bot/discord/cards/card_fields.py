"""Write the facts of a job for its card: options, price, times, progress. Pure."""

import math
from collections.abc import Mapping

from bot.discord.cards.markdown import plain
from bot.discord.cards.money import money, price_range
from bot.locales.cards import (
    COST_NOT_REPORTED,
    FIELD_COST,
    FIELD_PRICE,
    HOURS,
    MINUTES,
    NOTHING_CHARGED,
    OPTION_NAMED,
    OPTION_OFF,
    OPTION_ON,
    OPTION_SECONDS,
    PRICE_UNKNOWN,
    SECONDS,
    SENT,
    SENT_WITH_ESTIMATE,
    TOOK,
)
from db.records import Job, JobState, OptionValue

# Options whose value says enough; they come first, in this order.
_TELLING = ("duration", "aspect_ratio", "resolution", "size")
_BAR_LENGTH = 10
# JavaScript's largest date, which is where Discord's timestamps end.
_LATEST_TIMESTAMP = 8_640_000_000_000
_UNSENT = frozenset({JobState.REFUSED, JobState.CANCELLED})
_RESULTLESS = frozenset({JobState.FAILED, JobState.CANCELLED, JobState.LOST})


def options_line(options: Mapping[str, OptionValue]) -> str:
    """Return "5s · 16:9 · 720p · seed 42", in an order that does not depend on the mapping's."""
    return " · ".join(_option(name, options[name]) for name in sorted(options, key=_rank))


def _rank(name: str) -> tuple[int, str]:
    return (_TELLING.index(name) if name in _TELLING else len(_TELLING), name)


def _option(name: str, value: OptionValue) -> str:
    readable = plain(name.replace("_", " "))
    if isinstance(value, bool):
        return (OPTION_ON if value else OPTION_OFF).format(name=readable)
    shown = plain(f"{value:g}" if isinstance(value, float) else str(value))
    if name == "duration" and shown.isdecimal():
        return OPTION_SECONDS.format(value=shown)
    return shown if name in _TELLING else OPTION_NAMED.format(name=readable, value=shown)


def price(job: Job) -> tuple[str, str]:
    """Return what the money is called and how much: the cost where it is known, else the price."""
    if job.cost is not None:
        return FIELD_COST, money(job.cost)
    if job.state in _UNSENT and job.task_id is None:
        return FIELD_COST, NOTHING_CHARGED
    if job.state in _RESULTLESS:
        return FIELD_COST, COST_NOT_REPORTED
    if job.price_high == 0:
        return FIELD_PRICE, PRICE_UNKNOWN
    return FIELD_PRICE, price_range(job.price_low, job.price_high)


def progress(job: Job) -> str | None:
    """Return the API's progress as a bar and a number; nothing where the API gives none."""
    if job.state is not JobState.FOLLOWING or job.progress is None:
        return None
    if not math.isfinite(job.progress):
        return None
    percent = int(min(100.0, max(0.0, job.progress)))
    full = percent * _BAR_LENGTH // 100
    return f"{'▰' * full}{'▱' * (_BAR_LENGTH - full)} {percent}%"


def times(job: Job) -> str | None:
    """Return when a running job was sent and is usually done, or how long a finished one took."""
    if job.submitted_at is None:
        return None
    if job.state in {JobState.DELIVERED, JobState.LINKED} and job.ended_at is not None:
        took = duration(job.ended_at - job.submitted_at)
        return None if took is None else TOOK.format(duration=took)
    sent = None if job.state.is_final else timestamp(job.submitted_at)
    if sent is None:
        return None
    done = timestamp(job.submitted_at + (job.estimated_seconds or 0.0))
    waits = job.state is JobState.FOLLOWING and not job.late and not job.is_cancelling
    if waits and done is not None and (job.estimated_seconds or 0.0) > 0:
        return SENT_WITH_ESTIMATE.format(sent=sent, done=done)
    return SENT.format(sent=sent)


def timestamp(moment: float, style: str = "R") -> str | None:
    """Return *moment* (Unix seconds) as a time that Discord's clients keep current themselves.

    Returns nothing for a moment that they can't show (Discord docs: Message Formatting).
    """
    if not 0 <= moment <= _LATEST_TIMESTAMP:
        return None
    return f"<t:{int(moment)}:{style}>"


def duration(seconds: float) -> str | None:
    """Return *seconds* as "42 s", "3 min 5 s" or "2 h 10 min"; nothing if that can't be said."""
    if not 0 <= seconds <= _LATEST_TIMESTAMP:
        return None
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return HOURS.format(hours=minutes // 60, minutes=minutes % 60)
    if minutes:
        return MINUTES.format(minutes=minutes, seconds=rest)
    return SECONDS.format(seconds=rest)
