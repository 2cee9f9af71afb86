"""A session outlives every odd frame, and is taken up again where a frame breaks it."""

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncGenerator

import discord
import pytest

from bot.discord.gateway_session import GatewaySession
from sandbox.discord import Person, SandboxDiscord, open_discord
from tests.integration.discord.messages.stage import pointed_at

TIMEOUT = 20.0


class Listener(discord.Client):
    """A client that counts the reactions that reach it."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_reactions=True))
        self.reactions = 0
        self.pauses: list[float] = []

    async def connect(self, *, reconnect: bool = True) -> None:
        """Keep a session; pauses take no time."""
        del reconnect
        await GatewaySession(self, clock=time.monotonic, sleep=self._pause).run()

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    async def on_raw_reaction_add(self, _payload: discord.RawReactionActionEvent) -> None:
        """Count a reaction."""
        self.reactions += 1


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """A listener that is connected to a Discord."""

    discord: SandboxDiscord
    client: Listener
    person: Person
    message: int
    session: asyncio.Task[None]

    async def until_reaction(self) -> None:
        """React, and wait until the client has noticed."""
        seen = self.client.reactions
        await self.person.react(self.message, "\N{THUMBS UP SIGN}")
        async with asyncio.timeout(TIMEOUT):
            while self.client.reactions == seen:
                assert not self.session.done()
                await asyncio.sleep(0.01)
        await self.person.unreact(self.message, "\N{THUMBS UP SIGN}")


@contextlib.asynccontextmanager
async def open_session(world: SandboxDiscord, client: Listener) -> AsyncGenerator[Stage]:
    """Connect *client* to *world* while the block runs."""
    person = Person.join(world, "Robin")
    message = world.model.create_message(world.channel, person.id, "hello").id
    with pointed_at(world.url):
        async with client:
            await client.login(world.token)
            session = asyncio.create_task(client.connect(), name="session")
            try:
                await world.gateway.until_ready(TIMEOUT)
                yield Stage(world, client, person, message, session)
            finally:
                session.cancel()
                await asyncio.gather(session, return_exceptions=True)


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    """Open a Discord with a connected client."""
    async with open_discord() as world, open_session(world, Listener()) as opened:
        yield opened


@pytest.mark.parametrize(
    "event",
    ["MESSAGE_REACTION_ADD", "MESSAGE_CREATE", "GUILD_CREATE", "INTERACTION_CREATE", "RESUMED"],
)
async def test_a_gateway_event_without_keys_costs_itself(
    stage: Stage, event: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The session goes on, the next event arrives, and the log has one line at most."""
    session = next(iter(stage.discord.gateway._sessions.values()))
    for _ in range(5):
        session.push(event, {})
    await stage.until_reaction()
    assert (stage.discord.gateway.identifies, stage.discord.gateway.resumes) == (1, 0)
    assert len([it for it in caplog.records if "left out" in it.message]) <= 1
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "frame",
    [
        "nonsense",
        "[]",
        "null",
        '{"op": 99}',
        '{"op": 0}',
        '{"op": 0, "t": "MESSAGE_CREATE", "s": "x", "d": null}',
        '{"op": 10}',
        '{"op": 11, "s": "x"}',
    ],
)
async def test_an_odd_gateway_frame_costs_itself(stage: Stage, frame: str) -> None:
    """A frame that is not as documented is left out, the session goes on."""
    await stage.discord.gateway.send_frame(frame)
    await stage.until_reaction()
    assert (stage.discord.gateway.identifies, stage.discord.gateway.resumes) == (1, 0)


@pytest.mark.parametrize("frame", [b"\x9cnonsense\x00\x00\xff\xff", b"\x00\x00\xff\xff"])
async def test_a_broken_gateway_stream_is_resumed(stage: Stage, frame: bytes) -> None:
    """A compressed stream that can't be continued ends the connection; the session is resumed."""
    await stage.discord.gateway.send_frame(frame)
    await stage.until_reaction()
    assert (stage.discord.gateway.identifies, stage.discord.gateway.resumes) == (1, 1)


async def test_unreadable_gateway_frames_in_a_row(stage: Stage) -> None:
    """Three frames in a row that can't be read are taken for a broken connection."""
    for _ in range(3):
        await stage.discord.gateway.send_frame("nonsense")
    await stage.until_reaction()
    assert (stage.discord.gateway.identifies, stage.discord.gateway.resumes) == (1, 1)


async def test_an_invalid_session_is_replaced(stage: Stage) -> None:
    """A session that Discord does not know any more is followed by a new one."""
    await stage.discord.gateway.drop(resumable=False)
    await stage.discord.gateway.until_ready(TIMEOUT, identifies=1)
    await stage.until_reaction()
    assert stage.discord.gateway.identifies == 2


async def test_the_first_gateway_connection_may_fail() -> None:
    """A gateway that can't be reached at the start is tried again, with growing pauses."""
    client, failures = Listener(), iter(range(4))
    connect = client.http.ws_connect

    async def fail(url: str, *, compress: int = 0) -> object:
        if next(failures, None) is not None:
            raise ConnectionRefusedError
        return await connect(url, compress=compress)

    client.http.ws_connect = fail  # type: ignore[method-assign, assignment]
    async with open_discord() as world, open_session(world, client) as stage:
        await stage.until_reaction()
    assert client.pauses == [1.0, 2.0, 4.0]


async def test_a_refused_token_ends_the_session() -> None:
    """After a close code that is final no connection is tried any more."""
    client = Listener()
    async with open_discord() as world:
        with pointed_at(world.url):
            async with client:
                await client.login(world.token)
                client.http.token = "another"
                with pytest.raises(discord.ConnectionClosed) as closed:
                    await client.connect()
    assert closed.value.code == 4004
