"""Which addresses are open to downloads."""

import socket

import pytest

from bot.media.address_guard import guard, is_public, was_refused
from bot.media.errors import ForbiddenAddress


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.9",
        "192.0.0.192",
        "192.88.99.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
        "::ffff:192.0.0.192",
        "2002:808:808::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%lo",
        "fec0::1",
        "ff02::1",
        "4000::1",
    ],
)
def test_private_addresses_are_closed(address: str) -> None:
    """Private, local, tunnelled, reserved and many-receiver addresses are closed."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "192.88.98.1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
    ],
)
def test_public_addresses_are_open(address: str) -> None:
    """Public addresses are open."""
    assert is_public(address)


def test_the_socket_factory_checks_addresses() -> None:
    """The factory makes sockets for public and for allowed addresses, down to the port."""
    make = guard(frozenset({("127.0.0.1", 80)}))

    for address in [("8.8.8.8", 443), ("127.0.0.1", 80)]:
        made = make((socket.AF_INET, socket.SOCK_STREAM, 6, "", address))
        made.close()
    for address in [("127.0.0.1", 81), ("127.0.0.2", 80)]:
        with pytest.raises(ForbiddenAddress):
            make((socket.AF_INET, socket.SOCK_STREAM, 6, "", address))


def test_a_forbidden_address_is_found_in_the_cause_chain() -> None:
    """The refusal is found anywhere in the chain of causes."""

    def wrapped() -> Exception:
        try:
            try:
                raise ForbiddenAddress
            except OSError as error:
                raise RuntimeError("outer") from error
        except RuntimeError as error:
            return error

    assert was_refused(wrapped())
    assert not was_refused(OSError("other"))
    assert not was_refused(None)
