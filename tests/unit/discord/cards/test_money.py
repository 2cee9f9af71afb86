"""Money: how amounts read, and that no rounding makes an untrue promise."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.money import amount_left, at_most, money, price, price_range
from tests.unit.discord.cards.jobs import ENGLISH

AMOUNTS = st.decimals(min_value=0, max_value=100_000, places=6)
RANGE = "–"  # noqa: RUF001, a range takes an en dash


def _read(shown: str) -> Decimal:
    return Decimal(shown.removeprefix("<").removeprefix("$").replace(",", ""))


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0", "$0.00"),
        ("0.04", "$0.04"),
        ("0.1", "$0.10"),
        ("0.004", "$0.004"),
        ("0.0125", "$0.0125"),
        ("0.00001", "<$0.0001"),
        ("0.252", "$0.25"),
        ("2.985", "$2.99"),
        ("20", "$20.00"),
        ("1234.5", "$1,234.50"),
        ("-0.04", "-$0.04"),
        ("1E+3", "$1,000.00"),
    ],
)
def test_a_cost_reads_as_it_is_usually_written(amount: str, expected: str) -> None:
    """Cents always, smaller parts below ten cents alone, never an exponent."""
    assert money(Decimal(amount), ENGLISH) == expected


@pytest.mark.parametrize(
    ("amount", "left", "most"),
    [
        ("2.985", "$2.98", "$2.99"),
        ("0.252", "$0.25", "$0.26"),
        ("0.10", "$0.10", "$0.10"),
        ("0.09996", "$0.0999", "$0.10"),
        ("0.00004", "<$0.0001", "<$0.0001"),
        ("0", "$0.00", "$0.00"),
    ],
)
def test_which_way_a_bound_is_rounded(amount: str, left: str, most: str) -> None:
    """What is left of a budget is rounded down, and the most that may be charged up."""
    assert amount_left(Decimal(amount), ENGLISH) == left
    assert at_most(Decimal(amount), ENGLISH) == most


@given(amount=AMOUNTS)
def test_no_bound_is_untrue(amount: Decimal) -> None:
    """Never more is said to be left than there is, nor less to be charged than may be."""
    left, most = amount_left(amount, ENGLISH), at_most(amount, ENGLISH)
    assert left.startswith("<") or _read(left) <= amount
    assert _read(most) >= amount


@given(amount=AMOUNTS)
def test_ten_cents_and_more_are_cents(amount: Decimal) -> None:
    """From ten cents on, no amount has more than two decimal places."""
    for shown in (money(amount, ENGLISH), amount_left(amount, ENGLISH), at_most(amount, ENGLISH)):
        if amount >= Decimal("0.1"):
            assert len(shown.partition(".")[2]) == 2


@given(low=AMOUNTS, more=AMOUNTS)
def test_a_range_holds_every_price_in_it(low: Decimal, more: Decimal) -> None:
    """The ends of a range, or the one price, are no nearer than those that were given."""
    first, _, last = price_range(low, low + more, ENGLISH).partition(RANGE)
    if last:
        assert first.startswith("<") or _read(first) <= low
    assert _read(last or first) >= low + more


def test_a_price_range_has_two_ends_or_one() -> None:
    """A range whose ends read alike is one price."""
    assert price_range(Decimal("0.2"), Decimal("0.4"), ENGLISH) == f"$0.20{RANGE}$0.40"
    assert price_range(Decimal("0.2"), Decimal("0.20"), ENGLISH) == "$0.20"
    assert price_range(Decimal("0.252"), Decimal("0.504"), ENGLISH) == f"$0.25{RANGE}$0.51"
    assert price_range(Decimal("0.255"), Decimal("0.255"), ENGLISH) == "$0.26"


@pytest.mark.parametrize(
    ("low", "high", "usual", "expected"),
    [
        ("0.06", "0.58", "0.0612", "usually $0.0612, at most $0.58"),
        ("0.06", "0.58", None, f"$0.06{RANGE}$0.58"),
        ("0.06", "0.58", "0.01", "usually $0.01, at most $0.58"),
        ("0.06", "0.58", "0.58", f"$0.06{RANGE}$0.58"),
        ("0.06", "0.58", "0.70", f"$0.06{RANGE}$0.58"),
        ("0.25", "0.25", "0.20", "$0.25"),
    ],
)
def test_a_usual_cost_replaces_the_lower_end(
    low: str, high: str, usual: str | None, expected: str
) -> None:
    """What it usually costs is said where it is known and says more, always with the most."""
    known = None if usual is None else Decimal(usual)
    assert price(Decimal(low), Decimal(high), known, ENGLISH) == expected
