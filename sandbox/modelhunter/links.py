"""Links: signed addresses of results, which expire.

ModelHunter docs: task status page (a result URL is signed and valid for 15 minutes).
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping

LIFETIME = 15 * 60  # seconds


class Links:
    """Signs paths of results and checks signatures."""

    def __init__(self, secret: bytes, clock: Callable[[], float]) -> None:
        self._secret = secret
        self._clock = clock

    def sign(self, name: str) -> str:
        """Return the path and query that fetch the file *name* for the next 15 minutes."""
        expires = str(int(self._clock()) + LIFETIME)
        return f"/results/{name}?signature={self._signature(name, expires)}&expires={expires}"

    def accepts(self, name: str, query: Mapping[str, str]) -> bool:
        """Whether *query* allows *name* to be fetched now."""
        expires = query.get("expires", "")
        given = query.get("signature", "").encode()
        if not hmac.compare_digest(self._signature(name, expires).encode(), given):
            return False
        return self._clock() < int(expires)

    def _signature(self, name: str, expires: str) -> str:
        text = f"{name}:{expires}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()
