"""The operator's certificates and proxy hold for the API, for Discord and for downloads."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import discord
import pytest
import yarl
from aiohttp import web
from pydantic import SecretStr

from bot.discord.client import GenerationBot
from bot.media.download import download, open_downloads
from bot.media.errors import AddressRefused, DownloadFailed
from bot.modelhunter import NotProcessed, Unavailable, open_client
from bot.monitoring.health import Health
from bot.outgoing import CertificatesUnusable, Outgoing, read_proxy, tls_context
from db.repositories.key_values import KeyValues
from sandbox.discord import open_discord
from sandbox.modelhunter import SandboxApi, open_sandbox_api
from tests.databases import open_memory_database
from tests.integration.outgoing.private_network import (
    Authority,
    CountingProxy,
    open_proxy,
    open_tls,
)

CREDENTIALS = "me:planted-password"
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Return an authority that only the operator trusts."""
    return Authority(tmp_path)


@pytest.fixture
async def api() -> AsyncGenerator[SandboxApi]:
    """Serve the sandbox API."""
    async with open_sandbox_api() as api:
        yield api


@contextlib.asynccontextmanager
async def _proxied(
    authority: Authority, target: tuple[str, int], host: str, *, no_proxy: str = ""
) -> AsyncGenerator[tuple[CountingProxy, Outgoing]]:
    """Serve *target* as https://*host*, which only the proxy knows the way to."""
    async with (
        open_tls(target, authority.server_context()) as port,
        open_proxy({f"{host}:443": ("127.0.0.1", port)}, credentials=CREDENTIALS) as proxy,
    ):
        address = f"http://{CREDENTIALS}@127.0.0.1:{proxy.port}"
        yield (
            proxy,
            Outgoing(
                tls=tls_context(str(authority.file)), proxy=read_proxy(address, no_proxy=no_proxy)
            ),
        )


async def test_the_api_is_reached_with_a_private_authority(
    api: SandboxApi, authority: Authority
) -> None:
    """A certificate of the operator's authority is trusted with SSL_CERT_FILE, and only then."""
    async with open_tls(api.address, authority.server_context()) as port:
        url = f"https://localhost:{port}/api/v1"
        trusted = Outgoing(tls=tls_context(str(authority.file)))
        async with open_client(url, SecretStr(api.key), outgoing=trusted) as client:
            assert await client.balance() is not None
        async with open_client(url, SecretStr(api.key)) as client:
            with pytest.raises(Unavailable):
                await client.balance()
            with pytest.raises(NotProcessed):
                await client.create_task("vidu/text-to-video", {})


async def test_the_api_is_reached_through_a_proxy(api: SandboxApi, authority: Authority) -> None:
    """The proxy makes tunnels, and reads neither the key nor what is asked."""
    async with (
        _proxied(authority, api.address, "api.example") as (proxy, outgoing),
        open_client("https://api.example/api/v1", SecretStr(api.key), outgoing=outgoing) as client,
    ):
        await client.balance()
        await client.list_tasks()
        assert proxy.connects == ["api.example:443"]
        assert api.key.encode() not in proxy.seen
        assert b"/api/v1" not in proxy.seen


async def test_a_host_that_no_proxy_excepts_is_reached_directly(
    api: SandboxApi, authority: Authority
) -> None:
    """NO_PROXY holds for the API client too: here the direct way leads to its own address."""
    async with open_tls(api.address, authority.server_context()) as port:
        proxy = read_proxy("http://127.0.0.1:9", no_proxy="localhost")
        outgoing = Outgoing(tls=tls_context(str(authority.file)), proxy=proxy)
        url = f"https://localhost:{port}/api/v1"
        async with open_client(url, SecretStr(api.key), outgoing=outgoing) as client:
            assert await client.balance() is not None


@pytest.mark.parametrize("refusal", [b"407 Proxy Authentication Required", b"502 Bad Gateway", b""])
async def test_a_task_that_a_proxy_refused_was_not_sent(
    api: SandboxApi, authority: Authority, refusal: bytes
) -> None:
    """Without a tunnel nothing can have been charged, so the request is sent again later."""
    async with (
        _proxied(authority, api.address, "api.example") as (proxy, outgoing),
        open_client("https://api.example/api/v1", SecretStr(api.key), outgoing=outgoing) as client,
    ):
        proxy.refuses = refusal
        with pytest.raises(NotProcessed):
            await client.create_task("vidu/text-to-video", {})
        with pytest.raises(Unavailable):
            await client.balance()
    assert api.tasks == {}


async def test_a_task_is_not_sent_while_the_proxy_is_away(api: SandboxApi) -> None:
    """A proxy that can't be reached is no doubt about the request either."""
    outgoing = Outgoing(proxy=read_proxy("http://127.0.0.1:9"))
    url = "https://api.example/api/v1"
    async with open_client(url, SecretStr(api.key), outgoing=outgoing) as client:
        with pytest.raises(NotProcessed):
            await client.create_task("vidu/text-to-video", {})


