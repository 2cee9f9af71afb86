"""REST of the lean Discord: the routes that both bots use."""

import asyncio
import json
import time
from collections.abc import Mapping

from aiohttp import BodyPartReader, web
from aiohttp.typedefs import Handler

from tests.benchmarks.discord import payloads
from tests.benchmarks.discord.gateway import LeanGateway
from tests.benchmarks.discord.payloads import Json
from tests.benchmarks.discord.seen import Card, Command, Edit

_API = "/api/v10"
_LOADING = 1 << 7  # the flag of a deferred answer


class LeanRest:
    """Handlers, and what they have seen."""

    def __init__(self, gateway: LeanGateway) -> None:
        self.commands: dict[str, Command] = {}  # by token
        self.cards: dict[int, Card] = {}
        self.edits: list[Edit] = []
        self.calls = 0
        self.slow_channels: dict[str, float] = {}  # seconds that an edit there takes, one by one
        self._turns: dict[str, asyncio.Lock] = {}
        self._gateway = gateway
        self._registered: object = []
        self._number = 0

    def routes(self) -> list[web.RouteDef]:
        """Return every route."""
        channel = _API + "/channels/{channel}/messages"
        webhook = _API + "/webhooks/{application}/{token}"
        reaction = channel + "/{message}/reactions/{emoji}"
        return [
            web.get(_API + "/users/@me", _answering(payloads.bot_user())),
            web.get(_API + "/oauth2/applications/@me", _answering(payloads.application())),
            web.get(_API + "/gateway", self._gateway_address),
            web.get(_API + "/gateway/bot", self._gateway_address),
            web.get(_API + "/applications/{application}/commands", self._list_commands),
            web.put(_API + "/applications/{application}/commands", self._put_commands),
            web.post(_API + "/interactions/{id}/{token}/callback", self._callback),
            web.get(webhook + "/messages/{message}", self._get_answer),
            web.patch(webhook + "/messages/{message}", self._edit_answer),
            web.post(webhook, self._follow_up),
            web.get(channel, self._list_messages),
            web.post(channel, self._send),
            web.patch(channel + "/{message}", self._edit_message),
            web.get(reaction, _answering([payloads.bot_user()])),  # the ❌ that it has offered
            web.put(reaction + "/@me", self._no_content),
            web.delete(reaction + "/@me", self._no_content),
        ]

    async def _gateway_address(self, _request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
        return _json({"url": self._gateway.url, "shards": 1, "session_start_limit": limit})

    async def _list_commands(self, _request: web.Request) -> web.Response:
        return _json(self._registered)

    async def _put_commands(self, request: web.Request) -> web.Response:
        self._registered = [
            {
                "type": 1,
                "description": "",
                "options": [],
                **given,
                "id": str(910_000_000_000_100_000 + number),
                "application_id": payloads.APPLICATION,
                "version": "1",
                "default_member_permissions": None,
            }
            for number, given in enumerate(await request.json())
        ]
        return _json(self._registered)

    async def _callback(self, request: web.Request) -> web.Response:
        arrived = time.monotonic()
        self.calls += 1
        given = await request.json()
        command = self.commands[request.match_info["token"]]
        card = self._new_card(command.channel, given.get("data") or {}, deferred=given["type"] == 5)
        command.answered_at, command.message_id = arrived, int(str(card["id"]))
        if "with_response" not in request.query:
            return web.Response(status=204)
        return _json(
            {
                "interaction": {
                    "id": str(command.id),
                    "type": 2,
                    "response_message_id": card["id"],
                    "response_message_loading": False,
                    "response_message_ephemeral": False,
                },
                "resource": {"type": given["type"], "message": card},
            }
        )

    async def _get_answer(self, request: web.Request) -> web.Response:
        return _json(self._card(self._answer_id(request.match_info), "0").payload)

    async def _edit_answer(self, request: web.Request) -> web.Response:
        command = self.commands.get(request.match_info["token"])
        channel = command.channel if command is not None else payloads.channel_id(0)
        return await self._edit(request, self._answer_id(request.match_info), channel)

    async def _edit_message(self, request: web.Request) -> web.Response:
        names = request.match_info
        return await self._edit(request, int(names["message"]), names["channel"])

    async def _follow_up(self, request: web.Request) -> web.Response:
        given, _ = await _parse(request)
        return _json(self._new_card(payloads.channel_id(0), given))

    def put_card(self, message_id: int, channel: str) -> None:
        """Have a card of an earlier run, with the ❌ that the bot has put under it."""
        payload = payloads.message(message_id, channel, time.time(), {})
        payload["reactions"] = [payloads.own_reaction()]
        self.cards[message_id] = Card(payload)

    async def _list_messages(self, request: web.Request) -> web.Response:
        self.calls += 1
        channel, before = request.match_info["channel"], int(request.query.get("before", 1 << 63))
        newest = sorted(
            number
            for number, card in self.cards.items()
            if number < before and card.payload["channel_id"] == channel
        )[-int(request.query["limit"]) :]
        return _json([self.cards[number].payload for number in reversed(newest)])

    async def _send(self, request: web.Request) -> web.Response:
        given, _ = await _parse(request)
        return _json(self._new_card(request.match_info["channel"], given))

    async def _no_content(self, _request: web.Request) -> web.Response:
        self.calls += 1
        return web.Response(status=204)

    async def _edit(self, request: web.Request, message_id: int, channel: str) -> web.Response:
        given, files = await _parse(request)
        edit = Edit(time.monotonic(), message_id, channel, json.dumps(given), files)
        self.calls += 1
        card = self._card(message_id, channel)
        channel = str(card.payload["channel_id"])
        if (delay := self.slow_channels.get(channel)) is not None:
            async with self._turns.setdefault(channel, asyncio.Lock()):
                await asyncio.sleep(delay)
        self.edits.append(edit)
        for name in ("content", "embeds", "components", "flags"):
            if given.get(name) is not None:
                card.payload[name] = given[name]
        if files:
            card.has_file = True
            card.payload["attachments"] = payloads.attachments(channel, self._new_id(), files)
        card.payload["edited_timestamp"] = payloads.iso(time.time())
        self._gateway.push("MESSAGE_UPDATE", card.payload)
        return _json(card.payload)

    def _answer_id(self, names: Mapping[str, str]) -> int:
        if names["message"] != "@original":
            return int(names["message"])
        message_id = self.commands[names["token"]].message_id
        assert message_id is not None
        return message_id

    def _card(self, message_id: int, channel: str) -> Card:
        """Return a card; one that was sent in an earlier run is made up."""
        if message_id not in self.cards:
            self.cards[message_id] = Card(payloads.message(message_id, channel, time.time(), {}))
        return self.cards[message_id]

    def _new_card(self, channel: str, given: Json, *, deferred: bool = False) -> Json:
        message_id = self._new_id()
        card = Card(payloads.message(message_id, channel, time.time(), given))
        if deferred:
            card.payload["flags"] = _LOADING
        self.cards[message_id] = card
        self._gateway.push("MESSAGE_CREATE", card.payload)
        return card.payload

    def _new_id(self) -> int:
        self._number += 1
        return payloads.snowflake(time.time(), self._number % 4096)


def _answering(answer: object) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return _json(answer)

    return handle


def _json(answer: object) -> web.Response:
    """Answer JSON as exactly application/json, which discord.py compares."""
    return web.Response(
        body=json.dumps(answer).encode(),
        headers={"Content-Type": "application/json", "Via": "1.1 google"},
    )


async def _parse(request: web.Request) -> tuple[Json, list[tuple[str, int]]]:
    """Return the JSON of a request, and the name and size of each of its files."""
    if not request.content_type.startswith("multipart/"):
        return await request.json(), []
    given: Json = {}
    files = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename is not None:
            files.append((part.filename, len(await part.read())))
        elif part.name == "payload_json":
            given = json.loads(await part.text())
    return given, files
