"""Exif: the first directory of a TIFF structure, which pictures of other types carry too."""

import io
import struct
from collections.abc import Mapping
from typing import BinaryIO

_ORIENTATION = 274
_BYTE_ORDERS = {b"II*\x00": "<", b"MM\x00*": ">"}
# Whole numbers of two and four bytes; all that is asked for is one of these (TIFF 6.0, section 2).
_FORMATS = {3: "H", 4: "I"}
_MOST_ENTRIES = 1000


def orientation_in(exif: bytes) -> int:
    """Return how a picture is to be turned, 1 (upright) to 8; 1 where *exif* makes no sense."""
    try:
        found = read_directory(io.BytesIO(exif)).get(_ORIENTATION, 1)
    except (ValueError, struct.error):
        return 1
    return found if 1 <= found <= 8 else 1


def read_directory(file: BinaryIO) -> Mapping[int, int]:
    """Return the whole numbers of the first directory, by their tags; of several the first.

    Raises:
        ValueError, struct.error: It is broken, or a BigTIFF.
    """
    file.seek(0)
    order = _BYTE_ORDERS.get(file.read(4))
    if order is None:
        raise ValueError("no TIFF structure")
    (at,) = struct.unpack(f"{order}I", file.read(4))
    file.seek(at)
    (count,) = struct.unpack(f"{order}H", file.read(2))
    entries = file.read(12 * min(count, _MOST_ENTRIES))
    found: dict[int, int] = {}
    for start in range(0, len(entries) - 11, 12):
        tag, kind, many = struct.unpack(f"{order}HHI", entries[start : start + 8])
        if (number := _FORMATS.get(kind)) is not None and many:
            found[tag] = _number(file, order, number, many, entries[start + 8 : start + 12])
    return found


def _number(file: BinaryIO, order: str, number: str, many: int, value: bytes) -> int:
    """Return the first number of an entry; where four bytes don't hold all, *value* says where."""
    size = struct.calcsize(f"{order}{number}")
    if many * size > len(value):
        (at,) = struct.unpack(f"{order}I", value)
        file.seek(at)
        value = file.read(size)
    return int(struct.unpack(f"{order}{number}", value[:size])[0])
