"""The page's server, asked through its web socket."""

from typing import Any

import aiohttp

from sandbox.discord import Person, SandboxDiscord
from sandbox.discord.page_server import open_page


async def next_message(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    """Return the next message, skipping everything else."""
    while True:
        received = await socket.receive_json(timeout=10)
        if received["type"] == "messages" and received["messages"]:
            return dict(received["messages"][-1])


async def until_loaded(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    """Return the frame, once the messages that were there are received too."""
    frame = await socket.receive_json(timeout=10)
    assert (await socket.receive_json(timeout=10))["type"] == "messages"
    return dict(frame["frame"])


async def test_a_private_message_is_sent_to_its_users_page_alone(
    discord: SandboxDiscord, session: aiohttp.ClientSession
) -> None:
    """The other open page gets the public message that came after it."""
    robin, kim = Person.join(discord, "Robin"), Person.join(discord, "Kim")
    async with (
        open_page(discord, [robin, kim]) as address,
        session.ws_connect(f"{address}socket?as={robin.id}") as robins,
        session.ws_connect(f"{address}socket?as={kim.id}") as kims,
    ):
        assert (await until_loaded(robins))["viewer"]["name"] == "Robin"
        assert (await until_loaded(kims))["viewer"]["name"] == "Kim"
        asked = {"id": "1", "user": {"id": str(robin.id)}}
        discord.model.create_message(
            discord.channel, discord.bot_id, "private", flags=64, interaction_metadata=asked
        )
        discord.changes.announce()
        assert (await next_message(robins))["content"] == "private"
        await robin.say(discord.channel, "public")
        assert (await next_message(kims))["content"] == "public"


async def test_a_page_request_that_fails_is_answered_with_a_sentence(
    discord: SandboxDiscord, session: aiohttp.ClientSession
) -> None:
    """A failure on the page is a sentence, and the connection stays open."""
    robin = Person.join(discord, "Robin")
    async with (
        open_page(discord, [robin]) as address,
        session.ws_connect(f"{address}socket") as socket,
    ):
        await until_loaded(socket)
        for page_request in ({"do": "fly"}, {"do": "delete", "message": "5"}):
            await socket.send_json({**page_request, "id": 7})
            answer = await socket.receive_json(timeout=10)
            assert answer["type"] == "result"
            assert answer["id"] == 7
            assert answer["error"]


async def test_a_taken_page_port_becomes_a_free_one(discord: SandboxDiscord) -> None:
    """Two demos can run side by side."""
    people = [Person.join(discord, "Robin")]
    async with open_page(discord, people) as first:
        port = int(first.rsplit(":", 1)[1].strip("/"))
        async with open_page(discord, people, port=port) as second:
            assert second != first
