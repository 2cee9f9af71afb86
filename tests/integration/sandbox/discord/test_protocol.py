"""The REST interface and the gateway, called directly."""

from typing import Any

import aiohttp
import pytest

from sandbox.discord import Person, SandboxDiscord

Json = Any


class RestClient:
    """A REST client that sends exactly what a test gives it."""

    def __init__(self, discord: SandboxDiscord, session: aiohttp.ClientSession) -> None:
        self._url = discord.url + "/api/v10"
        self._token = discord.token
        self._session = session
        self.headers: dict[str, str] = {}

    async def ask(
        self, method: str, path: str, *, token: str | None = None, **options: Any
    ) -> tuple[int, Json]:
        """Send a call; return the status and the JSON, if any."""
        headers = {"Authorization": f"Bot {token or self._token}"}
        async with self._session.request(
            method, self._url + path, headers=headers, **options
        ) as answer:
            self.headers = dict(answer.headers)
            body = await answer.read()
            return answer.status, (await answer.json() if body else None)


@pytest.fixture
async def rest(discord: SandboxDiscord, session: aiohttp.ClientSession) -> RestClient:
    """Return a client with the right bot token."""
    return RestClient(discord, session)


async def test_json_is_exactly_application_json(rest: RestClient) -> None:
    """discord.py compares the content type, so it carries no charset."""
    status, _ = await rest.ask("GET", "/users/@me")
    assert status == 200
    assert rest.headers["Content-Type"] == "application/json"


async def test_a_wrong_bot_token_is_unauthorized(rest: RestClient) -> None:
    """The answer is 401 in Discord's words."""
    assert await rest.ask("GET", "/users/@me", token="wrong") == (
        401,
        {"message": "401: Unauthorized", "code": 0},
    )


async def test_an_unknown_route_is_a_501_and_a_gap(
    rest: RestClient, discord: SandboxDiscord
) -> None:
    """A route that is not implemented is in the list of gaps, never a silent success."""
    status, _ = await rest.ask("GET", "/unheard/of")
    assert status == 501
    assert len(discord.rest.gaps) == 1


async def test_the_application_and_the_gateway_are_described(
    rest: RestClient, discord: SandboxDiscord
) -> None:
    """The application has its id, and the gateway its address."""
    assert (await rest.ask("GET", "/applications/@me"))[1]["id"] == str(
        discord.model.application_id
    )
    assert (await rest.ask("GET", "/gateway/bot"))[1]["url"] == discord.gateway.url


async def test_history_is_read_around_before_and_after(
    rest: RestClient, discord: SandboxDiscord
) -> None:
    """Newest first, on the asked side of the asked id."""
    robin = Person.join(discord, "Robin")
    ids = [(await robin.say(discord.channel, str(number))).id for number in range(7)]
    path = f"/channels/{discord.channel}/messages"

    async def read(**query: int) -> list[int]:
        _, messages = await rest.ask("GET", path, params=query)
        return [ids.index(int(message["id"])) for message in messages]

    assert await read(around=ids[3], limit=3) == [4, 3, 2]
    assert await read(before=ids[3]) == [2, 1, 0]
    assert await read(after=ids[3]) == [6, 5, 4]
    assert await read(after=ids[1], limit=2) == [3, 2]


async def test_reactions_are_listed_by_user_page_by_page(
    rest: RestClient, discord: SandboxDiscord
) -> None:
    """Sorted by id and paged with `after`, so that a reader comes to an end."""
    people = [Person.join(discord, f"P{number}") for number in range(3)]
    message = await people[0].say(discord.channel, "hello")
    path = f"/channels/{discord.channel}/messages/{message.id}/reactions/%E2%9D%8C"
    assert (await rest.ask("PUT", path + "/@me"))[0] == 204
    for person in reversed(people):
        await person.react(message, "❌")
    users = sorted([discord.bot_id, *(person.id for person in people)])
    _, first = await rest.ask("GET", path, params={"limit": 3})
    _, second = await rest.ask("GET", path, params={"limit": 3, "after": first[-1]["id"]})
    assert [int(user["id"]) for user in first + second] == users
    assert (await rest.ask("DELETE", path + "/@me"))[0] == 204
    assert discord.message(message.id).reactions == {"❌": 3}


