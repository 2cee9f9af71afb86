"""Texts of the lists of jobs and of models."""

from collections.abc import Mapping
from typing import Final

from db.records import JobKind

KINDS: Final[Mapping[JobKind, str]] = {
    JobKind.VIDEO: "Video",
    JobKind.IMAGE: "Image",
    JobKind.SPEECH: "Speech",
}
JOBS_TITLE: Final = "Your jobs"
JOBS_EMPTY: Final = "You have no jobs yet. Try /video, /image or /speech."
JOB_OPEN: Final = "open"
MODELS_TITLE: Final = "Models"
MODELS_TEXT: Final = "Prices are in US dollars. Options change them."
# Keys are the catalogue's units.
PRICES: Final[Mapping[str, str]] = {
    "second": "{price} a second",
    "request": "{price}",
    "video": "{price} a video",
    "image": "{price} an image",
    "1000 characters": "{price} for 1,000 characters",
}
MODELS_MORE: Final = "And {count} more."
