"""Resumption: what a session with the gateway is resumed by, also by another process.

Discord keeps a session for a while after its connection has ended, and sends what was missed to who
names its id and the last event seen (Discord docs: Gateway, Resuming). So a process stores that with
the lease of the shard. A sequence that is a few seconds old brings some events twice, which changes
nothing: an interaction is answered once, and a ❌ cancels once.
"""

import yarl
from pydantic import BaseModel, ConfigDict, ValidationError


class Resumption(BaseModel):
    """A session; without a gateway it is resumed where all sessions begin."""

    model_config = ConfigDict(frozen=True)

    session: str
    sequence: int | None = None
    gateway: str | None = None

    @property
    def url(self) -> yarl.URL | None:
        """The address to resume it at."""
        return None if self.gateway is None else yarl.URL(self.gateway)

    def to_text(self) -> str:
        """Return it as it is stored."""
        return self.model_dump_json()


def read_resumption(text: str | None) -> Resumption | None:
    """Return what is stored, None if there is nothing, or nothing that makes sense."""
    if text is None:
        return None
    try:
        return Resumption.model_validate_json(text)
    except ValidationError:
        return None
