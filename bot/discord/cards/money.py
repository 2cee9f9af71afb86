"""Money: US dollars as a reader writes them. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from bot.locales.card_texts import MONEY, MONEY_LEAST, MONEY_OWED, PRICE_RANGE
from bot.locales.translate import translate

_CENT = Decimal("0.01")
_LEAST = Decimal("0.0001")


def money(amount: Decimal, locale: str) -> str:
    """Return *amount* (US dollars) as "$0.04": cents, and up to two digits more if they count."""
    if 0 < amount < _LEAST:
        return translate(MONEY_LEAST, locale, amount=str(_LEAST))
    exact = amount.quantize(_LEAST, rounding=ROUND_HALF_UP)
    shown = exact.quantize(_CENT) if exact == exact.quantize(_CENT) else exact.normalize()
    return translate(MONEY_OWED if shown < 0 else MONEY, locale, amount=f"{abs(shown):,f}")


def price_range(low: Decimal, high: Decimal, locale: str) -> str:
    """Return both ends with a dash, or one price where both ends read the same."""
    first, last = money(low, locale), money(high, locale)
    return first if first == last else translate(PRICE_RANGE, locale, low=first, high=last)
