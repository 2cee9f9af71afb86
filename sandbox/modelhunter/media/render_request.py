"""Render request: which file a task's input asks for, kept small enough to render quickly. Pure."""

import dataclasses
import re
from collections.abc import Mapping

from sandbox.modelhunter.endpoints import Kind
from sandbox.modelhunter.records import TaskRecord
from sandbox.modelhunter.script import Result

LONGEST_EDGE = 640  # pixels
LONGEST = 10.0  # seconds
_USUAL = 5.0  # seconds, where the input names none
_SHORTEST = 0.5  # seconds
_SMALLEST_EDGE = 64  # pixels
_CHARACTERS_A_SECOND = 15.0

CONTENT_TYPES: Mapping[str, str] = {
    "mp4": "video/mp4",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
}
_DEFAULT_FORMATS = {Kind.VIDEO: "mp4", Kind.IMAGE: "png", Kind.SPEECH: "mp3"}
_DEFAULT_RATIOS = {Kind.VIDEO: (16, 9), Kind.IMAGE: (1, 1), Kind.SPEECH: (1, 1)}
_EDGES = {"480p": 480, "540p": 540}  # of the longer side; everything larger is made at 640


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """A file to render; equal requests give equal files."""

    text: str
    format: str
    size: tuple[int, int]  # pixels, even; of no meaning for sound
    seconds: float | None  # None for pictures
    number: int = 0  # which of several results


def render_request(record: TaskRecord, result: Result, number: int) -> RenderRequest:
    """Return what to render for result *number* (from 0) of a task."""
    kind = record.kind
    return RenderRequest(
        text=record.request.text,
        format=result.format or _format(kind, record.input),
        size=_size(kind, record.input),
        seconds=None if kind is Kind.IMAGE else _seconds(record, result),
        number=number,
    )


def _format(kind: Kind, given: Mapping[str, object]) -> str:
    wanted = str(given.get("output_format", ""))
    wanted = {"jpeg": "jpg"}.get(wanted, wanted)
    if kind is Kind.IMAGE and CONTENT_TYPES.get(wanted, "").startswith("image/"):
        return wanted
    return _DEFAULT_FORMATS[kind]


def _seconds(record: TaskRecord, result: Result) -> float:
    wanted = result.duration
    if wanted is None and record.kind is Kind.SPEECH:
        wanted = len(record.request.text) / _CHARACTERS_A_SECOND
    if wanted is None:
        found = re.fullmatch(r"\d+(\.\d+)?", str(record.input.get("duration", "")))
        wanted = float(found.group()) if found else _USUAL
    return min(LONGEST, max(_SHORTEST, wanted))


def _size(kind: Kind, given: Mapping[str, object]) -> tuple[int, int]:
    width, height = _ratio(kind, given)
    edge = _EDGES.get(str(given.get("resolution", "")), LONGEST_EDGE)
    scale = edge / max(width, height)
    return _even(width * scale), _even(height * scale)


def _ratio(kind: Kind, given: Mapping[str, object]) -> tuple[int, int]:
    """Return width and height in any unit, from whichever input names them."""
    texts = (
        f"{given.get('width')}x{given.get('height')}",
        str(given.get("size", "")),
        str(given.get("aspect_ratio", "")),
        str(given.get("ratio", "")),
    )
    for text in texts:
        found = re.fullmatch(r"([1-9]\d{0,4})[x:]([1-9]\d{0,4})", text)
        if found:
            return int(found[1]), int(found[2])
    return _DEFAULT_RATIOS[kind]


def _even(pixels: float) -> int:
    """Return *pixels* as an even number, which video with halved colour needs."""
    return max(_SMALLEST_EDGE, round(pixels / 2) * 2)
