"""The card is never wrong, never too long, and each ending looks like itself."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.card import alt_text, card
from bot.discord.cards.card_status import status_of
from bot.locales.card_texts import (
    AFTER_CAUSE,
    COST_NOT_REPORTED,
    REASONS,
    STATES,
    STATUSES,
)
from bot.locales.translate import translate
from db.records import Job, JobState, Reason
from tests.unit.discord.cards.drawn_cards import LABEL, draw, running, text_of
from tests.unit.discord.cards.jobs import ANY_JOB, ENGLISH, make_job

LIVE_STATES = [state for state in JobState if not state.is_final]


@given(ANY_JOB, st.text())
def test_every_card_fits_discords_limits(job: Job, label: str) -> None:
    """An embed of any job is one that Discord takes (Discord docs: Embed Limits)."""
    drawn = card(job, label)
    embed = drawn.embed

    assert len(embed.title or "") <= 256
    assert bool(embed.title) is (job.state is not JobState.DELIVERED)
    assert 0 < len(embed.description or "") <= 4096
    assert len(embed.fields) <= 25
    assert all(0 < len(field.name or "") <= 256 for field in embed.fields)
    assert all(0 < len(field.value or "") <= 1024 for field in embed.fields)
    assert len(embed.footer.text or "") <= 2048
    assert len(embed) <= 6000
    assert len(drawn.buttons) <= 6
    assert all(0 < len(button.label) <= 80 for button in drawn.buttons)
    assert len(alt_text(job, label)) <= 1024
    assert "@everyone" not in text_of(drawn)


def test_every_card_status_looks_different() -> None:
    """Each state, status, mark and canceller has a word, sentence, marker and colour of its own."""
    jobs = [make_job(state=state) for state in JobState if state is not JobState.FOLLOWING]
    jobs += [running(status=status) for status in ("pending", "queued", "running", "x")]
    jobs += [running(status=status, late=True) for status in ("pending", "queued", "running", "x")]
    jobs += [
        make_job(state=state, cancel_wanted_by=11)
        for state in LIVE_STATES
        if state is not JobState.DELIVERING
    ]
    jobs += [make_job(state=JobState.CANCELLED, cancel_wanted_by=who) for who in (11, 12)]
    ended_and_live = [make_job(state=state) for state in JobState]
    looks = [status_of(job, ENGLISH) for job in jobs]
    ended = [status_of(job, ENGLISH) for job in ended_and_live]
    glances = {(look.title, look.colour) for look in ended}

    assert len({(look.title, look.text, look.colour) for look in looks}) == len(looks)
    assert len(glances) == len(JobState)


@pytest.mark.parametrize(
    ("state", "reason"),
    list(itertools.product([JobState.FAILED, JobState.REFUSED, JobState.LOST], Reason)),
)
def test_an_ending_states_its_reason(state: JobState, reason: Reason) -> None:
    """The reason's own sentence is on the card."""
    text = REASONS[reason]
    if reason is Reason.API and state in AFTER_CAUSE:
        text = AFTER_CAUSE[state]
    drawn = text_of(draw(state=state, reason=reason, error_message="no foxes"))

    assert translate(text, ENGLISH) in drawn
    assert ("ModelHunter says: **no foxes**" in drawn) is (state in AFTER_CAUSE)


def test_a_deleted_card_names_no_canceller() -> None:
    """A job that ended because its card was deleted names no user as its canceller."""
    job = make_job(state=JobState.CANCELLED, cancel_wanted_by=0, reason=Reason.CARD_DELETED)

    assert REASONS[Reason.CARD_DELETED].english in text_of(card(job, LABEL))
    assert "<@0>" not in text_of(card(job, LABEL))


def test_a_cancelled_card_names_its_canceller() -> None:
    """A moderator's cancel is distinguished from the requester's own."""
    own = text_of(draw(state=JobState.CANCELLED, cancel_wanted_by=11))
    moderated = text_of(draw(state=JobState.CANCELLED, cancel_wanted_by=12))

    assert "<@11> cancelled this." in own
    assert "A moderator, <@12>, cancelled this." in moderated


@pytest.mark.parametrize("state", JobState)
def test_only_final_states_are_ending_cards(state: JobState) -> None:
    """A card is an ending exactly when its job has ended."""
    assert draw(state=state).is_ending is state.is_final


def test_the_request_is_on_the_card() -> None:
    """Prompt, model, options, requester and price are on the card from the start."""
    shown = text_of(draw())

    assert "> a fox in the snow\n`5 s · 16:9 · 720p · seed 42`" in shown
    assert "Model: Vidu Q3" in shown
    assert "Requested by: <@11>" in shown
    assert "Price: $0.20–$0.40" in shown  # noqa: RUF001


