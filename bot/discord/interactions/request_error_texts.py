"""Request error texts: why a model does not take a request, each with what it takes instead. Pure."""

from collections.abc import Callable, Mapping, Sequence

from bot.catalogue import (
    AdultOption,
    InvalidOption,
    PricedModel,
    PromptTooLong,
    TextTooLong,
    UnknownOption,
)
from bot.discord.cards.card_fields import option_label, value_range
from bot.discord.cards.markdown import quote_code, quote_prompt
from bot.discord.cards.money import price_range
from bot.discord.interactions.errors import OptionsUnreadable
from bot.jobs.errors import AdultSwitchedOff, UnknownModel
from bot.locales.answer_texts import (
    ADULT_NOT_HERE,
    ADULT_SWITCHED_OFF,
    DURATION_NOT_TAKEN,
    MODEL_MEANT,
    MODEL_OF_ANOTHER_KIND,
    MODEL_OFFERED,
    MODEL_UNKNOWN,
    MODELS_EITHER,
    OPTION_NONE_TAKEN,
    OPTION_NOT_TAKEN,
    OPTIONS_UNREADABLE,
    PROMPT_TAKEN_BY,
    PROMPT_TAKEN_BY_NONE,
    PROMPT_TOO_LONG,
    TEXT_NOT_TAKEN,
    VALUE_NOT_TAKEN,
)
from bot.locales.command_mentions import known_commands
from bot.locales.translate import Text, translate

_VALUE_LENGTH = 100
_MOST_MODELS = 10
_DURATION = "duration"


def _unknown_model(error: UnknownModel, locale: str) -> str:
    typed = quote_prompt(error.name, _VALUE_LENGTH)
    if error.similar:
        return translate(MODEL_MEANT, locale, model=typed, models=_either(error.similar, locale))
    if error.elsewhere is not None:
        command = known_commands.mention(error.elsewhere.kind)
        label = error.elsewhere.label
        return translate(MODEL_OF_ANOTHER_KIND, locale, model=label, command=command)
    return translate(MODEL_UNKNOWN, locale, model=typed)


def _either(models: Sequence[PricedModel], locale: str) -> str:
    """Return "**A** ($1), **B** ($2) or **C** ($3)"."""
    named = [
        translate(
            MODEL_OFFERED,
            locale,
            model=model.label,
            price=price_range(model.price.low, model.price.high, locale),
        )
        for model in models
    ]
    if len(named) == 1:
        return named[0]
    return translate(MODELS_EITHER, locale, some=", ".join(named[:-1]), last=named[-1])


def _prompt_too_long(error: PromptTooLong, locale: str) -> str:
    said = translate(
        PROMPT_TOO_LONG,
        locale,
        model=error.model_label,
        length=f"{error.length:,}",
        limit=f"{error.limit:,}",
    )
    labels = ", ".join(f"**{label}**" for label in error.taken_by[:_MOST_MODELS])
    way_out = (
        translate(PROMPT_TAKEN_BY, locale, models=labels)
        if labels
        else translate(PROMPT_TAKEN_BY_NONE, locale)
    )
    return f"{said} {way_out}"


def _unknown_option(error: UnknownOption, locale: str) -> str:
    template = OPTION_NOT_TAKEN if error.takes else OPTION_NONE_TAKEN
    return translate(
        template,
        locale,
        model=error.model_label,
        option=_typed(error.option),
        options=", ".join(f"`{name}`" for name in error.takes),
    )


def _invalid_option(error: InvalidOption, locale: str) -> str:
    text = DURATION_NOT_TAKEN if error.option == _DURATION else VALUE_NOT_TAKEN
    return translate(
        text,
        locale,
        model=error.model_label,
        value=_typed(error.value),
        option=option_label(error.option, locale),
        values=", ".join(map(value_range, error.allowed)),
    )


def _typed(text: str) -> str:
    """Return what was typed in code marks, also where nothing of it can be seen."""
    return quote_code(text, _VALUE_LENGTH) or "` `"


def _text_too_long(error: TextTooLong, locale: str) -> str:
    return translate(
        TEXT_NOT_TAKEN,
        locale,
        model=error.model_label,
        limit=error.limit,
        option=option_label(error.option, locale),
        length=error.length,
    )


def _options_unreadable(error: OptionsUnreadable, locale: str) -> str:
    return translate(OPTIONS_UNREADABLE, locale, part=_typed(error.part))


def _adult_option(error: AdultOption, locale: str) -> str:
    return _adult_text(ADULT_NOT_HERE, error, locale)


def _adult_switched_off(error: AdultSwitchedOff, locale: str) -> str:
    return _adult_text(ADULT_SWITCHED_OFF, error, locale)


def _adult_text(text: Text, error: AdultOption | AdultSwitchedOff, locale: str) -> str:
    return translate(text, locale, value=error.value, option=option_label(error.option, locale))


# By the class of the error; `error_texts` has those of all other errors.
REQUEST_SENTENCES: Mapping[type[Exception], Callable[..., str]] = {
    UnknownModel: _unknown_model,
    PromptTooLong: _prompt_too_long,
    UnknownOption: _unknown_option,
    InvalidOption: _invalid_option,
    TextTooLong: _text_too_long,
    OptionsUnreadable: _options_unreadable,
    AdultOption: _adult_option,
    AdultSwitchedOff: _adult_switched_off,
}
