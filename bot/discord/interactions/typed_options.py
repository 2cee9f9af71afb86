"""Typed options: those of a command, and those in one text: `style=anime seed=42`. Pure.

Outside quotes every sign is read as the plain one that it means (`bot.catalogue.plain_signs`). What
is inside them is kept as it was typed, as it may be a sentence in any language.
"""

# ruff: noqa: RUF001 - signs that look alike are the subject

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.catalogue.plain_signs import APOSTROPHES, QUOTE_ENDS, QUOTES, plain_signs
from bot.discord.interactions.errors import OptionsUnreadable
from db.records import OptionValue

# What autocompletion fills in for a line that only explains: as if nothing had been chosen.
NOT_CHOSEN = "-"

_NEEDS_QUOTES = re.compile(r"[\s\"',\\]")
_COMMAS = frozenset(",،，、︐")
_AFTER_PART = rf"(?=[\s{''.join(_COMMAS)}]|$"
# A comma ends a part before a blank, another comma and another name; the one inside "7,5" does not.
_ENDING_COMMA = re.compile(rf"[{''.join(_COMMAS)}]{_AFTER_PART}|\w+\s*[=＝﹦])")
_ENDING_APOSTROPHE = re.compile(rf"[{''.join(APOSTROPHES)}]{_AFTER_PART})")


def read_options(chosen: Mapping[str, str | None], more: str | None) -> dict[str, OptionValue]:
    """Return what was chosen, with the options typed as text after it.

    Raises:
        OptionsUnreadable: A part of the text has no name or no value.
    """
    options: dict[str, OptionValue] = {
        name: value for name, value in chosen.items() if value is not None and is_chosen(value)
    }
    for part in _readable_parts(more) if more is not None and is_chosen(more) else ():
        name, value = _name_and_value(part)
        if not (name and value and value.strip()):
            raise OptionsUnreadable(part)
        options[name] = value.strip()
    return options


def _readable_parts(text: str) -> list[str]:
    parts = split_options(text)
    if not parts:  # quotes around nothing
        raise OptionsUnreadable(text)
    return parts


def is_chosen(typed: str) -> bool:
    """Whether *typed* holds anything, and is not what an explaining line filled in."""
    return plain_signs(typed).strip() not in {"", NOT_CHOSEN}


def split_options(text: str) -> list[str]:
    """Return the parts of *text*; quotes hold words and commas together.

    A quote that is still open reaches to the end, as it does while it is being typed.
    """
    return list(_parts(text))


def join_options(parts: Sequence[str]) -> str:
    """Return a text of which `split_options` makes the same *parts* again."""
    return " ".join(_quote(part) if _must_quote(part) else part for part in parts)


def _name_and_value(part: str) -> tuple[str, str]:
    """Return both sides of the first equals sign, however that was typed; "" where there is none."""
    equals = next((place for place, sign in enumerate(part) if _sign(sign) == "="), None)
    if equals is None:
        return "", ""
    return plain_signs(part[:equals]).strip().lower(), part[equals + 1 :]


def _parts(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        if _sign(text[place]) in {"", " "} or text[place] in _COMMAS:
            place += 1
        else:
            part, place = _part(text, place)
            if part:
                yield part


def _part(text: str, start: int) -> tuple[str, int]:
    """Return the part that begins at *start*, and where it ends."""
    pieces: list[str] = []
    bare, place = start, start
    while place < len(text) and not _ends_part(text, place):
        if text[place] == "\\":
            pieces += [plain_signs(text[bare:place]), text[place + 1 : place + 2]]
            place += 2
        elif (end := _quote_end(text, place, at_value=_at_value(text, start, place))) is not None:
            pieces += [plain_signs(text[bare:place]), _unescaped(text[place + 1 : end])]
            place = end + 1
        else:
            place += 1
            continue
        bare = place
    return "".join([*pieces, plain_signs(text[bare:place])]), place


def _ends_part(text: str, place: int) -> bool:
    if text[place] in _COMMAS:
        return _ENDING_COMMA.match(text, place) is not None
    return _sign(text[place]) == " "


def _at_value(text: str, start: int, place: int) -> bool:
    """Whether a value begins at *place*: after the equals sign, or with the part."""
    return place == start or _sign(text[place - 1]) == "="


def _quote_end(text: str, place: int, *, at_value: bool) -> int | None:
    """Return where the quotation that begins at *place* ends; None where none begins.

    A single quote begins one only with a value, and only if another ends it: it may be an apostrophe.
    """
    if text[place] in QUOTES:
        for ends in (QUOTE_ENDS.get(text[place], '"'), "".join(QUOTES)):
            if any(text.find(quote, place + 1) >= 0 for quote in ends):
                unended = _up_to(ends).match(text, place + 1)
                if unended is not None and unended.end() < len(text):
                    return unended.end()
        return len(text)
    if at_value and text[place] in APOSTROPHES:
        found = _ENDING_APOSTROPHE.search(text, place + 1)
        return None if found is None else found.start()
    return None


@functools.cache
def _up_to(ends: str) -> re.Pattern[str]:
    """Return the pattern of a text up to one of the quotes *ends* that has no backslash before it."""
    return re.compile(rf"(?:\\.|[^\\{re.escape(ends)}])*+\\?", re.DOTALL)


@functools.lru_cache(maxsize=4096)
def _sign(character: str) -> str:
    return plain_signs(character)


def _unescaped(quoted: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", quoted)


def _must_quote(part: str) -> bool:
    return _NEEDS_QUOTES.search(part) is not None or plain_signs(part) != part


def _quote(part: str) -> str:
    return '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
