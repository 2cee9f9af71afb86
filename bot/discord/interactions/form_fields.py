"""Form fields: what the fields of a form are called, and the custom_id of the form itself. Pure.

A custom_id has at most 100 characters and comes back from outside, where it may be forged.
"""

import enum
import re

from bot.jobs.admission.form_starts import FormPurpose, FormSource

_CUSTOM_ID = re.compile(rf"form_({'|'.join(FormPurpose)}):([0-9]{{1,20}})", re.ASCII)


class Field(enum.StrEnum):
    """A field of a form; the word is its custom_id, so it is never changed."""

    PROMPT = "prompt"
    MODEL = "model"
    MEASURE = "measure"
    VOICE = "voice"
    OPTIONS = "options"
    FILE = "file"
    REFERENCES = "references"
    MORE = "more"


class Tick(enum.StrEnum):
    """What can be ticked; the word is sent with the form, so it is never changed."""

    PRIVATE = "private"
    SPOILER = "spoiler"
    KEEP = "keep"  # the files that the form began with


def custom_id_of(source: FormSource) -> str:
    """Return what Discord sends back with the form."""
    return f"form_{source.purpose}:{source.number}"


def source_of(custom_id: str) -> FormSource | None:
    """Return from what the form was filled in; None if it is no form of ours."""
    found = _CUSTOM_ID.fullmatch(custom_id)
    return None if found is None else FormSource(FormPurpose(found[1]), int(found[2]))
