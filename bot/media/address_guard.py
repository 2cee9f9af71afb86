"""Address guard: keep downloads out of the operator's network (server-side request forgery, SSRF).

The address of a result comes from outside. An attacker who can choose it, or the answers of its
name server, could have the bot fetch from where only the bot can reach: the operator's own network,
this machine, or a cloud's metadata service, which gives out credentials.

A check of the host name, or of what it resolves to, comes too early: the name may resolve to
another address when the connection is made (DNS rebinding). So the check is made where the
connection is: aiohttp asks the socket factory of its connector for a socket once for each address
it is about to connect to, after name resolution, and that factory raises for any address that is
not public. Nothing is sent to an address that was refused. Each hop of a redirect
(`bot.media.download`) passes the same factory.

An allow list decides, not a list of what is private: of IPv6 only the block that is given out, of
both families only what IANA calls global.
"""

import ipaddress
import re
import socket
from collections.abc import Callable

from aiohttp.connector import AddrInfoType

from bot.media.errors import ForbiddenAddress

# The only block of IPv6 that is given out for global use (RFC 4291, section 2.4). This leaves out
# NAT64 (64:ff9b::/96), IPv4-compatible addresses and blocks that are yet to be defined.
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_CLOSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        # Parts of it that carry an IPv4 address, which may be the operator's: 6to4, Teredo.
        "2002::/16",
        "2001::/32",
        # What some versions of Python call global (IANA's registries of special addresses):
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata is at 192.0.0.192
        "192.88.99.0/24",  # 6to4's relays
        "3fff::/20",  # documentation
    )
)


# Names that lead to no public address (RFC 6761, RFC 6762, RFC 8375, ICANN's "internal").
_LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".lan")


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


def is_public_host(host: str) -> bool:
    """Whether *host* is a public IP address, or by its form a name of the public internet.

    For what goes through a proxy, which looks the name up itself, this is all that can be known.
    """
    try:
        return is_public(host.strip("[]"))
    except ValueError:
        name = host.lower().rstrip(".")
        return "." in name and not name.endswith(_LOCAL_NAMES) and not _is_odd_address(name)


def _is_odd_address(name: str) -> bool:
    """Whether a name is an IPv4 address in a form that only resolvers read, such as 127.1 or 0x7f.1."""
    return re.fullmatch(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*", name) is not None


def guard(
    allowed_addresses: frozenset[tuple[str, int]],
) -> Callable[[AddrInfoType], socket.socket]:
    """Return a socket factory for aiohttp's connector, which raises ForbiddenAddress.

    *allowed_addresses* are pairs of IP address and port that pass although they are not public.
    """

    def make_socket(address_info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = address_info
        host, port = str(address[0]), int(address[1])
        if (host, port) not in allowed_addresses and not is_public(host):
            raise ForbiddenAddress
        return socket.socket(family, kind, protocol)

    return make_socket


def was_refused(error: BaseException | None) -> bool:
    """Whether a ForbiddenAddress is the cause of *error*, which aiohttp wraps in its own."""
    while error is not None:
        if isinstance(error, ForbiddenAddress):
            return True
        error = error.__cause__ or error.__context__
    return False
