"""Tolerant JSON: what can be read of an answer, with None in place of what can't. Pure.

One odd byte must not hide an answer: the task in it may be paid for, and a page of the task list
holds the tasks of other users too. So bytes that are no UTF-8 become U+FFFD, line breaks may be bare
within a string, numbers that are none (NaN, or of thousands of digits) become None, and texts come
out storable. What the standard library's parser refuses all the same is read by a scanner of our
own, which gives up single values: a bad escape, a word that is none of JSON's, or a value that is
nested too deeply. An answer that was cut off, or whose brackets don't match, is still no JSON: what
was not read must not pass for absent.
"""

import codecs
import json
import math
import re
from collections.abc import Iterator
from typing import Final

from bot.storable_text import storable

# Levels; an answer of the API has five. Deeper values are read as None.
_DEEPEST = 64
# More digits than any number of the API has; Python itself refuses to read thousands of them.
_MOST_DIGITS = 40
# Characters that the scanner reads; a page of 100 tasks has 31,000.
_LONGEST_SCANNED = 1024 * 1024

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TOKEN = re.compile(
    r"""[\s\x00]+ | (?P<string>"(?:[^"\\]|\\.)*") | (?P<mark>[][{},:]) | (?P<word>[^][{},:\s"]+)""",
    re.DOTALL | re.VERBOSE,
)


def read_json(body: bytes) -> object:
    """Return the value that *body* holds, or None if it is no JSON."""
    return cleaned(load_json(body))


def load_json(body: bytes) -> object:
    """Return the value that *body* holds before it is `cleaned`, or None if it is no JSON.

    Cleaning costs more than reading, so that of a long list each part is cleaned when it is used.
    """
    text = _decode(body)
    try:
        return _load(text)
    except (ValueError, RecursionError):
        return _Scanner().scan(text) if len(text) <= _LONGEST_SCANNED else None


def cleaned(value: object) -> object:
    """Return *value* with each of its texts storable; None if it is nested beyond all sense."""
    try:
        return _storable(value)
    except RecursionError:
        return None


def _decode(body: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    return body.decode("utf-8", "replace")


def _load(text: str) -> object:
    value: object = json.loads(
        text,
        strict=False,
        parse_constant=lambda _: None,
        parse_int=_whole,
        parse_float=_part,
    )
    return value


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MOST_DIGITS else None


def _part(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _storable(value: object, depth: int = 0) -> object:
    """Return *value* with each of its texts storable, and without what is nested too deeply."""
    if isinstance(value, str):
        return storable(value)
    if not isinstance(value, dict | list):
        return value
    if depth == _DEEPEST:
        return None
    if isinstance(value, list):
        return [_storable(item, depth + 1) for item in value]
    return {storable(name): _storable(item, depth + 1) for name, item in value.items()}


class _Scanner:
    """Reader of values one by one, without recursion; a value that can't be read is None."""

    def __init__(self) -> None:
        self._open: list[tuple[str, list[object]]] = []  # the bracket, and what was read since
        self._root: list[object] = []  # the whole value, once it has been read

    def scan(self, text: str) -> object:
        """Return the one value of *text*; None if it has none, several, or an open bracket."""
        for token in _tokens(text):
            if token is None or self._root or not self._take(token):
                return None
        return self._root[0] if self._root else None

    def _take(self, token: re.Match[str]) -> bool:
        """Take in one token; return whether there may be one here."""
        mark = token["mark"]
        if mark is None:
            self._add(_scalar(token[0]))
            return bool(self._open)  # a bare value is no answer of the API
        if mark in "{[":
            self._open.append((mark, []))
            return True
        if not self._open:
            return False
        if mark in ",:":
            self._open[-1][1].append(token)
            return True
        return self._close(mark)

    def _close(self, mark: str) -> bool:
        bracket, found = self._open.pop()
        if bracket + mark not in ("{}", "[]"):
            return False
        if len(self._open) >= _DEEPEST:
            self._add(None)
        else:
            self._add(_object(found) if bracket == "{" else _list(found))
        return True

    def _add(self, value: object) -> None:
        (self._open[-1][1] if self._open else self._root).append(value)


def _tokens(text: str) -> Iterator[re.Match[str] | None]:
    """Yield every string, bracket and word; None where *text* has something else."""
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:  # a string without its end
            yield None
            return
        position = token.end()
        if token.lastgroup is not None:
            yield token


def _scalar(word: str) -> object:
    try:
        return _load(word)
    except ValueError:
        return None


def _parts(found: list[object]) -> Iterator[list[object]]:
    """Yield what stands between two commas, without the colons."""
    part: list[object] = []
    for each in found:
        if not isinstance(each, re.Match):
            part.append(each)
        elif each[0] == ",":
            yield part
            part = []
    yield part


def _list(found: list[object]) -> list[object]:
    return [part[0] if len(part) == 1 else None for part in _parts(found) if part]


def _object(found: list[object]) -> dict[str, object]:
    pairs = [part for part in _parts(found) if part and isinstance(part[0], str)]
    return {str(name): rest[0] if len(rest) == 1 else None for name, *rest in pairs}
