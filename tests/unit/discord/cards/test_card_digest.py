"""A card's digest changes exactly when the card looks different."""

import dataclasses
from decimal import Decimal

from hypothesis import given

from bot.discord.cards.card import card
from db.records import CancelControl, CardKind, Job, JobState
from tests.unit.discord.cards.drawn_cards import LABEL, draw, running
from tests.unit.discord.cards.jobs import ANY_JOB, SENT_AT, make_job

INVISIBLE: dict[str, object] = {
    "owner": "somebody",
    "version": 7,
    "woken": True,
    "shown": "digest",
    "shown_at": 3.0,
    "pinged_at": 4.0,
    "interaction_token": "token",
    "application_id": 9,
    "missing_since": 8.0,
    "message_id": 99,
    "locale": "de",
    "forget": True,
    "open": False,
    "error_code": "CODE",
}


VISIBLE: dict[str, object] = {
    "retried_as": "https://discord.com/channels/1/2/3",
    "prompt": "a hare in the snow",
    "options": {"duration": 6},
    "user_id": 12,
    "status": "queued",
    "progress": 51.0,
    "estimated_seconds": 61.0,
    "submitted_at": SENT_AT + 1,
    "cost": Decimal("0.32"),
    "price_high": Decimal("0.41"),
    "state": JobState.DELIVERING,
    "late": True,
    "cancel_wanted_by": 11,
    "cancel_refused": True,
    "cancel_control": CancelControl.REACTION,
    "card_kind": CardKind.TOKEN_ONLY,
}


def changed(job: Job, field: str, value: object) -> Job:
    """Return *job* with another *value* in one field."""
    after = dataclasses.replace(job, **{field: value})  # type: ignore[arg-type]
    assert after != job, field
    return after


def test_the_digest_ignores_invisible_fields() -> None:
    """Bookkeeping does not make a card worth an edit, in any state."""
    jobs = [running(state=state) for state in JobState]
    offenders = [
        (job.state, field)
        for job in jobs
        for field, value in INVISIBLE.items()
        if card(changed(job, field, value), LABEL).digest != card(job, LABEL).digest
    ]

    assert offenders == []


def test_the_digest_follows_visible_fields() -> None:
    """Everything that looks different is shown again."""
    plain, cancelling = running(), running(cancel_wanted_by=11)
    offenders = []
    for field, value in VISIBLE.items():
        job = cancelling if field == "cancel_refused" else plain
        if card(changed(job, field, value), LABEL).digest == card(job, LABEL).digest:
            offenders.append(field)

    assert offenders == []


def test_the_digest_follows_the_model_label() -> None:
    """A renamed model is a card that looks different."""
    job = make_job()

    assert card(job, LABEL).digest != card(job, "Vidu Q4").digest


@given(ANY_JOB)
def test_equal_looks_have_equal_digests(job: Job) -> None:
    """The digest depends on the look alone, not on the order of the options or the hour."""
    shuffled = dataclasses.replace(job, options=dict(reversed(list(job.options.items()))))
    first, second = card(job, LABEL), card(shuffled, LABEL)

    assert first.embed.to_dict() == second.embed.to_dict()
    assert first.digest == second.digest
    assert len(first.digest) == 32


def test_the_digest_is_stable() -> None:
    """A restart, or another process, computes the same digest for the same card."""
    assert draw().digest == draw().digest
    assert draw().digest.isalnum()