@pytest.mark.parametrize("is_proxied", [False, True])
async def test_discord_is_reached_by_the_same_way(
    authority: Authority, is_proxied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REST and gateway go through the proxy, and trust the operator's authority."""
    async with (
        open_discord() as other_side,
        open_memory_database() as store,
        _proxied(authority, _address(other_side.url), "discord.example") as (proxy, outgoing),
        open_tls(_address(other_side.url), authority.server_context()) as port,
    ):
        host = "discord.example" if is_proxied else f"localhost:{port}"
        way = outgoing if is_proxied else Outgoing(tls=outgoing.tls)
        monkeypatch.setattr(discord.http.Route, "BASE", f"https://{host}/api/v10")
        bot = GenerationBot(KeyValues(store), Health(), guild_id=None, outgoing=way)
        async with bot:
            await bot.login(other_side.token)
            socket = await bot.http.ws_connect(f"wss://{host}/gateway/")
            assert (await socket.receive_json())["op"] == 10
            await socket.close()
        assert set(proxy.connects) == ({"discord.example:443"} if is_proxied else set())
        assert other_side.token.encode() not in proxy.seen


async def test_a_login_that_failed_is_repeated_by_the_same_way(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connector that a failed login leaves closed is replaced by one like it."""
    async with (
        open_discord() as other_side,
        open_memory_database() as store,
        _proxied(authority, _address(other_side.url), "discord.example") as (proxy, outgoing),
    ):
        monkeypatch.setattr(discord.http.Route, "BASE", "https://discord.example/api/v10")
        bot = GenerationBot(KeyValues(store), Health(), guild_id=None, outgoing=outgoing)
        async with bot:
            proxy.refuses = b"502 Bad Gateway"
            with pytest.raises(aiohttp.ClientError):
                await bot.login(other_side.token)
            await bot.http.close()
            proxy.refuses = None
            await bot.login(other_side.token)
        assert len(proxy.connects) == 2


def _address(url: str) -> tuple[str, int]:
    parsed = yarl.URL(url)
    return str(parsed.host), int(parsed.port or 0)


@contextlib.asynccontextmanager
async def _files() -> AsyncGenerator[tuple[str, int]]:
    """Serve a picture."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=GIF, content_type="image/gif")

    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        yield host, port
    finally:
        await runner.cleanup()


async def test_results_come_through_the_proxy(authority: Authority, tmp_path: Path) -> None:
    """A proxy in a closed network is the operator's choice; the guard does not refuse it."""
    async with (
        _files() as address,
        _proxied(authority, address, "files.example") as (proxy, outgoing),
        open_downloads(outgoing=outgoing) as session,
    ):
        file = await download(
            "https://files.example/a?sig=planted", tmp_path, name="a", cap=1000, session=session
        )
        assert file.path.read_bytes() == GIF
        assert proxy.connects == ["files.example:443"]
        assert b"planted" not in proxy.seen.replace(b"planted-password", b"")


async def test_results_with_a_private_authority(authority: Authority, tmp_path: Path) -> None:
    """Downloads trust the same authorities as the rest, and no others."""
    async with _files() as address, open_tls(address, authority.server_context()) as port:
        url, allowed = f"https://127.0.0.1:{port}/a", frozenset({("127.0.0.1", port)})
        trusted = Outgoing(tls=tls_context(str(authority.file)))
        async with open_downloads(allowed, outgoing=trusted) as session:
            file = await download(url, tmp_path, name="a", cap=1000, session=session)
            assert file.size == len(GIF)
        async with open_downloads(allowed) as session:
            with pytest.raises(DownloadFailed):
                await download(url, tmp_path, name="b", cap=1000, session=session)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[fd00::1]", "[::ffff:10.0.0.1]",
        "localhost", "localhost.", "intranet", "a.localhost", "router.local", "db.internal",
        "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "metadata.google.internal",
    ],
)  # fmt: skip
async def test_addresses_of_the_closed_network_are_not_asked_of_the_proxy(
    authority: Authority, tmp_path: Path, host: str
) -> None:
    """What can be seen to be no public address is refused before the proxy hears of it."""
    async with (
        _files() as address,
        _proxied(authority, address, "files.example") as (proxy, outgoing),
        open_downloads(outgoing=outgoing) as session,
    ):
        with pytest.raises(AddressRefused):
            await download(f"https://{host}/a", tmp_path, name="a", cap=1000, session=session)
        assert proxy.connects == []


async def test_a_host_excepted_from_the_proxy_is_guarded(
    authority: Authority, tmp_path: Path
) -> None:
    """NO_PROXY leads a download to the guard, not around it."""
    async with (
        _files() as address,
        _proxied(authority, address, "files.example", no_proxy="*") as (proxy, outgoing),
        open_downloads(outgoing=outgoing) as session,
    ):
        with pytest.raises(AddressRefused):
            await download("https://127.0.0.1/a", tmp_path, name="a", cap=1000, session=session)
        assert proxy.connects == []


def test_certificates_that_are_none_are_named(tmp_path: Path) -> None:
    """A file without a certificate, or a folder without hashed names, is one sentence."""
    (tmp_path / "empty.pem").write_text("no certificate")
    for names, said in [
        ((str(tmp_path / "empty.pem"), None), "SSL_CERT_FILE holds no certificate"),
        ((str(tmp_path / "nowhere.pem"), None), "SSL_CERT_FILE can't be read (No such file"),
        ((str(tmp_path), None), "SSL_CERT_FILE "),
        ((None, str(tmp_path / "nowhere")), "SSL_CERT_DIR can't be read (No such file"),
        ((None, str(tmp_path)), "SSL_CERT_DIR holds no certificate under the name of its hash"),
    ]:
        with pytest.raises(CertificatesUnusable) as refused:
            tls_context(*names)
        assert str(refused.value).startswith(said)
