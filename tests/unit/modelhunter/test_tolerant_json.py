"""One odd byte or value costs its field, and what is no JSON stays none."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.modelhunter.tolerant_json import read_json

FAILED = {"id": "t", "status": "failed"}


@pytest.mark.parametrize(
    ("odd", "read"),
    [
        (b"NaN", None),
        (b"-Infinity", None),
        (b"1e999", None),
        (b"9" * 5_000, None),
        (b"undefined", None),
        (b"None", None),
        (b".5", None),
        (b"+1", None),
        (b"0x10", None),
        (b"01", None),
        (b"1.2.3", None),
        (b"", None),
        (b"1 2", None),
        (rb'"a fox \ud83e"', "a fox \ufffd"),
        (rb'"\udd8a a fox"', "\ufffd a fox"),
        (rb'"a \ud83e\udd8a fox"', "a \U0001f98a fox"),
        (b'"a\nb\tc"', "a\nb\tc"),
        (b'"a\x00b\x07c\x7f"', "abc"),
        (rb'"a\u0000b"', "ab"),
        (rb'"\x41"', None),
        (rb'"\u12"', None),
        ('"refusé"'.encode("latin-1"), "refus\ufffd"),
        (b'"a \xf0\x9f\x98"', "a \ufffd"),
        (b"[" * 20_000 + b"]" * 20_000, ...),
        (b'{"a":' * 500 + b"1" + b"}" * 500, ...),
    ],
)
def test_an_odd_json_value_costs_itself_alone(odd: bytes, read: object) -> None:
    """A value that can't be read is None, and everything around it is read."""
    body = b'{"id": "t", "odd": ' + odd + b', "more": {"odd": [' + odd + b']}, "status": "failed"}'
    value = read_json(body)
    assert isinstance(value, dict)
    assert {name: value[name] for name in FAILED} == FAILED
    assert read is ... or value["odd"] == read


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_before_json(encoding: str) -> None:
    """A mark that names the encoding is no part of the answer."""
    assert read_json(json.dumps({"a": "é"}, ensure_ascii=False).encode(encoding)) == {"a": "é"}


def test_a_json_name_that_comes_twice() -> None:
    """The last of two values of one name counts, with either way of reading."""
    assert read_json(b'{"a": 1, "a": 2}') == {"a": 2}
    assert read_json(b'{"a": 1, "a": 2, "b": oops}') == {"a": 2, "b": None}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"oops",
        b"<html><body class='x'>502</body></html>",
        b'{"a": 1',
        b'{"a": [1, {"b": 2}',
        b'{"a": "b',
        b'{"a": [1}',
        b'{"a": 1}}',
        b'{"a": oops} {"b": 2}',
        b'"a" : oops',
        b"}{",
        b"\x1f\x8b\x08",
        b"oops " * 1_000_000,
        b"[" * 3_000_000,
    ],
)
def test_no_json_stays_none(body: bytes) -> None:
    """What is cut off, or was never JSON, is not read as half of an answer."""
    assert read_json(body) is None


SCALARS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text()
VALUES = st.recursive(
    SCALARS | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def _is_storable(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_storable(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return all(map(_is_storable, value))
    if isinstance(value, str):
        return "\x00" not in value and value.encode() is not None
    return not isinstance(value, float) or math.isfinite(value)


@given(st.dictionaries(st.text(), VALUES))
def test_good_json_is_read_as_it_is(value: dict[str, object]) -> None:
    """What the standard library writes is read as it was, but for characters that can't be stored."""
    read = read_json(json.dumps(value).encode())
    assert _is_storable(read)
    if all(32 <= ord(character) != 127 for character in json.dumps(value, ensure_ascii=False)):
        plain = json.loads(json.dumps(value))
        assert read == plain or not _is_storable(plain) or "\\" in json.dumps(value)


@given(VALUES, st.sampled_from(["NaN", "oops", "1e999", r'"\q"', r'"\ud83e"', '"\n"']), VALUES)
def test_an_odd_value_between_any_others(first: object, odd: str, last: object) -> None:
    """Whatever stands beside an odd value is read as if it were not there."""
    body = f'{{"first": {json.dumps(first)}, "odd": [{odd}, {odd}], "last": {json.dumps(last)}}}'
    plain = json.dumps({"first": first, "odd": [None, None], "last": last})
    read, expected = read_json(body.encode()), read_json(plain.encode())
    assert isinstance(read, dict)
    assert isinstance(expected, dict)
    assert (read["first"], read["last"]) == (expected["first"], expected["last"])


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_none(body: bytes) -> None:
    """No answer raises, whatever its bytes are."""
    assert _is_storable(read_json(body))
    assert _is_storable(read_json(b'{"a": "' + body + b'"}'))
