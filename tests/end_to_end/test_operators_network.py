"""The whole bot in an operator's network: a private authority, and a proxy as the only way out."""

import contextlib
from pathlib import Path

import yarl

from sandbox.modelhunter import Script
from tests.end_to_end.world import World
from tests.integration.outgoing.private_network import Authority, open_proxy, open_tls

PASSWORD = "planted-password"


async def test_a_job_through_a_proxy_with_a_private_authority(world: World, tmp_path: Path) -> None:
    """Quiet and safe: Discord and the API are reached by tunnels, and the proxy reads no secret."""
    authority = Authority(tmp_path)
    discord = yarl.URL(world.discord.url)
    async with contextlib.AsyncExitStack() as stack:
        served = [
            await stack.enter_async_context(open_tls(address, authority.server_context()))
            for address in (world.api.address, (str(discord.host), int(discord.port or 0)))
        ]
        ways = {
            f"{name}:443": ("127.0.0.1", port)
            for name, port in zip(("api.example", "discord.example"), served, strict=True)
        }
        proxy = await stack.enter_async_context(open_proxy(ways, credentials=f"me:{PASSWORD}"))
        world.discord.url = "https://discord.example"
        world.environment = {
            "MODELHUNTER_URL": "https://api.example/api/v1",
            "SSL_CERT_FILE": str(authority.file),
            "https_proxy": f"http://me:{PASSWORD}@127.0.0.1:{proxy.port}",
            "LOG_LEVEL": "DEBUG",
        }
        world.api.scripts.next(Script.endless())
        async with world.bot():
            await world.until_following(await world.ask())
        world.discord.url = str(discord).rstrip("/")
        assert set(proxy.connects) == set(ways)
        for secret in (world.discord.token, world.api.key, "/api/v1"):
            assert secret.encode() not in proxy.seen
        assert PASSWORD not in world.words()
