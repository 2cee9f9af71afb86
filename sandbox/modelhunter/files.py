"""Files: what clients hand over, from the place that is given for each to its address.

ModelHunter docs: Files. A place is open for 15 minutes, to whoever has its address. The address of a
file carries no signature in the docs' sample, and here too.
"""

import dataclasses
import hashlib
import hmac
import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from sandbox.modelhunter.errors import ApiError, invalid

LIFETIME = 15 * 60  # seconds
_MEGABYTE = 1_000_000
# The page names these images and MP4 and was cut off; models take sounds too.
_LARGEST: Mapping[str, int] = {
    **dict.fromkeys(("image/png", "image/jpeg", "image/jpg", "image/webp"), 50 * _MEGABYTE),
    **dict.fromkeys(("video/mp4", "video/quicktime"), 100 * _MEGABYTE),
    **dict.fromkeys(("audio/mpeg", "audio/wav", "audio/mp4", "audio/ogg"), 50 * _MEGABYTE),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that was announced, put once `content` is there, and usable once it is complete."""

    id: str
    name: str
    content_type: str
    size: int  # bytes, as announced
    created_at: float
    content: bytes | None = dataclasses.field(default=None, repr=False)
    is_complete: bool = False

    @property
    def path(self) -> str:
        """The path of the file, once it is complete."""
        return f"/files/{self.id}.{self.name.rpartition('.')[2] or 'bin'}"


class Files:
    """Every file since the start."""

    def __init__(
        self, secret: bytes, *, clock: Callable[[], float], randomness: random.Random
    ) -> None:
        self._secret = secret
        self._clock = clock
        self._randomness = randomness
        self.stored: dict[str, StoredFile] = {}

    def announce(self, *, name: str, content_type: str, size: int) -> StoredFile:
        """Make a place for a file.

        Raises:
            ApiError: It is of a type or size that is not taken.
        """
        if content_type not in _LARGEST:
            raise invalid("contentType", f"Must be one of {', '.join(_LARGEST)}")
        if not 0 < size <= _LARGEST[content_type]:
            raise invalid("sizeBytes", f"At most {_LARGEST[content_type]}")
        if not name.strip() or len(name) > 255:
            raise invalid("filename", "Must be a name of at most 255 characters")
        file = StoredFile(
            id=f"file_{self._randomness.getrandbits(96):024x}",
            name=name,
            content_type=content_type,
            size=size,
            created_at=self._clock(),
        )
        self.stored[file.id] = file
        return file

    def expires_at(self, file: StoredFile) -> float:
        """Return when the place of *file* closes (Unix seconds)."""
        return file.created_at + LIFETIME

    def place(self, file: StoredFile) -> str:
        """Return the path and query by which *file* is put in its place."""
        return f"/uploads/{file.id}?signature={self._signature(file.id)}"

    def put(self, file_id: str, signature: str, content_type: str, content: bytes) -> int:
        """Put a file in its place, and return the status of a store."""
        file = self.stored.get(file_id)
        is_signed = hmac.compare_digest(self._signature(file_id).encode(), signature.encode())
        if file is None or not is_signed or self._clock() >= self.expires_at(file):
            return 403
        if content_type != file.content_type:  # it is part of what is signed
            return 403
        if len(content) != file.size:
            return 400
        self.stored[file_id] = dataclasses.replace(file, content=content)
        return 200

    def complete(self, file_id: str) -> StoredFile:
        """Make a file usable, again and again.

        Raises:
            ApiError: There is no such file, or it was not put in its place.
        """
        file = self.stored.get(file_id)
        if file is None:
            raise ApiError(404, "NOT_FOUND", f"No such file: {file_id}")
        if file.content is None:
            raise ApiError(409, "CONFLICT", "The file has not been uploaded")
        self.stored[file_id] = file = dataclasses.replace(file, is_complete=True)
        return file

    def at(self, path: str) -> StoredFile | None:
        """Return the complete file at *path*, None if there is none."""
        return next((it for it in self.complete_files if it.path == path), None)

    @property
    def complete_files(self) -> Sequence[StoredFile]:
        """The files that tasks may use, oldest first."""
        return [it for it in self.stored.values() if it.is_complete]

    def delete(self, file_id: str) -> None:
        """Delete a file, as the API may do some day."""
        del self.stored[file_id]

    def _signature(self, file_id: str) -> str:
        return hmac.new(self._secret, file_id.encode(), hashlib.sha256).hexdigest()


def addresses_in(value: object) -> Iterator[str]:
    """Yield the addresses in an input, however deep."""
    if isinstance(value, str):
        if value.startswith(("http://", "https://")):
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from addresses_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from addresses_in(item)
