"""Spelling: read values as users type them, such as "1080P", " 5s", "16 x 9" or "yes"."""

import re

from bot.catalogue.plain_signs import plain_signs

OptionValue = str | int | float | bool

_UNIT = re.compile(r'(?<=\d)(s|secs?|seconds?|px?|秒|")\.?$')
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[x*/:](?=\d)")
_NUMBER = re.compile(r"[+-]?\d{1,12}([.,]\d{1,6})?", re.ASCII)
# "12,000" is twelve thousand. "7,5" and "0,125" can only be fractions.
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3}){1,3}(\.\d{1,6})?", re.ASCII)
_YES = frozenset({"on", "true", "yes", "y", "1"})
_NO = frozenset({"off", "false", "no", "n", "0"})


def fold(value: OptionValue) -> str:
    """Return a form in which spellings of the same value are equal, quotes around it aside."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "".join(unquoted(plain_signs(str(value))).casefold().split())
    return _BETWEEN_NUMBERS.sub(":", _UNIT.sub("", text))


def fold_name(name: str) -> str:
    """Return a form in which spellings of a model's name or label are equal: "Kling V3", "kling-v3"."""
    return "".join(sign for sign in plain_signs(name).casefold() if sign.isalnum())


def read_text(value: OptionValue) -> str:
    """Return the text that was meant, without blanks and quotes around it.

    A text that is ASCII but for the signs of a phone becomes ASCII. Any other stays as it was typed.
    """
    typed = str(value).strip()
    plain = plain_signs(typed).strip()
    return unquoted(plain if plain.isascii() else typed).strip()


def unquoted(text: str) -> str:
    """Return *text* without the straight quotes that it is wholly in."""
    bare = text.strip()
    quote = bare[:1]
    if len(bare) > 1 and quote in {'"', "'"} and bare.endswith(quote) and bare.count(quote) == 2:
        return bare[1:-1]
    return text


def read_number(value: OptionValue) -> float | None:
    """Return the number that was meant, or None."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return None
    text = fold(value)
    if _THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def read_switch(value: OptionValue) -> bool | None:
    """Return whether yes or no was meant, or None."""
    text = fold(value)
    if text in _YES:
        return True
    return False if text in _NO else None
