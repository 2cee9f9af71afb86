"""Finished card: what a card says once its job has a result, which is what counts then. Pure.

It is two lines, the prompt and a small one, as the result itself is right beside it. A sentence comes
in between only where the result is somewhere else or less than the whole.
"""

import discord

from bot.discord.cards.audience import has_audience
from bot.discord.cards.card_fields import duration, options_line
from bot.discord.cards.card_status import CardStatus, notes
from bot.discord.cards.input_line import input_line
from bot.discord.cards.markdown import quote_prompt
from bot.discord.cards.money import at_most, money
from bot.locales.card_texts import PRICE_UP_TO, TOOK
from bot.locales.translate import translate
from db.records import Job, JobState

PROMPT_LENGTH = 200
_LABEL_LENGTH = 100
_OPTIONS_LENGTH = 150

FINISHED = frozenset({JobState.DELIVERED, JobState.LINKED})


def finished_embed(job: Job, model_label: str, status: CardStatus) -> discord.Embed:
    """Return the embed of a job that has a result; its colour has no mark yet."""
    prompt = quote_prompt(job.prompt, PROMPT_LENGTH)
    said = [*([] if _is_attached(job) else [status.text]), *notes(job, job.locale)]
    small = [*input_line(job).splitlines(), small_line(job, model_label)]
    lines = [f"> {prompt}" if prompt else "", *said, *(f"-# {line}" for line in small)]
    return discord.Embed(
        title=None if job.state is JobState.DELIVERED else status.title,
        description="\n".join(filter(None, lines)),
        colour=int(status.colour),
    )


def small_line(job: Job, model_label: str) -> str:
    """Return "Kling V3 · 5 s · 720p · $0.25 · took 9 s" as small text, and who asked.

    Discord names the requester above the answer to a command, and nowhere in that to a button.
    """
    parts = [
        quote_prompt(model_label, _LABEL_LENGTH) or "…",
        quote_prompt(options_line(job.options, job.locale), _OPTIONS_LENGTH),
        _cost(job),
        _took(job),
        f"<@{job.user_id}>" if has_audience(job) else None,
    ]
    return " · ".join(filter(None, parts))


def _is_attached(job: Job) -> bool:
    """Whether the result is on the card itself, where that need not be said."""
    is_elsewhere = job.sent_by_dm or job.reply_begun_at is not None
    return job.state is JobState.DELIVERED and not is_elsewhere


def _cost(job: Job) -> str | None:
    if job.cost is not None:
        return money(job.cost, job.locale)
    if job.price_high == 0:
        return None
    return translate(PRICE_UP_TO, job.locale, most=at_most(job.price_high, job.locale))


def _took(job: Job) -> str | None:
    if job.submitted_at is None or job.ended_at is None:
        return None
    took = duration(job.ended_at - job.submitted_at, job.locale)
    return None if took is None else translate(TOOK, job.locale, duration=took)
