"""Texts of the lists of jobs and of models."""

from collections.abc import Mapping
from typing import Final

from bot.locales.translate import CountedText, Text
from db.records import JobKind

KINDS: Final[Mapping[JobKind, Text]] = {
    JobKind.VIDEO: Text("Video"),
    JobKind.IMAGE: Text("Image"),
    JobKind.SPEECH: Text("Speech"),
}
JOBS_TITLE: Final = Text("Your jobs")
JOBS_EMPTY: Final = Text("Nothing yet. Try {/video}, {/image} or {/speech}.")
JOB_OPEN: Final = Text("open")
MODELS_TITLE: Final = Text("Models")
MODELS_TEXT: Final = Text("Prices are in US dollars. Options change them.")
# Keys are the catalogue's units.
PRICES: Final[Mapping[str, Text]] = {
    "second": Text("{price} a second"),
    "request": Text("{price}"),
    "video": Text("{price} a video"),
    "image": Text("{price} an image"),
    "1000 characters": Text("{price} for 1,000 characters"),
}
MODELS_MORE: Final = CountedText("And {count} more.", "count")
