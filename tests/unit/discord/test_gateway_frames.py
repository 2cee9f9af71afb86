"""Frames of the gateway are checked before discord.py reads them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.gateway_frames import UNUSED_EVENTS, FrameUnreadable, read_frame
from bot.discord.gateway_session import pause_after

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ('{"op": 11}', None),
        ('{"op": 11, "d": null, "s": null, "t": null}', None),
        ('{"op": 7, "d": null}', None),
        ('{"op": 9, "d": false}', None),
        ('{"op": 10, "d": {"heartbeat_interval": 41250}}', None),
        ('{"op": 0, "t": "MESSAGE_DELETE", "s": 3, "d": {}}', "MESSAGE_DELETE"),
        ('{"op": 0, "t": "OF_TOMORROW", "s": 3, "d": {}, "new": 1}', "OF_TOMORROW"),
    ],
)
def test_frames_that_discord_documents(text: str, event: str | None) -> None:
    """They are given to discord.py as they came."""
    frame = read_frame(text)
    assert (frame.text, frame.event) == (text, event)


@pytest.mark.parametrize("event", sorted(UNUSED_EVENTS))
def test_an_event_without_use_moves_the_session_on_and_is_not_read(event: str) -> None:
    """Every message of every server comes, and costs next to nothing."""
    text = json.dumps({"op": 0, "t": event, "s": 3, "d": {"content": "x" * 4000}})
    frame = read_frame(text)
    assert json.loads(frame.text) == {"op": 0, "t": event, "s": 3, "d": {}}
    assert frame.event == event


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "5",
        '"text"',
        "{}",
        '{"op": "0"}',
        '{"op": null}',
        '{"op": true}',
        '{"op": 11, "s": "x"}',
        '{"op": 0, "t": null, "s": 3, "d": {}}',
        '{"op": 0, "t": 5, "s": 3, "d": {}}',
        '{"op": 0, "t": "MESSAGE_DELETE", "s": "3", "d": {}}',
        '{"op": 0, "t": "MESSAGE_DELETE", "s": 3, "d": []}',
        '{"op": 0, "t": "MESSAGE_DELETE", "s": 3}',
        '{"op": 0, "t": "MESSAGE_DELETE", "s": -1, "d": {}}',
        '{"op": 10}',
        '{"op": 10, "d": []}',
        '{"op": 10, "d": {"heartbeat_interval": 0}}',
        '{"op": 10, "d": {"heartbeat_interval": NaN}}',
        '{"op": 10, "d": {"heartbeat_interval": "41250"}}',
        "[" * 100_000,
    ],
)
def test_odd_frames(text: str) -> None:
    """What no frame of Discord looks like is not given to discord.py."""
    with pytest.raises(FrameUnreadable):
        read_frame(text)


def test_resumed_frame_without_content() -> None:
    """What a resumed session is announced with is not documented, so it may be nothing."""
    frame = read_frame('{"op": 0, "t": "RESUMED", "s": 3, "d": null}')
    assert (frame.event, json.loads(frame.text)["d"]) == ("RESUMED", {})


@given(
    op=JSON,
    name=JSON | st.sampled_from(["READY", "RESUMED", "MESSAGE_DELETE"]),
    number=JSON,
    content=JSON,
)
def test_any_frame_is_read_or_unreadable(
    op: object, name: object, number: object, content: object
) -> None:
    """No frame raises anything else, and what is read has what discord.py needs."""
    text = json.dumps({"op": op, "t": name, "s": number, "d": content})
    try:
        frame = read_frame(text)
    except FrameUnreadable:
        return
    read = json.loads(frame.text)
    assert type(read["op"]) is int
    if read["op"] == 0:
        assert isinstance(read["d"], dict)
        assert frame.event == name


@given(st.text(max_size=30))
def test_any_text_as_frame(text: str) -> None:
    """So with any text."""
    try:
        read_frame(text)
    except FrameUnreadable:
        return


@pytest.mark.parametrize(("was_open", "longest"), [(True, 300.0), (False, 60.0)])
def test_pauses_between_gateway_connections(*, was_open: bool, longest: float) -> None:
    """A cut connection is replaced at once; what keeps failing makes few session starts a day."""
    pauses = [pause_after(failures, was_open=was_open) for failures in range(30)]
    assert pauses[:5] == [0.0, 0.0, 1.0, 2.0, 4.0]
    assert pauses == sorted(pauses)
    assert max(pauses) == longest
    assert 86_400 / pause_after(30, was_open=True) < 1000
