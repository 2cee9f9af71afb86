"""Rules of Discord that simcord lacks, on a clock that moves by hand."""

from typing import Any

import pytest
from simcord.backend.errors import BackendError

from sandbox.discord import Person
from sandbox.discord.calls import Call, Upload
from sandbox.discord.commands import interaction_payload
from sandbox.discord.rules import MEBIBYTE
from sandbox.discord.server import SandboxDiscord
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    """Start in 2027."""
    return ManualClock(1_800_000_000.0)


@pytest.fixture
def discord(clock: ManualClock) -> SandboxDiscord:
    """Return a Discord that is not served."""
    return SandboxDiscord(clock=clock)


def call_to(method: str, path: str, json: Any = None, size: int | None = None) -> Call:
    """Describe a call."""
    uploads = [] if size is None else [Upload(name="a.bin", size=size)]
    return Call(time=0, method=method, path=path, json=json, query={}, uploads=uploads)


def refusal(discord: SandboxDiscord, call: Call) -> tuple[int, int] | None:
    """Return the status and code of the refusal of a call, if it is refused."""
    try:
        discord.rules.check(call)
    except BackendError as error:
        return error.status, error.code
    return None


def interaction_token(discord: SandboxDiscord) -> str:
    """Let a user send a command, and return the interaction's token."""
    robin = Person.join(discord, "Robin")
    record, _ = interaction_payload(
        discord.model,
        discord.limits,
        kind=2,
        channel_id=discord.channel,
        user_id=robin.id,
        data={"name": "video", "type": 1},
    )
    record.responded = True
    return str(record.token)


def payload_of(
    discord: SandboxDiscord, person: Person, channel: int, *, is_user_install: bool
) -> dict[str, Any]:
    """Return the INTERACTION_CREATE of a command without data."""
    _, payload = interaction_payload(
        discord.model,
        discord.limits,
        kind=2,
        channel_id=channel,
        user_id=person.id,
        data={},
        is_user_install=is_user_install,
    )
    return payload


@pytest.mark.parametrize(("age", "expected"), [(899, None), (900, (401, 50027))])
def test_an_interaction_token_ends_after_15_minutes(
    discord: SandboxDiscord, clock: ManualClock, age: float, expected: tuple[int, int] | None
) -> None:
    """From then on every webhook route answers 401 with code 50027."""
    token = interaction_token(discord)
    clock.now += age
    path = f"/webhooks/{discord.model.application_id}/{token}/messages/@original"
    assert refusal(discord, call_to("PATCH", path, {})) == expected


@pytest.mark.parametrize(("size", "expected"), [(10_485_760, None), (10_485_761, (413, 40005))])
def test_the_upload_limit_is_per_file(
    discord: SandboxDiscord, size: int, expected: tuple[int, int] | None
) -> None:
    """A file may be as big as the limit, and not a byte bigger."""
    path = f"/channels/{discord.channel}/messages"
    assert refusal(discord, call_to("POST", path, {}, size)) == expected


@pytest.mark.parametrize(
    ("upload", "sizes", "is_taken"),
    [
        (10 * MEBIBYTE, [10 * MEBIBYTE] * 2 + [5 * MEBIBYTE - 100], True),
        (10 * MEBIBYTE, [10 * MEBIBYTE] * 2 + [5 * MEBIBYTE + 1], False),
        (10 * MEBIBYTE, [3 * MEBIBYTE] * 9, False),
        (50 * MEBIBYTE, [40 * MEBIBYTE], True),
        (50 * MEBIBYTE, [20 * MEBIBYTE] * 2, True),
        (50 * MEBIBYTE, [30 * MEBIBYTE] * 2, False),
    ],
)
def test_a_request_has_a_limit(
    discord: SandboxDiscord, upload: int, sizes: list[int], is_taken: bool
) -> None:
    """All files of a message together have 25 MiB, or what boosts allow a single one."""
    discord.limits.upload = upload
    call = call_to("POST", f"/channels/{discord.channel}/messages", {"content": "x"})
    call.uploads.extend(Upload(name="a.bin", size=size) for size in sizes)
    assert refusal(discord, call) == (None if is_taken else (413, 40005))


def test_a_nonce_is_remembered_for_minutes_and_by_channel(
    discord: SandboxDiscord, clock: ManualClock
) -> None:
    """Within them it leads to the earlier message; later, elsewhere or unenforced it does not."""
    robin = Person.join(discord, "Robin")
    message = discord.model.create_message(discord.channel, robin.id, "x")
    body = {"nonce": "7-done", "enforce_nonce": True}
    path = f"/channels/{discord.channel}/messages"
    discord.rules.remember_nonce(call_to("POST", path, body), {"id": str(message.id)})
    assert discord.rules.earlier_message(call_to("POST", path, body)) is message
    elsewhere = f"/channels/{robin.dm_channel}/messages"
    assert discord.rules.earlier_message(call_to("POST", elsewhere, body)) is None
    unenforced = {"nonce": "7-done"}
    assert discord.rules.earlier_message(call_to("POST", path, unenforced)) is None
    clock.now += 301
    assert discord.rules.earlier_message(call_to("POST", path, body)) is None


def test_a_nonce_has_at_most_25_characters(discord: SandboxDiscord) -> None:
    """A longer one is an invalid form body."""
    path = f"/channels/{discord.channel}/messages"
    assert refusal(discord, call_to("POST", path, {"nonce": "x" * 25})) is None
    assert refusal(discord, call_to("POST", path, {"nonce": "x" * 26})) == (400, 50035)


def test_an_interaction_says_who_installed_the_app_and_what_fits(
    discord: SandboxDiscord,
) -> None:
    """It names the guild's or the user's installation, and the upload limit that is announced."""
    robin = Person.join(discord, "Robin")
    discord.limits.advertised_upload = 5
    payloads = [
        payload_of(discord, robin, channel, is_user_install=is_user_install)
        for channel, is_user_install in (
            (discord.channel, False),
            (discord.channel, True),
            (robin.dm_channel, False),
        )
    ]
    owners = [payload["authorizing_integration_owners"] for payload in payloads]
    assert owners == [{"0": str(discord.guild)}, {"1": str(robin.id)}, {"0": "0"}]
    assert {payload["attachment_size_limit"] for payload in payloads} == {5}


def test_a_guild_without_the_bot_gives_it_no_access(discord: SandboxDiscord) -> None:
    """Where only a user installed the app, the bot token has no access."""
    guild = discord.create_guild("elsewhere", with_bot=False)
    channel = discord.create_channel("general", guild=guild)
    with pytest.raises(BackendError, match="50001"):
        discord.model.require_permissions(guild, discord.bot_id, channel)
    robin = Person.join(discord, "Robin", guild=guild)
    payload = payload_of(discord, robin, channel, is_user_install=True)
    assert payload["app_permissions"] == "0"
