"""Service manager: systemd learns when the bot is ready, and that its event loop turns (sd_notify(3)).

A process that hangs looks like one that works. With WatchdogSec= in its unit, systemd expects a sign
that often, and starts the process again when none has come (systemd.service(5)). The event loop gives
it, by which everything else is done too: where the sign is missing, so is all the rest. Without
systemd there is no address to send it to.
"""

import dataclasses
import logging
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from bot.background import in_background, repeat_forever

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ServiceManager:
    """Where signs are sent, and in how many seconds one is missed; None: in none."""

    address: str
    watchdog: float | None = None


def service_manager(environment: Mapping[str, str], process_id: int) -> ServiceManager | None:
    """Return the service manager that started this process, or None. Pure."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return None
    # An address that begins with @ is no file (unix(7), abstract sockets).
    address = "\0" + address[1:] if address.startswith("@") else address
    # sd_watchdog_enabled(3): the sign is expected from that process alone.
    if environment.get("WATCHDOG_PID", str(process_id)) != str(process_id):
        return ServiceManager(address=address)
    microseconds = environment.get("WATCHDOG_USEC", "")
    watchdog = int(microseconds) / 1e6 if microseconds.isdecimal() else None
    return ServiceManager(address=address, watchdog=watchdog or None)


@asynccontextmanager
async def reported_to(manager: ServiceManager | None) -> AsyncGenerator[None]:
    """Report that the process is ready, a sign every half of the watchdog's time, and the end."""
    if manager is None:
        yield
        return
    async with AsyncExitStack() as stack:
        signs = _Signs(manager.address)
        stack.callback(signs.close)
        signs.send("READY=1")
        stack.callback(signs.send, "STOPPING=1")
        if manager.watchdog is not None:
            work = repeat_forever(signs.watchdog_turn(manager.watchdog / 2))
            await stack.enter_async_context(in_background(work, name="watchdog"))
        yield


class _Signs:
    """Datagrams to the service manager, which are never waited for."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def send(self, sign: str) -> None:
        """Send one; where that fails, the next may arrive."""
        try:
            self._socket.sendto(sign.encode(), self._address)
        except OSError as error:
            log.warning("the service manager could not be reached: %s", error)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def watchdog_turn(self, pause: float) -> Callable[[], Awaitable[float]]:
        """Return a turn that sends the watchdog's sign and is repeated after *pause* seconds."""

        async def turn() -> float:
            self.send("WATCHDOG=1")
            return pause

        return turn
