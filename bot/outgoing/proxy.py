"""Proxy: which connections go through it. Pure.

NO_PROXY is read as curl and Go read it: hosts separated by commas, each with its subdomains, with or
without a port; addresses and networks; `*` for all.
"""

import dataclasses
import ipaddress
from collections.abc import Mapping

import aiohttp
import yarl

_TLS_SCHEMES = frozenset({"https", "wss"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy: `url` is without its credentials, which are in `authorization`."""

    url: yarl.URL
    authorization: str | None = dataclasses.field(default=None, repr=False)
    no_proxy: str = ""

    @property
    def headers(self) -> Mapping[str, str] | None:
        """The headers of a CONNECT, if it needs any."""
        return {"Proxy-Authorization": self.authorization} if self.authorization else None

    def is_for(self, url: yarl.URL) -> bool:
        """Whether a connection to *url* goes through the proxy: TLS does, unless it is excepted."""
        if url.scheme not in _TLS_SCHEMES or url.host is None:
            return False
        return not is_excepted(url.host, url.port or 443, self.no_proxy)


def read_proxy(address: str, no_proxy: str = "") -> Proxy:
    """Return the proxy at *address*, such as "http://user:password@proxy.example:3128"."""
    url = yarl.URL(address)
    authorization = None
    if url.user is not None:
        authorization = aiohttp.encode_basic_auth(url.user, url.password or "", encoding="utf-8")
    return Proxy(url=url.with_user(None), authorization=authorization, no_proxy=no_proxy)


def is_excepted(host: str, port: int, no_proxy: str) -> bool:
    """Whether NO_PROXY excepts this host and port."""
    name = host.lower().rstrip(".").strip("[]")
    entries = (entry.strip().lower() for entry in no_proxy.split(","))
    return any(_covers(entry, name, port) for entry in entries if entry)


def _covers(entry: str, name: str, port: int) -> bool:
    if entry == "*":
        return True
    address = _address(name)
    if address is not None:
        return _covers_address(entry, address, port)
    host, _, wanted = entry.partition(":")
    if wanted and wanted != str(port):
        return False
    host = host.removeprefix("*").strip(".")
    return bool(host) and (name == host or name.endswith(f".{host}"))


def _covers_address(
    entry: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> bool:
    bare = entry.strip("[]")
    if _address(bare) is None and "/" not in bare:
        host, _, wanted = entry.rpartition(":")
        if wanted != str(port):
            return False
        bare = host.strip("[]")
    try:
        return address in ipaddress.ip_network(bare, strict=False)
    except ValueError:
        return False


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
