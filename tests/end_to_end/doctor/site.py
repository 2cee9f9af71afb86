"""Site: an operator's set-up, good until a test breaks it, and what the doctor finds there."""

import contextlib
import dataclasses
import os
import random
import re
import socket
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from discord import Asset
from discord.http import Route
from simcord.http.router import dispatch

from bot.doctor.examination import CHECKS, Row, Scope, examine
from bot.doctor.findings import Finding, Verdict
from bot.doctor.wanted_commands import wanted_commands
from bot.settings import Settings
from sandbox.discord import SandboxDiscord, open_discord
from sandbox.modelhunter import SandboxApi, open_sandbox_api

KEY = "river_live_sandbox-0123456789"
# They start child processes, and have tests of their own.
SLOW = {"transcoder", "isolation"}
# Seconds; longer than any answer on loopback takes, and a test that waits for none waits so long.
ANSWER_TIMEOUT = 5.0

_ID = re.compile(r" \d+$")
_told: list[Any] = []


class ShiftedClock:
    """Clock in Unix seconds that is *ahead* of this machine's."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return time.time() + self.ahead


@dataclasses.dataclass(kw_only=True)
class Site:
    """A set-up: the environment of the bot, its folder, and both servers."""

    folder: Path
    discord: SandboxDiscord
    api: SandboxApi
    clock: ShiftedClock  # Discord's
    stack: contextlib.AsyncExitStack
    patch: pytest.MonkeyPatch
    channel: int | None = None
    answer_timeout: float = ANSWER_TIMEOUT

    def set(self, **environment: str) -> None:
        """Set variables of the environment."""
        for name, value in environment.items():
            self.patch.setenv(name, value)

    def unset(self, *names: str) -> None:
        """Remove variables of the environment."""
        for name in names:
            self.patch.delenv(name, raising=False)

    def point_discord_at(self, url: str) -> None:
        """Have Discord asked at *url*; files are where they were."""
        self.patch.setattr(Route, "BASE", f"{url}/api/v10")

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.folder / "bot.db"

    async def commands(self) -> list[Any]:
        """Return the commands that the bot registers."""
        if not _told:
            _told.extend(await wanted_commands(Settings()))
        return list(_told)

    def tell(self, commands: Sequence[Any], guild: int | None = None) -> None:
        """Have Discord know these commands, everywhere or in one server."""
        place = f"/guilds/{guild}" if guild else ""
        path = f"/applications/{self.discord.model.application_id}{place}/commands"
        dispatch(self.discord.model, "PUT", path, json=list(commands))

    async def examine(self, checks: Sequence[Row] | None = None) -> Mapping[str, Finding]:
        """Return what the doctor finds, by default without the checks that start processes."""
        quick = [row for row in CHECKS if row.name not in SLOW]
        scope = Scope(
            checks=quick if checks is None else checks,
            channel=self.channel,
            answer_timeout=self.answer_timeout,
        )
        shown: dict[str, Finding] = {}
        found = await examine(shown.__setitem__, scope)
        assert found == shown
        return found


@contextlib.asynccontextmanager
async def open_site(folder: Path, patch: pytest.MonkeyPatch) -> AsyncGenerator[Site]:
    """Open a good set-up: settings, permissions, commands, balance; the bot itself does not run."""
    for name in {name.upper() for name in Settings.model_fields} | {"HTTP_PROXY", "ALL_PROXY"}:
        for spelling in (name, name.lower()):
            patch.delenv(spelling, raising=False)
    patch.chdir(folder)
    clock = ShiftedClock()
    async with (
        open_discord(clock=clock) as discord,
        open_sandbox_api(key=KEY, randomness=random.Random(1)) as api,
        contextlib.AsyncExitStack() as stack,
    ):
        site = Site(folder=folder, discord=discord, api=api, clock=clock, stack=stack, patch=patch)
        site.point_discord_at(discord.url)
        patch.setattr(Asset, "BASE", discord.url)
        site.set(
            DISCORD_TOKEN=discord.token,
            MODELHUNTER_KEY=KEY,
            MODELHUNTER_URL=api.url,
            DATABASE_URL=f"sqlite:///{site.database}",
            ALLOWED_GUILD_IDS=str(discord.guild),
        )
        site.tell(await site.commands())
        yield site


def wrong(findings: Mapping[str, Finding]) -> dict[str, str | None]:
    """Return the problems among these findings, by their checks without ids."""
    return {
        _ID.sub("", name): finding.problem
        for name, finding in findings.items()
        if finding.verdict in {Verdict.WARNING, Verdict.FAILED}
    }


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def secrets() -> list[str]:
    """Return what must be in no output."""
    names = ("DISCORD_TOKEN", "MODELHUNTER_KEY", "MODELHUNTER_WEBHOOK_SECRET")
    return [os.environ[name] for name in names if len(os.environ.get(name, "")) > 8]
