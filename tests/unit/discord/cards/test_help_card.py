"""The answer to /help says what is true here, within Discord's lengths."""

import re
from decimal import Decimal

import pytest

from bot.discord.cards.help_card import Here, Operator, help_card
from bot.jobs.allowances import Allowance
from bot.locales.help_texts import (
    HELP_LEFT,
    HELP_LIMITS,
    HELP_NO_CONTACT,
    HELP_OPERATOR,
    HELP_PRIVACY,
)
from tests.unit.discord.cards.jobs import ENGLISH

OPERATOR = Operator(contact="Ask <@5>", retention_days=30)
HERE = Here(upload_limit=10 * 1024 * 1024)


def allowance(left: str = "12.5", left_for_user: str | None = None) -> Allowance:
    """Return what a member may ask for."""
    theirs = None if left_for_user is None else Decimal(left_for_user)
    return Allowance(
        running=2,
        ask_above=Decimal(1),
        left=Decimal(left),
        left_for_user=theirs,
        resets_at=86_400.0,
    )


def fields(
    allowed: Allowance, operator: Operator = OPERATOR, here: Here = HERE
) -> dict[str | None, str]:
    """Return the fields of the card by their names."""
    embed = help_card(allowed, operator, here, ENGLISH)
    assert len(embed) <= 6000
    assert all(len(field.value or "") <= 1024 for field in embed.fields)
    return {field.name: field.value or "" for field in embed.fields}


def test_the_limits_of_the_place_are_shown() -> None:
    """How many run at once, what is asked about, and how large a file may be."""
    shown = fields(allowance())[HELP_LIMITS.english]
    assert re.findall(r"\*\*(.+?)\*\*", shown) == ["2", "$1.00", "10 MB"]


@pytest.mark.parametrize(
    ("left", "left_for_user", "shown"),
    [
        ("12.5", None, ["$12.50"]),
        ("12.5", "3", ["$3.00", "$12.50"]),
        ("0", "0", ["$0.00", "$0.00"]),
    ],
)
def test_what_is_left_is_shown_as_far_as_it_is_known(
    left: str, left_for_user: str | None, shown: list[str]
) -> None:
    """A member has a part of their own only where the operator sets one."""
    said = fields(allowance(left, left_for_user))[HELP_LEFT.english]
    assert re.findall(r"\*\*(.+?)\*\*", said) == shown
    assert "<t:86400:R>" in said


def test_where_nothing_is_made_the_reason_takes_the_place_of_limits() -> None:
    """No budget is promised in a server that may not use it."""
    shown = fields(allowance(), here=Here(upload_limit=1, refusal="Not here."))
    assert shown[HELP_LIMITS.english] == "Not here."
    assert HELP_LEFT.english not in shown


@pytest.mark.parametrize(
    ("contact", "shown"),
    [("Ask <@5>", "Ask <@5>"), ("x" * 200, "x" * 200), (None, HELP_NO_CONTACT.english)],
)
def test_the_operator_is_named_as_they_wish(contact: str | None, shown: str) -> None:
    """The contact is shown as it was set; without one, that is said."""
    operator = Operator(contact=contact, retention_days=30)
    assert fields(allowance(), operator)[HELP_OPERATOR.english] == shown


@pytest.mark.parametrize(("days", "said"), [(0, "**0** days"), (1, "a day"), (30, "**30** days")])
def test_privacy_has_three_lines(days: int, said: str) -> None:
    """How long, who else, and how to delete."""
    shown = fields(allowance(), Operator(contact=None, retention_days=days))
    lines = shown[HELP_PRIVACY.english].splitlines()
    assert len(lines) == 3
    assert said in lines[0]
    assert "/forget" in lines[2]
