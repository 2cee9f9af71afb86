"""Model lines: what a model costs and takes, in words. Pure."""

from bot.catalogue import NO_INPUTS, Kind, Model, Slots, Unit
from bot.discord.cards.card_fields import value_range
from bot.discord.cards.model_list import ModelLine
from bot.discord.cards.money import price_range
from bot.locales.list_texts import (
    MEDIA,
    MODEL_DURATIONS,
    MODEL_PROMPT_LIMIT,
    MODEL_TAKES,
    MODEL_TAKES_TEXT,
    PRICES,
)
from bot.locales.translate import translate
from db.records import JobKind

_DURATION = "duration"
# What one request makes, where the catalogue has its price.
_MADE = {Kind.VIDEO: Unit.VIDEO, Kind.IMAGE: Unit.IMAGE}


def unit_price(model: Model, locale: str, given: Slots = NO_INPUTS) -> str:
    """Return what one unit costs, such as "$0.07 a second" or "$3.20 a video"."""
    label = model.price_label(given)
    unit = _MADE.get(model.kind, label.unit) if label.unit is Unit.REQUEST else label.unit
    price = price_range(label.price.low, label.price.high, locale)
    return translate(PRICES[unit], locale, price=price)


def model_line(model: Model, locale: str, *, is_default: bool) -> ModelLine:
    """Return the row of *model* for `/models`; what it costs and takes is said of its usual use."""
    given = model.fewest_inputs()
    way = model.capability(given) or model.capabilities[0]
    duration = way.options.get(_DURATION)
    takes = []
    if duration is not None:
        values = ", ".join(map(value_range, duration.allowed(allow_adult=False)))
        takes.append(translate(MODEL_DURATIONS, locale, values=values))
    media = dict.fromkeys(slot.medium for slot in model.takes())
    inputs = ", ".join(translate(MEDIA[medium], locale) for medium in media)
    takes.append(translate(MODEL_TAKES if inputs else MODEL_TAKES_TEXT, locale, inputs=inputs))
    takes.append(translate(MODEL_PROMPT_LIMIT, locale, limit=f"{way.prompt_limit:,}"))
    return ModelLine(
        kind=JobKind(model.kind),
        name=model.name,
        label=model.label,
        price=unit_price(model, locale, given),
        takes=" · ".join(takes),
        options=tuple(way.options),
        is_default=is_default,
    )
