"""Card fields: the options, price, times and progress of a job as its card shows them. Pure."""

import math
import re
from collections.abc import Mapping

from bot.discord.cards.markdown import plain
from bot.discord.cards.money import money, price
from bot.locales.card_texts import (
    COST_UNKNOWN,
    FIELD_COST,
    FIELD_PRICE,
    HOURS,
    MINUTES,
    NOTHING_CHARGED,
    OPTION_LABELS,
    OPTION_NAMED,
    OPTION_OFF,
    OPTION_ON,
    OPTION_SECONDS,
    PRICE_UNKNOWN,
    PROGRESS,
    SECONDS,
    SENT,
    SENT_WITH_ESTIMATE,
)
from bot.locales.translate import translate
from db.records import Job, JobState, OptionValue

# Options whose value says enough; they come first, in this order.
_TELLING = ("duration", "aspect_ratio", "resolution", "size")
_BAR_LENGTH = 10
_RANGE = re.compile(r"\A(-?\d+)-(-?\d+)\Z")
# JavaScript's largest date, which is where Discord's timestamps end.
_LATEST_TIMESTAMP = 8_640_000_000_000
_UNSENT = frozenset({JobState.REFUSED, JobState.CANCELLED})
_RESULTLESS = frozenset({JobState.FAILED, JobState.CANCELLED, JobState.LOST})


def options_line(options: Mapping[str, OptionValue], locale: str) -> str:
    """Return "5 s · 16:9 · 720p · seed 42", in an order that does not depend on the mapping's."""
    return " · ".join(_option(name, options[name], locale) for name in sorted(options, key=_rank))


def _rank(name: str) -> tuple[int, str]:
    return (_TELLING.index(name) if name in _TELLING else len(_TELLING), name)


def _option(name: str, value: OptionValue, locale: str) -> str:
    label = option_label(name, locale)
    if isinstance(value, bool):
        return translate(OPTION_ON if value else OPTION_OFF, locale, name=label)
    shown = plain(f"{value:g}" if isinstance(value, float) else str(value))
    if name == "duration" and shown.isdecimal():
        return translate(OPTION_SECONDS, locale, value=shown)
    if name in _TELLING:
        return shown
    return translate(OPTION_NAMED, locale, name=label, value=shown)


def option_label(name: str, locale: str) -> str:
    """Return what the option is called where it is read."""
    label = OPTION_LABELS.get(name)
    return plain(name.replace("_", " ")) if label is None else translate(label, locale)


def value_range(values: str) -> str:
    """Return a range such as "3-15" with the dash of a range; anything else as it is."""
    return _RANGE.sub("\\1\N{EN DASH}\\2", values)


def price_field(job: Job, locale: str) -> tuple[str, str]:
    """Return name and value of the field: the cost where it is known, else the price."""
    if job.cost is not None:
        return translate(FIELD_COST, locale), money(job.cost, locale)
    if job.state in _UNSENT and job.task_id is None:
        return translate(FIELD_COST, locale), translate(NOTHING_CHARGED, locale)
    if job.state in _RESULTLESS:
        return translate(FIELD_COST, locale), translate(COST_UNKNOWN, locale)
    if job.price_high == 0:
        return translate(FIELD_PRICE, locale), translate(PRICE_UNKNOWN, locale)
    expected = price(job.price_low, job.price_high, job.price_usual, locale)
    return translate(FIELD_PRICE, locale), expected


def progress_bar(job: Job, locale: str) -> str | None:
    """Return the API's progress as a bar and a number; None where the API gives none."""
    if job.state is not JobState.FOLLOWING or job.progress is None:
        return None
    if not math.isfinite(job.progress):
        return None
    percent = int(min(100.0, max(0.0, job.progress)))
    full = percent * _BAR_LENGTH // 100
    bar = "▰" * full + "▱" * (_BAR_LENGTH - full)
    return translate(PROGRESS, locale, bar=bar, percent=percent)


def times_line(job: Job, locale: str) -> str | None:
    """Return when a running job was sent, and when it is usually done."""
    is_running = job.submitted_at is not None and not job.state.is_final
    sent = timestamp(job.submitted_at or 0.0) if is_running else None
    if sent is None or job.submitted_at is None:
        return None
    done = timestamp(job.submitted_at + (job.estimated_seconds or 0.0))
    waits = job.state is JobState.FOLLOWING and not job.late and not job.is_cancelling
    if waits and done is not None and (job.estimated_seconds or 0.0) > 0:
        return translate(SENT_WITH_ESTIMATE, locale, sent=sent, done=done)
    return translate(SENT, locale, sent=sent)


def timestamp(moment: float, style: str = "R") -> str | None:
    """Return *moment* (Unix seconds) as a time that Discord's clients keep current themselves.

    Returns None for a moment that they can't show (Discord docs: Message Formatting).
    """
    if not 0 <= moment <= _LATEST_TIMESTAMP:
        return None
    return f"<t:{int(moment)}:{style}>"


def duration(seconds: float, locale: str) -> str | None:
    """Return *seconds* as "42 s", "3 min 5 s" or "2 h 10 min"; None outside what can be shown."""
    if not 0 <= seconds <= _LATEST_TIMESTAMP:
        return None
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return translate(HOURS, locale, hours=minutes // 60, minutes=minutes % 60)
    if minutes:
        return translate(MINUTES, locale, minutes=minutes, seconds=rest)
    return translate(SECONDS, locale, seconds=rest)