def test_the_percentage_is_the_apis_or_absent() -> None:
    """A percentage is shown only where the API gave one, and only while the API works."""
    assert "▰▰▰▰▱▱▱▱▱▱ 42%" in text_of(card(running(progress=42.9), LABEL))
    assert "%" not in text_of(card(running(progress=None), LABEL))
    assert "%" not in text_of(card(running(progress=float("nan")), LABEL))
    assert "%" not in text_of(card(running(state=JobState.DELIVERING), LABEL))
    assert "100%" in text_of(card(running(progress=250.0), LABEL))


def test_card_times_are_discord_timestamps() -> None:
    """Start and estimate are Discord's own timestamps; a late job has no estimate any more."""
    shown = text_of(card(running(), LABEL))
    late = text_of(card(running(late=True), LABEL))

    assert "Sent <t:1800000000:R>, usually done <t:1800000060:R>." in shown
    assert "Sent <t:1800000000:R>." in late
    assert "usually" not in late


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": JobState.FAILED, "cost": Decimal("0.10")}, "Cost: $0.10"),
        ({"state": JobState.FAILED}, "Cost: unknown"),
        ({"state": JobState.CANCELLED, "task_id": None}, "Cost: nothing"),
        ({"state": JobState.CANCELLED, "task_id": "task_1"}, "Cost: unknown"),
        ({"state": JobState.REFUSED, "task_id": None}, "Cost: nothing"),
        ({"state": JobState.LOST}, "Cost: unknown"),
        ({"state": JobState.DELIVERING, "price_high": Decimal(0)}, "Price: unknown"),
        ({"state": JobState.UNCERTAIN}, "Price: $0.20–$0.40"),  # noqa: RUF001
    ],
)
def test_the_cost_on_a_card_is_what_is_known(changes: dict[str, object], expected: str) -> None:
    """A card says "nothing" only where nothing can have been charged."""
    assert expected in text_of(draw(**changes))


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.REFUSED])
def test_the_apis_error_message_is_quoted(state: JobState) -> None:
    """What the API says is quoted, harmless and short."""
    drawn = draw(state=state, reason=Reason.API, error_message="No <@5> **here** " * 99)
    said = str(drawn.embed.description).splitlines()[0]

    assert said.startswith("ModelHunter says: **No <\u2060@\u20605> \\*\\*here\\*\\*")
    assert len(said) <= 530


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.REFUSED, JobState.LOST])
def test_the_cause_comes_first(state: JobState) -> None:
    """What went wrong and what to do stand above the request, the API's own words before all."""
    drawn = draw(state=state, reason=Reason.API, error_message="flagged by the filter")
    lines = str(drawn.embed.description).splitlines()

    assert lines.index("> a fox in the snow") > 1
    if state in AFTER_CAUSE:
        assert lines[:2] == [
            "ModelHunter says: **flagged by the filter**",
            AFTER_CAUSE[state].english,
        ]


@pytest.mark.parametrize(
    ("changes", "is_said"),
    [
        ({"state": JobState.FAILED}, True),
        ({"state": JobState.FAILED, "cost": Decimal("0.1")}, False),
        ({"state": JobState.CANCELLED, "task_id": "task_1"}, True),
        ({"state": JobState.CANCELLED, "task_id": None}, False),
        ({"state": JobState.DELIVERED}, False),
        ({"state": JobState.LOST}, False),
    ],
)
def test_a_charge_that_is_not_known_is_admitted(changes: dict[str, object], is_said: bool) -> None:
    """Where a task ended without a result and a cost, the card says that its charge is unknown."""
    assert (COST_NOT_REPORTED.english in text_of(draw(**changes))) is is_said


def test_unfamiliar_api_statuses_are_understood() -> None:
    """The word processing reads as running, and an unknown status as in progress."""
    processing = status_of(running(status="processing"), ENGLISH)
    brewing = status_of(running(status="brewing"), ENGLISH)
    assert processing == status_of(running(status="running"), ENGLISH)
    assert processing.text == STATUSES["running"].text.english
    assert brewing.label == STATES[JobState.FOLLOWING].title.english
    assert brewing.text == STATES[JobState.FOLLOWING].text.english


def test_the_embed_repeats_no_media() -> None:
    """Discord's own players show the attachments; the embed has no picture of its own."""
    embed = draw(state=JobState.DELIVERED, result_count=1).embed.to_dict()

    assert not {"image", "video", "thumbnail", "url"} & embed.keys()
