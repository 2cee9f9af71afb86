"""Money: US dollars as a reader writes them, and which way each amount is rounded. Pure.

From ten cents on an amount is shown in cents, below that with up to four digits. An amount that is
still to come is a bound, so that it is rounded to the side on which it stays true: the most that may
be charged up, the least down, and what is left of a budget down. A cost is rounded to the nearest.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from bot.locales.card_texts import MONEY, MONEY_LEAST, MONEY_OWED, PRICE_RANGE, PRICE_USUAL
from bot.locales.translate import translate

_CENT = Decimal("0.01")
_LEAST = Decimal("0.0001")
# From here on an amount is shown in cents.
_CENTS_FROM = Decimal("0.10")


def money(amount: Decimal, locale: str) -> str:
    """Return what was charged, to the nearest cent or hundredth of one: "$0.25", "$0.0125"."""
    return _dollars(amount, ROUND_HALF_UP, locale)


def at_most(amount: Decimal, locale: str) -> str:
    """Return the most that may be charged, never less than it is."""
    return _dollars(amount, ROUND_CEILING, locale)


def amount_left(amount: Decimal, locale: str) -> str:
    """Return what is left of a budget, never more than it is."""
    return _dollars(amount, ROUND_FLOOR, locale)


def price_range(low: Decimal, high: Decimal, locale: str) -> str:
    """Return both ends with a dash, or one price where both ends are the same."""
    last = at_most(high, locale)
    first = last if low == high else _dollars(low, ROUND_FLOOR, locale)
    return last if first == last else translate(PRICE_RANGE, locale, low=first, high=last)


def price(low: Decimal, high: Decimal, usual: Decimal | None, locale: str) -> str:
    """Return what a request may cost; what it *usual*-ly costs says more than the lower end."""
    if usual is None or not says_more(usual, low, high):
        return price_range(low, high, locale)
    return translate(PRICE_USUAL, locale, usual=money(usual, locale), most=at_most(high, locale))


def says_more(usual: Decimal, low: Decimal, high: Decimal) -> bool:
    """Return whether the usual cost says more than the price: if that is a range that ends above."""
    return low != high and usual < high


def _dollars(amount: Decimal, rounding: str, locale: str) -> str:
    if 0 < amount < _LEAST:
        return translate(MONEY_LEAST, locale, amount=str(_LEAST))
    shown = amount.quantize(_CENT if abs(amount) >= _CENTS_FROM else _LEAST, rounding=rounding)
    in_cents = shown.quantize(_CENT)
    shown = in_cents if shown == in_cents else shown.normalize()
    return translate(MONEY_OWED if shown < 0 else MONEY, locale, amount=f"{abs(shown):,f}")
