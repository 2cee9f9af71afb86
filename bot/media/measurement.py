"""Measurement: find out what a file is, in a confined child process, without believing its name."""

import asyncio
from collections.abc import Hashable
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.lanes import Lane
from bot.media.errors import CannotMeasure, CannotTranscode, NoProcess
from bot.media.facts import MediaFacts
from bot.media.media_type import HEAD, MediaType, detect_media_type
from bot.media.transcoding.child_process import run_child

# A header takes a fifth of a second; a file of 100 MB is read to its end in a few.
TIMEOUT = 30.0  # seconds
# One decoded picture of the largest video, and libav itself.
MEMORY = 1024 * 1024 * 1024  # bytes
AT_ONCE = 2

_Pixels = Annotated[int, Field(gt=0, lt=2**32)]


class _Measured(BaseModel):
    """What the child prints. It has read a hostile file, so none of it is taken on trust."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    media_type: Annotated[str, Field(pattern=r"^audio/[a-z0-9-]{1,30}$")] | None = None
    width: _Pixels | None = None
    height: _Pixels | None = None
    seconds: Annotated[Decimal, Field(ge=0, allow_inf_nan=False, strict=False)] | None = None
    is_animated: bool = False
    is_plain: bool = False
    can_be_fitted: bool = False


class Measurer:
    """Measures files, at most *at_once* at a time, each within *timeout* and *memory*."""

    def __init__(
        self, *, timeout: float = TIMEOUT, memory: int = MEMORY, at_once: int = AT_ONCE
    ) -> None:
        self._timeout = timeout
        self._memory = memory
        self._places = Lane(at_once, reserve=0)

    async def measure(self, path: Path, *, sharer: Hashable = None) -> MediaFacts:
        """Return what the file at *path* is; files of different sharers take turns.

        Raises:
            CannotMeasure: It is no medium, it is broken, or nothing is known of its kind.
            NoProcess: The machine has no process for it now.
        """
        size, media_type = await asyncio.to_thread(_look_at, path)
        if media_type is None:
            raise CannotMeasure("it is no medium")
        async with self._places.place(sharer):
            try:
                printed = await run_child(
                    "measuring_child",
                    path,
                    media_type.name,
                    timeout=self._timeout,
                    memory=self._memory,
                )
            except NoProcess:
                raise
            except CannotTranscode as error:
                raise CannotMeasure(str(error)) from error
        try:
            found = _Measured.model_validate_json(printed)
        except ValidationError as error:
            raise CannotMeasure("what was measured makes no sense") from error
        return MediaFacts(
            media_type=found.media_type or media_type.name,
            size=size,
            width=found.width,
            height=found.height,
            seconds=found.seconds,
            is_animated=found.is_animated,
            is_plain=found.is_plain,
            can_be_fitted=found.can_be_fitted,
        )


def _look_at(path: Path) -> tuple[int, MediaType | None]:
    with path.open("rb") as file:
        return path.stat().st_size, detect_media_type(file.read(HEAD))
