"""Descriptions of the commands and their options: at most 100 characters each (Discord docs: Application Commands)."""

from collections.abc import Mapping
from typing import Final

COMMANDS: Final[Mapping[str, str]] = {
    "video": "Make a video from a prompt",
    "image": "Make an image from a prompt",
    "speech": "Turn text into speech",
    "jobs": "Show your latest jobs, and fetch results that wait for you",
    "cancel": "Cancel one of your running jobs",
    "models": "List the models, what they make and what they cost",
    "forget": "Delete everything this bot remembers about you",
}
OPTIONS: Final[Mapping[str, str]] = {
    "prompt": "What you would like to see or hear",
    "text": "The words to be spoken",
    "model": "Which model makes it; /models compares them",
    "duration": "How long it is, in seconds",
    "aspect_ratio": "Its shape, such as 16:9",
    "resolution": "How sharp it is, such as 720p",
    "size": "How large it is, such as 2K or 1024x1024",
    "voice": "Who speaks",
    "seed": "A number that makes the same request come out alike",
    "private": "Show it to you alone",
    "options": "More options of the model, such as: seed=42 style=anime",
    "job": "Which one",
}
