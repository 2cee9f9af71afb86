"""Every text of the bot by its name, found by a walk over the modules that hold them."""

from collections.abc import Iterator, Mapping

from bot.locales import (
    answer_texts,
    button_texts,
    card_texts,
    command_texts,
    form_texts,
    help_texts,
    input_texts,
    list_texts,
    menu_texts,
    usage_texts,
)
from bot.locales.card_texts import CardText
from bot.locales.translate import Text


def _texts(value: object, name: str) -> Iterator[tuple[str, Text]]:
    if isinstance(value, Text):
        yield name, value
    elif isinstance(value, CardText):
        yield f"{name}.title", value.title
        yield f"{name}.text", value.text
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{name}[{key}]")
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{name}[{number}]")


EVERY_TEXT: dict[str, Text] = dict(
    pair
    for module in (
        answer_texts,
        button_texts,
        card_texts,
        command_texts,
        form_texts,
        help_texts,
        input_texts,
        list_texts,
        menu_texts,
        usage_texts,
    )
    for name, value in vars(module).items()
    if name.isupper()
    for pair in _texts(value, name)
)
