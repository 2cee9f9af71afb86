"""A finished card is two lines: the prompt, and what it was, cost and took."""

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.card import card
from bot.discord.cards.card_status import notes
from bot.locales.card_texts import FITTED, SENT_AS_REPLY, SENT_BY_DM, STATES
from db.records import CardKind, Job, JobState
from tests.unit.discord.cards.drawn_cards import LABEL, draw, running, text_of
from tests.unit.discord.cards.jobs import ANY_JOB, ENGLISH, SENT_AT


def done(**changes: object) -> Job:
    """Return a job that has its result after nine seconds, but for *changes*."""
    after = {"state": JobState.DELIVERED, "ended_at": SENT_AT + 9, "cost": Decimal("0.25")}
    return running(**{**after, **changes})


def test_a_finished_card_is_two_lines() -> None:
    """The prompt, then model, options, cost, time and requester in small text, and nothing else."""
    embed = card(done(), LABEL).embed

    assert embed.to_dict().keys() == {"description", "color", "type", "flags"}
    assert str(embed.description).splitlines() == [
        "> a fox in the snow",
        "-# Vidu Q3 · 5 s · 16:9 · 720p · seed 42 · $0.25 · took 9 s · <@11>",
    ]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.4, "0 s"), (42.4, "42 s"), (59.6, "1 min 0 s"), (185.0, "3 min 5 s"), (7800, "2 h 10 min")],
)
def test_a_finished_card_says_how_long_it_took(seconds: float, expected: str) -> None:
    """The time between sending and the end is said in the largest fitting units."""
    assert f" · took {expected} · " in text_of(card(done(ended_at=SENT_AT + seconds), LABEL))


@pytest.mark.parametrize("state", [JobState.DELIVERED, JobState.LINKED])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"cost": Decimal("0.32")}, " · $0.32 · "),
        ({"cost": Decimal(0)}, " · $0.00 · "),
        ({"cost": None}, " · up to $0.40 · "),
        ({"cost": None, "price_low": Decimal(0), "price_high": Decimal(0)}, " · seed 42 · took "),
    ],
)
def test_the_cost_of_a_finished_card_is_what_is_known(
    state: JobState, changes: dict[str, object], expected: str
) -> None:
    """Where the API has not said what it cost, the price is the most that it can be."""
    assert expected in text_of(card(done(state=state, **changes), LABEL))


@pytest.mark.parametrize(
    ("changes", "is_named"),
    [
        ({}, True),
        ({"private": True, "card_kind": CardKind.TOKEN_ONLY}, False),
        ({"card_kind": CardKind.TOKEN_ONLY}, True),
        ({"guild_id": None}, False),
        ({"guild_id": None, "card_kind": CardKind.TOKEN_ONLY}, True),
    ],
)
def test_the_requester_is_named_where_others_read(
    changes: dict[str, object], is_named: bool
) -> None:
    """Discord names no user above the answer to a button, and in private there is no question who."""
    assert ("<@11>" in text_of(card(done(**changes), LABEL))) is is_named


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fitted": True, "result_count": 1}, FITTED.english),
        ({"dm_begun_at": 1.0}, SENT_BY_DM.english),
        ({"reply_begun_at": 1.0}, SENT_AS_REPLY.english),
        ({"state": JobState.LINKED}, STATES[JobState.LINKED].text.english),
    ],
)
def test_a_finished_card_says_what_is_unusual(changes: dict[str, object], said: str) -> None:
    """A result that is elsewhere, or not the whole, has a sentence between the two lines."""
    first, second, last = str(card(done(**changes), LABEL).embed.description).splitlines()

    assert (first, second) == ("> a fox in the snow", said)
    assert last.startswith("-# Vidu Q3 · ")


@given(ANY_JOB, st.sampled_from([JobState.DELIVERED, JobState.LINKED]))
def test_a_finished_card_is_short_for_any_job(job: Job, state: JobState) -> None:
    """It has no fields, its last line alone is small, and nothing that was typed makes a line."""
    finished = dataclasses.replace(job, state=state)
    embed = card(finished, job.model).embed
    lines = str(embed.description).splitlines()

    assert embed.fields == []
    assert len(lines) <= 3 + len(notes(finished, ENGLISH))
    assert [line.startswith("-# ") for line in lines] == [False] * (len(lines) - 1) + [True]
    assert len(lines[-1]) <= 500


def test_a_running_card_looks_as_it_did() -> None:
    """A start of this version edits no card of a running job, as its digest is that of the last."""
    assert draw().digest == "c1fdb89db7505cb42bd1cef738de6e22"
    assert card(running(), LABEL).digest == "4859e6c90f59f57152a0890229e0a389"
