"""Shared notices: what one process learns of Discord and of the API is soon known to the others.

A pause after a 429, a ban of the address, a refusal or a model that the API does not know concerns all
processes with the same token and key. Who learns it announces it; the others look once a second, while
other processes run, and take it as if they had learned it themselves. It is an accelerator: without it
each process learns the same by a call of its own.

A notice is text, as processes of two versions may share a database: a kind that is not known, or a
text that can't be read, is left out.
"""

import json
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal, InvalidOperation

from bot.background import in_background, repeat_forever
from bot.modelhunter import OperatorMustAct
from bot.monitoring.api_refusals import REFUSAL_LASTS, Route
from db.errors import StoreFailed
from db.repositories.notices import Notice, Notices

log = logging.getLogger(__name__)

_TICK = 1.0
# A process whose clock is ahead may say that a notice holds for longer than any does.
_LONGEST = 24 * 60 * 60.0

# What is done with a notice: its words, and for how many seconds it holds.
Listener = Callable[[Sequence[str], float], None]


class SharedNotices:
    """Notices of this process to the others, and of the others to this one."""

    def __init__(self, notices: Notices, *, clock: Callable[[], float]) -> None:
        self._notices = notices
        self._clock = clock
        self._listeners: dict[str, Listener] = {}
        self._waiting: dict[str, float] = {}  # to be stored: until when they hold
        self._known: dict[str, float] = {}
        self._has_others = False

    def listen(self, kind: str, listener: Listener) -> None:
        """Have *listener* called with the notices of a kind, of other processes alone."""
        self._listeners[kind] = listener

    def processes_counted(self, count: int) -> None:
        """Take note of how many processes run, this one included."""
        self._has_others = count > 1

    def announce(self, kind: str, *words: str, seconds: float) -> None:
        """Have the others know, within some seconds."""
        name, until = json.dumps([kind, *words]), self._clock() + seconds
        if until > self._known.get(name, 0.0):
            self._known[name] = self._waiting[name] = until

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Pass notices on until the block is left."""
        async with in_background(repeat_forever(self._turn), name="shared notices"):
            yield

    async def _turn(self) -> float:
        try:
            await self._store_waiting()
            if self._has_others:
                self._take(await self._notices.current(self._clock()))
        except (StoreFailed, OSError) as error:
            log.info("notices are passed on later: %s", type(error).__name__)
        return _TICK

    async def _store_waiting(self) -> None:
        if not self._waiting:
            return
        # Also while no other process runs: one that starts then knows.
        given = [Notice(name, until) for name, until in self._waiting.items()]
        await self._notices.put(given, self._clock())
        for notice in given:
            if self._waiting.get(notice.name) == notice.until:
                del self._waiting[notice.name]

    def _take(self, found: Sequence[Notice]) -> None:
        now = self._clock()
        self._known = {name: until for name, until in self._known.items() if until > now}
        for notice in found:
            # It may have ended while the database was read.
            if notice.until <= max(now, self._known.get(notice.name, 0.0)):
                continue
            self._known[notice.name] = notice.until
            self._hear(notice.name, min(notice.until - now, _LONGEST))

    def _hear(self, name: str, seconds: float) -> None:
        try:
            kind, *words = json.loads(name)
        except (ValueError, TypeError):
            return
        listener = self._listeners.get(str(kind))
        if listener is None or not all(isinstance(word, str) for word in words):
            return
        log.info("another process says: %s, for %d s", kind, seconds)
        try:
            listener(words, seconds)
        except (ValueError, InvalidOperation):
            log.info("a notice of another version can't be read: %s", kind)


# --- The kinds ------------------------------------------------------------------------------

ADDRESS_BANNED = "discord bans the address"
GLOBAL_LIMIT = "discord's global limit is reached"
API_PAUSE = "the api asks for a pause"
MODEL_WITHDRAWN = "the api does not know a model"
REFUSED = "the api refuses requests"


def refusal_words(route: Route, price: Decimal, error: OperatorMustAct) -> Sequence[str]:
    """Return the words of a notice about a refused create."""
    return [str(error.status), route.endpoint, route.model, str(price)]


def read_refusal(words: Sequence[str]) -> tuple[Route, Decimal, OperatorMustAct]:
    """Return what a notice says was refused; raises ValueError or InvalidOperation at an odd one."""
    status, endpoint, model, price = words
    return Route(endpoint, model), Decimal(price), OperatorMustAct(status=int(status), code=None)


NOTICE_LASTS: Mapping[str, float] = {REFUSED: REFUSAL_LASTS, MODEL_WITHDRAWN: 60 * 60.0}
