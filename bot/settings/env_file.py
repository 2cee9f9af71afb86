"""Lines of `.env`: which settings they hold, and which of them are not understood. Pure.

Parsers of such files differ in what they make of an odd line: most drop it, some replace `${NAME}`,
some let a value go on in the next line. This one takes what all of them read alike, and reports the
rest by the number of its line, without its text, which may hold a secret.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence

from bot.settings.setting_names import is_of_another_program, suggestion

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([^\W\d]\w*)\s*=\s*(.*?)\s*", re.ASCII)
_NAME = re.compile(r"\s*(?:export\s+)?([\w.-]+)")
_QUOTED = re.compile(r"""(["'])((?:(?!\1).)*)\1(?:\s*|\s+\#.*)""")
_COMMENT = re.compile(r"\s+#.*")
_QUOTES = ('"', "'")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EnvFile:
    """What a file holds: values by upper-case name, and a sentence for each mistake."""

    values: Mapping[str, str]
    mistakes: Sequence[str]


class _NotUnderstood(Exception):
    """A line or its value can't be read in one way only; the text follows the line's name."""


def parse_env_file(text: str, known: frozenset[str]) -> EnvFile:
    """Read the settings whose upper-case names are *known*; each other line is a mistake.

    Blank lines, comments, and the names that other programs read (`TZ`, `COMPOSE_...`) are none.
    """
    values: dict[str, str] = {}
    mistakes: list[str] = []
    for number, line in enumerate(_LINE_BREAK.split(text.removeprefix("\ufeff")), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            name, value = _assignment(line, known)
            if _is_known(name, known):
                _put(values, name.upper(), value)
        except _NotUnderstood as error:
            mistakes.append(f"line {number} of .env{error}")
    return EnvFile(values=values, mistakes=mistakes)


def _assignment(line: str, known: frozenset[str]) -> tuple[str, str]:
    found = _ASSIGNMENT.fullmatch(line)
    if found is None:
        begin = _NAME.match(line)
        # A line without "=" may be a secret that lost its name, so only known names are repeated.
        called = _called(begin[1]) if begin and begin[1].upper() in known else ""
        raise _NotUnderstood(f"{called} is not NAME=value")
    name, text = found.groups()
    return name, _value(name, text)


def _value(name: str, text: str) -> str:
    if "${" in text:
        raise _NotUnderstood(
            f"{_called(name)} has ${{...}}, which is not replaced: write the value"
        )
    if text.startswith(_QUOTES):
        quoted = _QUOTED.fullmatch(text)
        if quoted is None or "\\" in quoted[2]:
            raise _NotUnderstood(
                f"{_called(name)} needs one pair of quotes around the whole value, or none"
            )
        return quoted[2]
    if text.startswith("#"):
        raise _NotUnderstood(
            f"{_called(name)} has a comment in place of a value: write it above the line"
        )
    return _COMMENT.sub("", text)


def _is_known(name: str, known: frozenset[str]) -> bool:
    if name.upper() in known:
        return True
    if is_of_another_program(name):
        return False
    meant = suggestion(name, known)
    raise _NotUnderstood(
        f": there is no setting {_shown(name)}" + (f", did you mean {meant}?" if meant else "")
    )


def _put(values: dict[str, str], name: str, value: str) -> None:
    if name in values:
        raise _NotUnderstood(f" sets {name} a second time")
    values[name] = value


def _called(name: str) -> str:
    """Return the name of a line's setting in brackets."""
    return f" ({_shown(name)})"


def _shown(name: str) -> str:
    """Return a name, unless it is so long that it may be a secret which was pasted there."""
    return name if len(name) <= 30 else f"{name[:12]}..."
