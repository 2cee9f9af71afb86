"""systemd gets its signs where it started the bot, and nothing is sent anywhere else."""

import asyncio
import socket
from collections.abc import Generator
from pathlib import Path

import pytest

from bot.monitoring.service_manager import ServiceManager, reported_to, service_manager


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, None),
        ({"NOTIFY_SOCKET": ""}, None),
        ({"NOTIFY_SOCKET": "vsock:2:1234"}, None),
        ({"NOTIFY_SOCKET": "/run/notify"}, ServiceManager(address="/run/notify")),
        ({"NOTIFY_SOCKET": "@notify"}, ServiceManager(address="\0notify")),
        (
            {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "60000000"},
            ServiceManager(address="/run/notify", watchdog=60.0),
        ),
        (
            {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"},
            ServiceManager(address="/run/notify", watchdog=60.0),
        ),
        (
            {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"},
            ServiceManager(address="/run/notify"),
        ),
        (
            {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "0"},
            ServiceManager(address="/run/notify"),
        ),
        (
            {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "soon"},
            ServiceManager(address="/run/notify"),
        ),
    ],
)
def test_the_service_manager_is_the_one_that_the_environment_names(
    environment: dict[str, str], found: ServiceManager | None
) -> None:
    """Without an address that is understood there is none, and the watchdog may be another process's."""
    assert service_manager(environment, process_id=7) == found


@pytest.fixture
def received(tmp_path: Path) -> Generator[socket.socket]:
    """Listen as systemd does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind(str(tmp_path / "notify"))
        opened.setblocking(False)
        yield opened


async def test_the_service_manager_gets_signs_while_the_event_loop_turns(
    received: socket.socket, tmp_path: Path
) -> None:
    """First that the bot is ready, then one sign after the other, at last that it stops."""
    loop = asyncio.get_running_loop()
    manager = ServiceManager(address=str(tmp_path / "notify"), watchdog=0.02)
    async with asyncio.timeout(30), reported_to(manager):
        signs = [await loop.sock_recv(received, 100) for _ in range(4)]
    assert signs == [b"READY=1", *[b"WATCHDOG=1"] * 3]
    last = b""
    while last != b"STOPPING=1":
        last = received.recv(100)
    with pytest.raises(BlockingIOError):
        received.recv(100)


async def test_without_a_watchdog_no_sign_of_it_is_sent(
    received: socket.socket, tmp_path: Path
) -> None:
    """The beginning and the end alone."""
    async with reported_to(ServiceManager(address=str(tmp_path / "notify"))):
        await asyncio.sleep(0)
        assert received.recv(100) == b"READY=1"
    assert received.recv(100) == b"STOPPING=1"


async def test_a_service_manager_that_is_gone_disturbs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A sign that can't be sent is one line in the log."""
    async with reported_to(ServiceManager(address=str(tmp_path / "nothing"))):
        assert "the service manager could not be reached" in caplog.text


async def test_without_a_service_manager_nothing_is_reported() -> None:
    """As in a container or a shell."""
    async with reported_to(None):
        assert [task for task in asyncio.all_tasks() if task.get_name() == "watchdog"] == []
