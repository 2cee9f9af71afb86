"""File uploads: where a file is put, and the address that it has then (ModelHunter docs: Files). Pure.

A file is handed over by three calls: the API names a place, the file is put there without the key, and
the API is told that it is there. All three may be repeated without harm, as each beginning makes a
file of its own, nothing is charged, and a file that is never completed is no file.
"""

import dataclasses
import urllib.parse
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.modelhunter.errors import Malformed
from bot.modelhunter.responses import Answer, read_data

_Text = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^\S+$")]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UploadPlace:
    """Where a file is to be put, by an address that opens the place to anyone, for some minutes."""

    url: str = dataclasses.field(repr=False)
    file_id: str


class _Place(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    upload_url: _Text
    file_id: Annotated[str, Field(min_length=1, max_length=300, coerce_numbers_to_str=True)]


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    url: Annotated[str, Field(max_length=4096, pattern=r"^https?://\S+$")]


def read_upload_place(answer: Answer) -> UploadPlace:
    """Return where the file is to be put; raises as `read_data` does."""
    try:
        place = _Place.model_validate(read_data(answer))
    except ValidationError as error:
        raise Malformed("there is no place for the file") from error
    return UploadPlace(url=place.upload_url, file_id=place.file_id)


def read_uploaded(answer: Answer) -> str:
    """Return the address of a file that is complete; raises as `read_data` does."""
    try:
        return _File.model_validate(read_data(answer)).url
    except ValidationError as error:
        raise Malformed("the file has no address") from error


def completion_path(file_id: str) -> str:
    """Return the path of the call that completes a file, whose id may hold any character."""
    quoted = urllib.parse.quote(file_id, safe="")
    if quoted.strip(".") == "":  # "." and ".." would name another resource
        raise Malformed("the id of the file makes no sense")
    return f"files/{quoted}/complete"
