"""Gateway frames: which of them discord.py can be given. Pure.

discord.py reads a frame where it receives it, and an error in there ends the connection's loop and
with it the program. So each frame is checked first for what every frame has (Discord docs: Gateway
Events, payload structure); what an event holds is read by discord.py itself.
"""

import dataclasses
import json

# Opcodes (Discord docs: Opcodes and Status Codes).
DISPATCH = 0
HELLO = 10

# Events that come with the intents of the bot and are of no use to it. Every message that anyone
# writes or edits in any server is one (Discord docs: Gateway, List of Intents), and is not read.
UNUSED_EVENTS = frozenset(
    {
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_REACTION_REMOVE",
        "MESSAGE_REACTION_REMOVE_ALL",
        "MESSAGE_REACTION_REMOVE_EMOJI",
    }
)

# Milliseconds between heartbeats that are believed: without sense it would be a flood, or silence.
_SHORTEST_HEARTBEAT = 1_000
_LONGEST_HEARTBEAT = 10 * 60 * 1_000


class FrameUnreadable(ValueError):
    """The frame is not one that Discord documents; says what is wrong with it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """A frame that can be given to discord.py, and the name of the event in it.

    Of an unused event the text has only what moves the session on.
    """

    text: str
    event: str | None = None


def read_frame(text: str) -> Frame:
    """Return the frame in *text*.

    Raises:
        FrameUnreadable: It has not what every frame has.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameUnreadable("no JSON") from error
    if not isinstance(content, dict) or not _is_whole_number(content.get("op")):
        raise FrameUnreadable("no opcode")
    if content.get("s") is not None and not _is_whole_number(content["s"]):
        raise FrameUnreadable("a number that is none")
    if content["op"] == HELLO:
        _check_hello(content.get("d"))
    if content["op"] != DISPATCH:
        return Frame(text)
    return _read_event(text, content)


def _read_event(text: str, content: dict[str, object]) -> Frame:
    event = content.get("t")
    if not isinstance(event, str) or not event:
        raise FrameUnreadable("an event without a name")
    if not _is_whole_number(content.get("s")):
        raise FrameUnreadable("an event without a number")
    if event in UNUSED_EVENTS:
        return Frame(json.dumps({"op": DISPATCH, "s": content["s"], "t": event, "d": {}}), event)
    # What a resumed session is announced with is not documented, and may be nothing.
    if event == "RESUMED" and not isinstance(content.get("d"), dict):
        text = json.dumps({**content, "d": {}})
    elif not isinstance(content.get("d"), dict):
        raise FrameUnreadable("an event without content")
    return Frame(text, event)


def _check_hello(data: object) -> None:
    interval = data.get("heartbeat_interval") if isinstance(data, dict) else None
    if not isinstance(interval, int | float) or not (
        _SHORTEST_HEARTBEAT <= interval <= _LONGEST_HEARTBEAT
    ):
        raise FrameUnreadable("a greeting without a heartbeat interval")


def _is_whole_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
