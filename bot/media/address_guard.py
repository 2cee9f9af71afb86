"""Keep downloads out of the operator's network: checked on the socket, after all name resolution."""

import ipaddress
import socket
from collections.abc import Callable

from aiohttp.connector import AddrInfoType

from bot.media.errors import ForbiddenAddress

# Of IPv6 only this is given out for global use (RFC 4291, section 2.4), which leaves out NAT64
# (64:ff9b::/96), IPv4-compatible addresses and whatever comes next.
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_CLOSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        # Parts of it that carry an IPv4 address, possibly of the operator's network: 6to4, Teredo.
        "2002::/16",
        "2001::/32",
        # What some versions of Python call global (IANA's registries of special addresses):
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata is at 192.0.0.192
        "192.88.99.0/24",  # 6to4's relays
        "3fff::/20",  # documentation
    )
)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if parsed not in _GLOBAL_IPV6:
            return False
    if any(parsed in network for network in _CLOSED):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def guard(
    allowed_addresses: frozenset[tuple[str, int]],
) -> Callable[[AddrInfoType], socket.socket]:
    """Return a socket factory that refuses every address but public ones.

    *allowed_addresses* are pairs of IP address and port that are let through all the same.
    """

    def make_socket(address_info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = address_info
        host, port = str(address[0]), int(address[1])
        if (host, port) not in allowed_addresses and not is_public(host):
            raise ForbiddenAddress
        return socket.socket(family, kind, protocol)

    return make_socket


def was_refused(error: BaseException | None) -> bool:
    """Whether the guard is behind *error*."""
    while error is not None:
        if isinstance(error, ForbiddenAddress):
            return True
        error = error.__cause__ or error.__context__
    return False
