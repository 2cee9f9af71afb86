"""CDN: files of messages, and files that users hand to a command or a form.

The pages are those of https://docs.discord.com/developers.

- A file of a message stays where it is until it is removed (`remove`).
- A file of an interaction is ephemeral: its attachment object says so, and its address is signed for a
  day (resources/message, Attachment Structure, `ephemeral`: "may be deleted after a set period of
  time"; reference, Signed Attachment CDN URLs: `ex`, `is` and `hm`). Afterwards the answer is 404.
- A name keeps letters, digits, `.`, `-` and `_`; what is typed between them becomes `_` or is left out,
  and the name before that is the `title` (observed; only `title` is documented).
"""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from simcord.backend.cdn import CdnStore

from sandbox.discord.media_sizes import media_size

SIGNED_FOR = 24 * 60 * 60.0  # seconds
_SIGNING_KEY = b"opens nothing but the sandbox"


class LoopbackCdn(CdnStore):
    """Attachments, under the addresses that they are served at."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.base = ""
        self._clock = clock
        self._data: dict[str, tuple[bytes, str]] = {}

    def store_attachment(
        self,
        attachment_id: int,
        channel_id: int,
        filename: str,
        data: bytes,
        description: str | None,
    ) -> dict[str, Any]:
        """Keep *data* as a file of a message, and return the attachment object that describes it."""
        path = f"/attachments/{channel_id}/{attachment_id}/{quote(filename)}"
        attachment = super().store_attachment(
            attachment_id, channel_id, filename, data, description
        )
        return self._keep(attachment, f"{channel_id}/{attachment_id}", data, path)

    def store_ephemeral(
        self, attachment_id: int, application_id: int, filename: str, data: bytes
    ) -> dict[str, Any]:
        """Keep *data* as a file of an interaction, and return its attachment object."""
        name = plain_file_name(filename)
        path = f"/ephemeral-attachments/{application_id}/{attachment_id}/{name}"
        attachment = super().store_attachment(attachment_id, application_id, name, data, None)
        if name != filename:
            attachment["title"] = filename.rpartition(".")[0] or filename
        attachment["ephemeral"] = True
        signed = f"{path}?{self._signature(path)}"
        return self._keep(attachment, f"{application_id}/{attachment_id}", data, signed)

    def find(self, folder: str, attachment_id: str) -> tuple[bytes, str] | None:
        """Return the bytes and content type of an attachment in a channel's folder, or None."""
        return self._data.get(f"{folder}/{attachment_id}")

    def is_signed(self, path: str, query: Mapping[str, str]) -> bool:
        """Whether the signature of an ephemeral file's address is right and has not expired."""
        try:
            issued, expires = int(query["is"], 16), int(query["ex"], 16)
        except (KeyError, ValueError):
            return False
        is_genuine = hmac.compare_digest(_digest(path, issued, expires), query.get("hm", ""))
        return is_genuine and self._clock() < expires

    def remove(self, url: str) -> None:
        """Remove the file at an address."""
        folder, attachment_id = urlsplit(url).path.split("/")[2:4]
        del self._data[f"{folder}/{attachment_id}"]

    def _keep(self, attachment: dict[str, Any], key: str, data: bytes, path: str) -> dict[str, Any]:
        attachment["url"] = attachment["proxy_url"] = self.base + path
        if size := media_size(data, attachment["content_type"]):
            attachment["width"], attachment["height"] = size
        self._data[key] = (data, attachment["content_type"])
        return attachment

    def _signature(self, path: str) -> str:
        issued = int(self._clock())
        expires = issued + int(SIGNED_FOR)
        return f"ex={expires:x}&is={issued:x}&hm={_digest(path, issued, expires)}&"


def signed_until(url: str) -> float:
    """Return the time at which a signed address expires."""
    return float(int(parse_qs(urlsplit(url).query)["ex"][0], 16))


def plain_file_name(name: str) -> str:
    """Return the name that Discord gives to an uploaded file."""
    kept = re.sub(r"[^A-Za-z0-9._-]", "", re.sub(r"\s+", "_", name.strip()))
    return kept if kept.strip("._-") else f"unknown{kept}"


def _digest(path: str, issued: int, expires: int) -> str:
    signed = f"{path}?ex={expires:x}&is={issued:x}".encode()
    return hmac.new(_SIGNING_KEY, signed, hashlib.sha256).hexdigest()
