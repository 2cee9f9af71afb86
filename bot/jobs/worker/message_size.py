"""Message size: how many bytes each of the files of one message may have. Pure.

Discord limits each attachment, and the request that sends them all to 25 MiB (Discord docs: Create
Message; Uploading Files). A server whose boosts allow larger files takes them too.
"""

from collections.abc import Sequence

LARGEST_MESSAGE = 25 * 1024 * 1024
# Bytes of that for the embed, the buttons and the form around the files.
_FORM = 64 * 1024


def limit_of_each(sizes: Sequence[int], limit: int) -> int:
    """Return the bytes that each of the files of *sizes* may have, where one file may have *limit*.

    Together they fit: if they would not as they are, each may have an equal part.
    """
    room = max(LARGEST_MESSAGE, limit) - _FORM
    if len(sizes) < 2 or sum(min(size, limit) for size in sizes) <= room:
        return limit
    return min(limit, room // len(sizes))