async def test_removing_a_missing_reaction_is_an_unknown_emoji(
    rest: RestClient, discord: SandboxDiscord
) -> None:
    """The answer is 10014, not 10008, which would mean that the message is gone."""
    message = await Person.join(discord, "Robin").say(discord.channel, "hello")
    path = f"/channels/{discord.channel}/messages/{message.id}/reactions/%E2%9D%8C/@me"
    status, answer = await rest.ask("DELETE", path)
    assert (status, answer["code"]) == (404, 10014)


async def test_missing_permissions_and_missing_access_differ(
    rest: RestClient, discord: SandboxDiscord
) -> None:
    """The code is 50013 where one permission is missing, 50001 where the channel is hidden."""
    path = f"/channels/{discord.channel}/messages"
    discord.forbid_bot(discord.channel, send_messages=True)
    status, answer = await rest.ask("POST", path, json={"content": "x"})
    assert (status, answer["code"]) == (403, 50013)
    discord.forbid_bot(discord.channel, view_channel=True)
    status, answer = await rest.ask("POST", path, json={"content": "x"})
    assert (status, answer["code"]) == (403, 50001)
    discord.forbid_bot(discord.channel)
    assert (await rest.ask("POST", path, json={"content": "x"}))[0] == 200


async def test_uploads_need_their_permission(rest: RestClient, discord: SandboxDiscord) -> None:
    """An upload with the bot token gets 50013 where Attach Files is denied."""
    discord.forbid_bot(discord.channel, attach_files=True)
    form = aiohttp.FormData()
    form.add_field("files[0]", b"data", filename="a.txt")
    status, answer = await rest.ask("POST", f"/channels/{discord.channel}/messages", data=form)
    assert (status, answer["code"]) == (403, 50013)


async def test_an_edit_keeps_the_files_it_names_and_adds_the_new(
    rest: RestClient, discord: SandboxDiscord, session: aiohttp.ClientSession
) -> None:
    """`attachments` is the whole list: what it leaves out is gone, and files can be fetched."""
    path = f"/channels/{discord.channel}/messages"
    form = aiohttp.FormData()
    for number in range(2):
        form.add_field(f"files[{number}]", b"old %d" % number, filename=f"old{number}.txt")
    _, message = await rest.ask("POST", path, data=form)
    kept = message["attachments"][1]["id"]
    form = aiohttp.FormData()
    form.add_field("payload_json", f'{{"attachments": [{{"id": "{kept}"}}, {{"id": 0}}]}}')
    form.add_field("files[0]", b"new file", filename="new.txt")
    _, message = await rest.ask("PATCH", f"{path}/{message['id']}", data=form)
    assert [a["filename"] for a in message["attachments"]] == ["old1.txt", "new.txt"]
    async with session.get(message["attachments"][1]["url"]) as answer:
        assert await answer.read() == b"new file"
    async with session.get(
        message["attachments"][1]["url"], headers={"Range": "bytes=4-"}
    ) as answer:
        assert (answer.status, await answer.read()) == (206, b"file")
        assert answer.headers["Content-Range"] == "bytes 4-7/8"


async def test_a_deleted_message_is_unknown(rest: RestClient, discord: SandboxDiscord) -> None:
    """Reading and editing a deleted message gets 10008, and its history ends with None."""
    path = f"/channels/{discord.channel}/messages"
    _, message = await rest.ask("POST", path, json={"content": "x"})
    moderator = Person.join(discord, "Mo", may_manage_messages=True)
    await moderator.delete(int(message["id"]))
    for method, body in (("GET", None), ("PATCH", {"content": "y"})):
        status, answer = await rest.ask(method, f"{path}/{message['id']}", json=body)
        assert (status, answer["code"]) == (404, 10008)
    assert discord.history(int(message["id"]))[-1].message is None


async def test_a_user_may_close_their_direct_messages(
    rest: RestClient, discord: SandboxDiscord
) -> None:
    """The channel opens, and sending into it is 50007."""
    robin = Person.join(discord, "Robin")
    robin.close_dms()
    _, channel = await rest.ask("POST", "/users/@me/channels", json={"recipient_id": robin.id})
    status, answer = await rest.ask(
        "POST", f"/channels/{channel['id']}/messages", json={"content": "x"}
    )
    assert (status, answer["code"]) == (403, 50007)


