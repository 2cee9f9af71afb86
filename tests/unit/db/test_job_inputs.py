"""Inputs of jobs come back from the text that stores them."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.job_inputs import (
    NO_INPUTS,
    JobInput,
    read_inputs,
    sources_of,
    with_sources,
    without_sources,
    write_inputs,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
INPUTS = st.lists(
    st.builds(
        JobInput,
        slot=TEXTS,
        name=TEXTS,
        media_type=TEXTS,
        size=st.integers(0, 2**40),
        width=st.none() | st.integers(1, 2**31),
        height=st.none() | st.integers(1, 2**31),
        checked_for=st.none() | TEXTS,
        seconds=st.none() | st.decimals(0, 1000, places=3),
        to_fit=st.booleans(),
        source=st.none() | TEXTS,
        address=st.none() | TEXTS,
        uploaded_at=st.none() | st.floats(0, 1e10),
    ),
    max_size=4,
).map(tuple)


@given(INPUTS)
def test_inputs_come_back_as_they_were(inputs: tuple[JobInput, ...]) -> None:
    """Whatever a file is called and however it was measured."""
    assert read_inputs(write_inputs(inputs)) == inputs


@given(INPUTS)
def test_sources_are_apart_from_the_inputs(inputs: tuple[JobInput, ...]) -> None:
    """What is stored beside the sources holds none of them, and both together are what was given."""
    assert with_sources(without_sources(inputs), sources_of(inputs)) == inputs
    assert sources_of(without_sources(inputs)) is None


def test_no_inputs_have_one_text() -> None:
    """Rows without inputs are read without parsing."""
    assert write_inputs(()) == NO_INPUTS


def test_a_source_is_not_shown() -> None:
    """A log line with an input opens no file."""
    one = JobInput(slot="image", name="a", media_type="image/png", size=1, source="https://x/?hm=2")
    assert "hm=2" not in repr(one)
    assert "hm=2" not in repr(dataclasses.replace(one, source=None, address="https://x/?hm=2"))


@pytest.mark.parametrize(
    "stored",
    ["", "{}", "3", "[3]", '[{"slot": 3}]', '[{"slot": "image"}]', '[{"odd": "x"}]', "[", "null"],
)
def test_what_is_no_input_is_refused(stored: str) -> None:
    """A row with it costs its own job alone (`db.rows`)."""
    with pytest.raises((ValueError, TypeError, ArithmeticError)):
        read_inputs(stored)


def test_odd_seconds_are_refused() -> None:
    """A text where a number belongs is no number."""
    stored = json.loads(
        write_inputs([JobInput(slot="image", name="a", media_type="image/png", size=1)])
    )
    stored[0]["seconds"] = "soon"
    with pytest.raises(ArithmeticError):
        read_inputs(json.dumps(stored))
