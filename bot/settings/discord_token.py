"""Discord's token: its shape, and the application that it belongs to. Pure.

A bot's token is three parts with dots between: the application's id in base64, the time at which it
was made, and a signature (Discord docs: Authentication).
"""

import base64
import binascii
import re

_TOKEN = re.compile(r"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# A snowflake; those of Discord's first applications had 17 digits (Discord docs: Snowflakes).
_ID = re.compile(r"[0-9]{17,20}")


def application_id(token: str) -> int | None:
    """Return the id of the application that *token* belongs to, or None if it is no bot's token."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    try:
        # The padding is left out of tokens.
        text = base64.b64decode(
            parts[1] + "=" * (-len(parts[1]) % 4), altchars=b"-_", validate=True
        )
        digits = text.decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return int(digits) if _ID.fullmatch(digits) else None