async def test_discord_faults_answer_as_discord_does(
    rest: RestClient, discord: SandboxDiscord
) -> None:
    """A limit is a 429 with Via and its headers, also a global one; a status has its JSON code."""
    path = f"/channels/{discord.channel}/messages"
    discord.faults.limit("POST", path, retry_after=1.5, code=30046)
    status, answer = await rest.ask("POST", path, json={"content": "x"})
    assert (status, answer["code"], answer["retry_after"]) == (429, 30046, 1.5)
    assert rest.headers["X-RateLimit-Remaining"] == "0"
    assert rest.headers["Via"]
    discord.faults.limit("*", "*", retry_after=1, scope="global")
    status, answer = await rest.ask("POST", path, json={"content": "x"})
    assert answer["global"] is True
    assert rest.headers["X-RateLimit-Global"] == "true"
    discord.faults.add("POST", path, status=403, code=50001, skip=1)
    assert (await rest.ask("POST", path, json={"content": "x"}))[0] == 200
    assert (await rest.ask("POST", path, json={"content": "x"}))[1]["code"] == 50001
    assert (await rest.ask("POST", path, json={"content": "x"}))[0] == 200
    assert [call.happened for call in discord.calls] == [False, False, True, False, True]


async def test_a_call_cut_before_its_effect_has_none(
    rest: RestClient, discord: SandboxDiscord
) -> None:
    """The connection ends, and nothing was sent."""
    discord.faults.add("POST", "/channels/*/messages", cut="before")
    with pytest.raises(aiohttp.ClientError):
        await rest.ask("POST", f"/channels/{discord.channel}/messages", json={"content": "x"})
    assert discord.messages() == []


@pytest.mark.parametrize(("token", "intents", "code"), [("wrong", 0, 4004), (None, 1 << 15, 4014)])
async def test_a_refused_gateway_client_gets_a_close_code(
    discord: SandboxDiscord,
    session: aiohttp.ClientSession,
    token: str | None,
    intents: int,
    code: int,
) -> None:
    """The code is 4004 for a wrong token, 4014 for an intent that was not approved."""
    async with session.ws_connect(discord.gateway.url) as socket:
        assert (await socket.receive_json())["op"] == 10
        identify = {"token": token or discord.token, "intents": intents, "properties": {}}
        await socket.send_json({"op": 2, "d": identify})
        message = await socket.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, code)


async def test_a_reaction_event_names_the_author(
    discord: SandboxDiscord, session: aiohttp.ClientSession
) -> None:
    """Who added it and whose message it is to are both in the event."""
    robin = Person.join(discord, "Robin")
    message = discord.model.create_message(discord.channel, discord.bot_id, "hello")
    async with session.ws_connect(discord.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": discord.token, "intents": 1 | 1 << 10}})
        assert (await socket.receive_json())["t"] == "READY"
        assert (await socket.receive_json())["t"] == "GUILD_CREATE"
        await robin.react(message.id, "❌")
        event = await socket.receive_json()
    assert event["t"] == "MESSAGE_REACTION_ADD"
    assert event["d"]["user_id"] == str(robin.id)
    assert event["d"]["message_author_id"] == str(discord.bot_id)


async def test_a_resume_of_an_unknown_session_is_invalid(
    discord: SandboxDiscord, session: aiohttp.ClientSession
) -> None:
    """The answer is INVALID_SESSION, not resumable; identifying on the same connection works."""
    async with session.ws_connect(discord.gateway.url) as socket:
        await socket.receive_json()
        resume = {"token": discord.token, "session_id": "gone", "seq": 5}
        await socket.send_json({"op": 6, "d": resume})
        assert await socket.receive_json() == {"op": 9, "d": False}
        await socket.send_json({"op": 2, "d": {"token": discord.token, "intents": 1}})
        assert (await socket.receive_json())["t"] == "READY"
        assert (await socket.receive_json())["t"] == "GUILD_CREATE"
        await socket.send_json({"op": 1, "d": 2})
        assert await socket.receive_json() == {"op": 11}


async def test_a_resume_repeats_what_was_sent_but_not_seen(
    discord: SandboxDiscord, session: aiohttp.ClientSession
) -> None:
    """Everything after the sequence number that the client names comes again."""
    async with session.ws_connect(discord.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": discord.token, "intents": 1}})
        ready = await socket.receive_json()
        guild = await socket.receive_json()
        await socket.close(code=4000)  # with 1000 the session would end
    async with session.ws_connect(discord.gateway.url) as socket:
        await socket.receive_json()
        resume = {"token": discord.token, "session_id": ready["d"]["session_id"], "seq": 1}
        await socket.send_json({"op": 6, "d": resume})
        assert await socket.receive_json() == guild
        assert (await socket.receive_json())["t"] == "RESUMED"
