"""Errors of this package, cut by what the caller can do about them.

MediaError
├── DownloadError         a file could not be fetched; `retryable` says whether later may be better
│   ├── LinkExpired         ask the API for a fresh address
│   ├── TooLarge            more bytes than the caller can use
│   ├── NoMedium            fetched whole, and neither image, video nor audio: look again
│   │   └── NeverMedium       the same at a second look: it must not be opened
│   ├── AddressRefused      leads into the operator's network: must not be opened
│   │   └── NameRefused       according to the resolver, whose answer may change
│   └── DownloadFailed      everything else
│       ├── NotFound          the server has no such file, or not yet
│       ├── NotWhole          it broke off
│       └── Undecodable       in a content coding that can't be undone
├── UploadFailed          a file could not be put where it was to be
├── ForbiddenAddress      what the address guard raises on the socket; also an OSError
├── CannotTranscode       the file can't be made small enough
│   └── NoProcess           the machine has no process for it now: no fault of the file
└── CannotMeasure         the file is broken, or of a kind of which nothing is known

No message holds a file's address: its signature opens the file to anyone who reads it.
"""


class MediaError(Exception):
    """Root: a file could not be fetched, or not be made small enough."""


class DownloadError(MediaError):
    """A file could not be fetched; `retryable` says whether a later attempt may succeed."""

    retryable = False


class LinkExpired(DownloadError):
    """The address does not open the file any more; the API gives a fresh one."""

    retryable = True


class TooLarge(DownloadError):
    """The file has more bytes than the caller can use; *size* is how many, if that is known."""

    def __init__(self, message: str, *, size: int | None = None) -> None:
        super().__init__(message)
        self.size = size


class NoMedium(DownloadError):
    """The file arrived whole and is neither image, video nor audio.

    Stores and the proxies in front of them answer with a page and status 200 for a moment, so one
    look proves nothing.
    """

    retryable = True


class NeverMedium(NoMedium):
    """The file was fetched whole twice, seconds apart, and was no medium each time."""

    retryable = False


class AddressRefused(DownloadError):
    """The address is not one that may be fetched from."""


class NameRefused(AddressRefused):
    """The host name in the address resolves to no public address.

    Blocklists and DNS64 do that to good names too, and an answer of the resolver may change, so a
    later attempt may succeed.
    """

    retryable = True


class DownloadFailed(DownloadError):
    """The file could not be fetched for another reason, which the text gives."""

    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.retryable = retryable


class NotFound(DownloadFailed):
    """The server has no such file: it was deleted, its address has expired, or it is on its way."""

    def __init__(self) -> None:
        super().__init__("HTTP 404", retryable=True)


class NotWhole(DownloadFailed):
    """Less of the file arrived than was announced."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, retryable=True)


class Undecodable(DownloadFailed):
    """The file came in a content coding that was not asked for and can't be undone here."""

    def __init__(self, coding: str) -> None:
        super().__init__(f"the content coding {coding!r} is unknown", retryable=True)


class UploadFailed(MediaError):
    """The file is not where it was to be put, or that is not known; `status` is the HTTP status."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class ForbiddenAddress(MediaError, OSError):
    """The socket's address is not of the public internet.

    An OSError, because that is what aiohttp's connector expects of a socket that can't be made.
    The message is always the same: of several failed addresses the connector passes the first
    error on only if all of them read alike.
    """

    def __init__(self) -> None:
        super().__init__("the address is not open to downloads")


class CannotTranscode(MediaError):
    """The file can't be made small enough; the text gives the reason, fit for the log."""


class NoProcess(CannotTranscode):
    """The process for the file could not be started, or the system killed it for its memory."""


class CannotMeasure(MediaError):
    """Nothing can be said about the file; the text gives the reason, fit for the log."""
