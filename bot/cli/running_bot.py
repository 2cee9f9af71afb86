"""Running bot: what it says at /healthz and /readyz of its own web address.

Asked with the standard library alone, so that the answer is there at once.
"""

import dataclasses
import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

_TIMEOUT = 5.0  # seconds
_LARGEST = 1024 * 1024  # bytes
_MINUTE, _HOUR, _DAY = 60, 60 * 60, 24 * 60 * 60


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BotStatus:
    """How a bot is: whether its process answers, whether it can work, why not, and what it has."""

    address: str
    is_alive: bool = False
    is_ready: bool = False
    reasons: Sequence[str] = ()
    counts: Mapping[str, int] = dataclasses.field(default_factory=dict)


def ask_running_bot(address: str) -> BotStatus:
    """Return what the bot at *address*, http://host:port, says of itself."""
    try:
        status, body = _get(address, "/healthz")
        if status != 200 or body != b"ok":
            return BotStatus(address=address, reasons=("Another program answers there.",))
        return read_status(address, *_get(address, "/readyz"))
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return BotStatus(address=address, reasons=(f"No bot answers there ({reason}).",))


def read_status(address: str, status: int, body: bytes) -> BotStatus:
    """Return what an answer of /readyz says. Pure."""
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        return BotStatus(
            address=address, is_alive=True, reasons=(f"/readyz answers HTTP {status}.",)
        )
    reasons, counts = answer.get("reasons"), answer.get("counts")
    return BotStatus(
        address=address,
        is_alive=True,
        is_ready=status == 200,
        reasons=tuple(map(_printable, reasons)) if isinstance(reasons, list) else (),
        counts={
            _printable(name): count
            for name, count in (counts.items() if isinstance(counts, dict) else ())
            if isinstance(count, int)
        },
    )


def lines_of(status: BotStatus) -> Iterator[str]:
    """Yield the lines for a terminal. Pure."""
    words = {(True, True): "ready", (True, False): "not ready"}
    yield f"{words.get((status.is_alive, status.is_ready), 'not running')} ({status.address})"
    yield from (f"  {reason}" for reason in status.reasons)
    for name, count in status.counts.items():
        yield f"  {'running for' if name == 'seconds' else name}: {_shown(name, count)}"


def as_json(status: BotStatus) -> str:
    """Return the status as one JSON object. Pure."""
    return json.dumps(
        {
            "address": status.address,
            "alive": status.is_alive,
            "ready": status.is_ready,
            "reasons": list(status.reasons),
            "counts": dict(status.counts),
        },
        indent=2,
    )


def _get(address: str, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=_TIMEOUT)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read(_LARGEST)
    finally:
        connection.close()


def _shown(name: str, count: int) -> str:
    if name != "seconds":
        return f"{count:,}"
    days, hours, minutes = count // _DAY, count % _DAY // _HOUR, count % _HOUR // _MINUTE
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _printable(text: object) -> str:
    """Return what can be printed of a text: a terminal carries out what it is sent."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(text)[:500])
