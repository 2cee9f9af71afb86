"""Text values: what a database does not take of a text is left out or replaced when it is stored.

PostgreSQL takes no NUL, and no database takes half of a surrogate pair, which is what a program
leaves that cuts an emoji in two. A row with either would fail whole, each time. The texts of the API
and of Discord are freed of both where they come in; this holds for those that come another way.
"""

import re
from collections.abc import Sequence

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def storable_values(values: Sequence[object]) -> list[object]:
    """Return *values*, whose texts have no NUL and U+FFFD for each lone surrogate."""
    return [
        value if not isinstance(value, str) or value.isprintable() else _storable(value)
        for value in values
    ]


def _storable(text: str) -> str:
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else _REPLACEMENT, text)
