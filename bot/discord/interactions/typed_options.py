"""Typed options: those of a command, and those in one text: `style=anime seed=42`. Pure."""

import re
import shlex
from collections.abc import Mapping, Sequence

from bot.discord.interactions.errors import OptionsUnreadable
from db.records import OptionValue

_NEEDS_QUOTES = re.compile(r'[\s",\\]')
# What is quoted or escaped (kept), or a comma that ends a part: not one inside "7,5".
_COMMAS = re.compile(r'("(?:\\.|[^"\\])*"?|\\.)|,(?=[\s,]|$|\w+=)', re.DOTALL)


def read_options(chosen: Mapping[str, str | None], more: str | None) -> dict[str, OptionValue]:
    """Return what was chosen, with the options typed as text after it.

    Raises:
        OptionsUnreadable: A part of the text has no name or no value.
    """
    options: dict[str, OptionValue] = {
        name: value for name, value in chosen.items() if value is not None and value.strip()
    }
    for part in split_options(more or ""):
        name, equals, value = part.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise OptionsUnreadable(part)
        options[name.strip().lower()] = value.strip()
    return options


def split_options(text: str) -> list[str]:
    """Return the parts of *text*; quotes hold words and commas together.

    A quote that is still open reaches to the end, as it does while it is being typed.
    """
    spaced = _COMMAS.sub(lambda found: found[1] or " ", text)
    for attempt in (spaced, f'{spaced}"'):
        try:
            return _parts(attempt)
        except ValueError:
            continue
    return spaced.split()


def _parts(text: str) -> list[str]:
    """Return the parts of *text*; raises ValueError where a quote or an escape is open."""
    reader = shlex.shlex(text, posix=True)
    reader.whitespace_split = True
    reader.commenters = ""
    reader.quotes = '"'
    return list(reader)


def join_options(parts: Sequence[str]) -> str:
    """Return a text of which `split_options` makes the same *parts* again."""
    return " ".join(_quote(part) if _NEEDS_QUOTES.search(part) else part for part in parts)


def _quote(part: str) -> str:
    return '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
