"""Launcher: runs the unchanged bot against a Discord on this machine instead of the real one."""

import argparse
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

import discord
import yarl

_HTTPS = 443  # the port of an address that names none


def point_at(url: str) -> None:
    """Make discord.py talk to the Discord at *url*: REST, CDN and gateway."""
    discord.http.Route.BASE = url + "/api/v10"
    discord.asset.Asset.BASE = url
    gateway = yarl.URL(url.replace("http", "ws", 1) + "/gateway")
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


def _address(text: str) -> tuple[str, int]:
    address = urlsplit(f"//{text}")
    return address.hostname or "", address.port or _HTTPS


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bot with what is left of the arguments, and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.launcher", description=__doc__)
    parser.add_argument("--discord", required=True, help="the simulated Discord, http://host:port")
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        type=_address,
        metavar="HOST:PORT",
        help="a loopback address that files may be fetched from",
    )
    parser.add_argument(
        "--refused-token-pause",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="before it ends for a refused token; the simulated Discord bans no address",
    )
    known, rest = parser.parse_known_args(argv)
    point_at(known.discord.rstrip("/"))
    from bot.__main__ import main as run_bot  # noqa: PLC0415 - once discord.py points at the sandbox

    return run_bot(
        rest,
        allowed_addresses=frozenset(known.allow),
        refused_token_pause=known.refused_token_pause,
    )


if __name__ == "__main__":
    sys.exit(main())
