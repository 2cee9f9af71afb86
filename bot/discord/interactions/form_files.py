"""Form files: where files are handed in with a form. Pure.

A form has at most five fields (Discord docs: Interaction Callback, Modal), so that there is one for
files: an image to begin with, or more references where the form was opened with one.
"""

from collections.abc import Iterable, Mapping, Sequence

import discord

from bot.catalogue import Catalogue, Kind, Slot
from bot.discord.interactions.form_choices import WITH_IMAGE, Offer
from bot.discord.interactions.form_fields import Field
from bot.discord.interactions.form_labels import label_of
from bot.jobs.admission.form_starts import FormStart
from bot.locales.form_texts import (
    FORM_IMAGE_INSTEAD,
    FORM_IMAGE_OF_IMAGE,
    FORM_IMAGE_OF_IMAGE_HINT,
    FORM_IMAGE_OF_VIDEO,
    FORM_IMAGE_OF_VIDEO_HINT,
    FORM_REFERENCES,
    FORM_REFERENCES_HINT,
)
from bot.locales.translate import Text
from db.records import JobKind

_Label = discord.ui.Label[discord.ui.Modal]
# Discord docs: Component Reference, File Upload.
_MOST_FILES = 10
_REFERENCES = (Slot.REFERENCE, Slot.REFERENCE_VIDEO, Slot.REFERENCE_AUDIO)
# The label and the hint of the image that may be handed in.
_IMAGES: Mapping[JobKind, tuple[Text, Text]] = {
    JobKind.VIDEO: (FORM_IMAGE_OF_VIDEO, FORM_IMAGE_OF_VIDEO_HINT),
    JobKind.IMAGE: (FORM_IMAGE_OF_IMAGE, FORM_IMAGE_OF_IMAGE_HINT),
}


def file_labels(
    start: FormStart, offered: Sequence[Offer], catalogue: Catalogue, locale: str
) -> Iterable[_Label]:
    """Yield the field for files; none where no model would take another one."""
    if start.given and all(slot in _REFERENCES for slot in start.given):
        if (room := _room(start, offered)) > 0:
            yield _upload(Field.REFERENCES, room, FORM_REFERENCES, FORM_REFERENCES_HINT, locale)
    elif start.kind in _IMAGES and catalogue.models(Kind(start.kind), WITH_IMAGE):
        label, hint = _IMAGES[start.kind]
        has_one = Slot.IMAGE in start.given
        yield _upload(Field.FILE, 1, label, FORM_IMAGE_INSTEAD if has_one else hint, locale)


def _room(start: FormStart, offered: Sequence[Offer]) -> int:
    """Return how many references more any of the models takes."""
    taken = [
        sum(rule.most for slot, rule in it.capability.inputs.items() if slot in _REFERENCES)
        for it in offered
    ]
    return min(max(taken, default=0) - sum(start.given.values()), _MOST_FILES)


def _upload(field: Field, most: int, text: Text, hint: Text, locale: str) -> _Label:
    upload: discord.ui.FileUpload[discord.ui.Modal] = discord.ui.FileUpload(
        custom_id=field, required=False, min_values=0, max_values=most
    )
    return label_of(text, locale, upload, hint)
