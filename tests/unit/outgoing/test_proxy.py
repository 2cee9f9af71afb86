"""Which connections go through the proxy."""

from base64 import b64encode

import pytest
import yarl

from bot.outgoing.proxy import is_excepted, read_proxy

API = "https://api.modelhunter.ai/api/v1"


@pytest.mark.parametrize(
    ("no_proxy", "host", "port", "excepted"),
    [
        ("", "discord.com", 443, False),
        ("*", "discord.com", 443, True),
        ("discord.com", "discord.com", 443, True),
        ("discord.com", "gateway.discord.com", 443, True),
        (".discord.com", "discord.com", 443, True),
        ("*.discord.com", "cdn.discord.com", 443, True),
        ("discord.com", "notdiscord.com", 443, False),
        ("discord.com", "discord.com.evil.example", 443, False),
        ("DISCORD.COM", "discord.com", 443, True),
        ("discord.com", "DISCORD.com.", 443, True),
        ("discord.com:443", "discord.com", 443, True),
        ("discord.com:8443", "discord.com", 443, False),
        ("a.example, discord.com ,b.example", "discord.com", 443, True),
        (",, ,", "discord.com", 443, False),
        (".", "discord.com", 443, False),
        ("10.0.0.0/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "11.1.2.3", 443, False),
        ("10.1.2.3", "10.1.2.3", 443, True),
        ("10.1.2.3:443", "10.1.2.3", 443, True),
        ("10.1.2.3:80", "10.1.2.3", 443, False),
        ("::1", "::1", 443, True),
        ("[::1]:443", "[::1]", 443, True),
        ("fd00::/8", "fd00::5", 443, True),
        ("10.0.0.0/99", "10.1.2.3", 443, False),
    ],
)
def test_hosts_that_no_proxy_excepts(no_proxy: str, host: str, port: int, excepted: bool) -> None:
    """A host is excepted with its subdomains, an address also by its network."""
    assert is_excepted(host, port, no_proxy) is excepted


@pytest.mark.parametrize(
    ("url", "proxied"),
    [
        (API, True),
        ("wss://gateway.discord.gg/?v=10", True),
        ("http://127.0.0.1:8080/api/v1", False),
        ("ws://127.0.0.1/gateway", False),
    ],
)
def test_what_is_encrypted_goes_through_the_proxy(url: str, proxied: bool) -> None:
    """HTTPS_PROXY is for TLS; a plain address is a sandbox's or one of the operator's network."""
    assert read_proxy("http://proxy.example:3128").is_for(yarl.URL(url)) is proxied


def test_credentials_of_a_proxy_are_apart_from_its_address() -> None:
    """The address is in errors and logs; the password is in neither."""
    proxy = read_proxy("http://me:p%40ss@proxy.example:3128")
    assert proxy.url == yarl.URL("http://proxy.example:3128")
    assert proxy.headers == {"Proxy-Authorization": f"Basic {b64encode(b'me:p@ss').decode()}"}
    assert str(proxy.authorization) not in repr(proxy)
    assert read_proxy("http://proxy.example:3128").headers is None
