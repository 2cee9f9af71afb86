"""Public names that lead into the operator's network: checked on the socket, after resolution."""

import socket
from pathlib import Path

import pytest

from bot.media.download import download, open_downloads
from bot.media.errors import AddressRefused

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",  # noqa: S104
    "::1",
    "fe80::1",
    "fd00:ec2::254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_of_a_private_address_opens_no_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """No name that resolves to the operator's network opens a socket."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    looked_up: list[object] = []

    def resolve(host: object, *_: object, **__: object) -> list[object]:
        looked_up.append(host)
        place = (address, 443, 0, 0) if ":" in address else (address, 443)
        return [(family, socket.SOCK_STREAM, 6, "", place)]

    async with open_downloads() as session:
        with monkeypatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", resolve)
            with pytest.raises(AddressRefused):
                await download(
                    "https://cdn.example.com/x.mp4", tmp_path, name="a", cap=9, session=session
                )
    assert looked_up == ["cdn.example.com"]
