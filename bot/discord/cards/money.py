"""Write US dollars the way people read them. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from bot.locales.cards import PRICE_RANGE

_CENT = Decimal("0.01")
_LEAST = Decimal("0.0001")


def money(amount: Decimal) -> str:
    """Return *amount* (US dollars) as "$0.04": cents, and up to two digits more if they count."""
    if 0 < amount < _LEAST:
        return f"<${_LEAST}"
    exact = amount.quantize(_LEAST, rounding=ROUND_HALF_UP)
    shown = exact.quantize(_CENT) if exact == exact.quantize(_CENT) else exact.normalize()
    sign = "-" if shown < 0 else ""
    return f"{sign}${abs(shown):,f}"


def price_range(low: Decimal, high: Decimal) -> str:
    """Return both ends with a dash, or one price where both ends read the same."""
    first, last = money(low), money(high)
    return first if first == last else PRICE_RANGE.format(low=first, high=last)
