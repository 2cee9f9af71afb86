"""Storable text: what the database, Discord and the logs all take. Pure.

JSON may carry half of a surrogate pair, which is what a program leaves that cuts an emoji in two. It
is a character of a Python string and can't be encoded, so that a row, a request or a log line with
it fails as a whole. PostgreSQL takes no NUL, and no reader sees a control character.
"""

import re

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"  # all but tab and the two line breaks
_UNSTORABLE = re.compile(rf"[{_CONTROL}\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def storable(text: str) -> str:
    """Return *text* without control characters, and with U+FFFD for each lone surrogate."""
    if text.isprintable():  # neither kind is, and most texts are
        return text
    return _UNSTORABLE.sub(lambda found: _REPLACEMENT if found[0] >= "\ud800" else "", text)
