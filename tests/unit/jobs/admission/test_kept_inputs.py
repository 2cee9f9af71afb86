"""Files of an earlier job are taken for another model only inside its limits."""

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.catalogue import Capability, InputFacts, InputOutside, Medium, Slot
from bot.jobs.admission.kept_inputs import as_taken_by, taker_of
from bot.jobs.errors import InputMadeForAnother
from db.job_inputs import JobInput
from tests.unit.catalogue.expected_bodies import CAPABILITIES

VIDU = CAPABILITIES["viduq3-turbo", "image-to-video"]  # 50 MB, 128 pixels, 4:1
SEEDANCE = CAPABILITIES["seedance-1-0-pro", "image-to-video"]  # 30 MB, 300 to 6000 pixels, 2.5:1
WAYS = [(way, slot) for way in CAPABILITIES.values() for slot in way.inputs]
AT_API = "https://api.test/files/1"


def picture(width: int = 1000, height: int = 1000, **changes: object) -> JobInput:
    """Return a picture that Vidu takes, handed over to the API."""
    file = JobInput(
        slot=Slot.IMAGE,
        name="fox.png",
        media_type="image/png",
        size=1_000_000,
        width=width,
        height=height,
        checked_for=taker_of(VIDU),
        address=AT_API,
    )
    return dataclasses.replace(file, **changes)  # type: ignore[arg-type]


def taken(file: JobInput, way: Capability) -> JobInput:
    """Return the file as the capability takes it."""
    (found,) = as_taken_by((file,), way)
    return found


def test_a_file_that_was_checked_for_the_capability_stays_as_it_is() -> None:
    """Nothing is decided twice, however the limits are by now."""
    odd = picture(1, 1, media_type="image/odd")
    assert taken(odd, VIDU) is odd


def test_a_file_that_is_not_measured_passes() -> None:
    """It is what is said of it until it is looked at."""
    said = JobInput(slot=Slot.IMAGE, name="fox.png", media_type="", size=5)
    assert taken(said, SEEDANCE) is said


def test_a_picture_inside_the_other_limits_is_taken() -> None:
    """And is known to be, from then on."""
    again = taken(picture(), SEEDANCE)
    assert again == picture(checked_for=taker_of(SEEDANCE))


@pytest.mark.parametrize(
    "file",
    [picture(200, 200), picture(3000, 1000), picture(7000, 7000), picture(size=40_000_000)],
    ids=["too small", "too wide", "too large", "too many bytes"],
)
def test_a_picture_at_the_api_outside_the_other_limits_is_refused(file: JobInput) -> None:
    """What is handed over can't be made to fit any more."""
    with pytest.raises(InputOutside):
        taken(file, SEEDANCE)


def test_a_picture_that_is_not_handed_over_yet_is_made_to_fit() -> None:
    """Where making it smaller is enough."""
    file = picture(6000, 6000, address=None, source="https://cdn.test/1", size=40_000_000)
    assert taken(file, SEEDANCE).to_fit
    with pytest.raises(InputOutside):
        taken(dataclasses.replace(file, width=100), SEEDANCE)


def test_a_picture_that_was_made_to_fit_is_for_its_model_alone() -> None:
    """What became of it is not known; what is not handed over yet can be made to fit anew."""
    with pytest.raises(InputMadeForAnother):
        taken(picture(to_fit=True), SEEDANCE)
    again = taken(picture(to_fit=True, address=None, source="https://cdn.test/1"), SEEDANCE)
    assert (again.to_fit, again.checked_for) == (True, taker_of(SEEDANCE))


@given(
    way_and_slot=some.sampled_from(WAYS),
    media_type=some.sampled_from(["image/png", "image/gif", "video/mp4", "audio/mpeg"]),
    size=some.integers(1, 200_000_000),
    sides=some.tuples(some.integers(1, 9000), some.integers(1, 9000)),
    seconds=some.decimals(0, 100, places=2),
    is_there=some.booleans(),
)
def test_no_file_outside_the_limits_is_ever_taken(
    way_and_slot: tuple[Capability, Slot],
    media_type: str,
    size: int,
    sides: tuple[int, int],
    seconds: Decimal,
    *,
    is_there: bool,
) -> None:
    """Of any capability: it is inside them, is yet to be made to fit, or is refused."""
    way, slot = way_and_slot
    file = JobInput(
        slot=slot,
        name="x",
        media_type=media_type,
        size=size,
        width=sides[0],
        height=sides[1],
        seconds=seconds,
        checked_for="another",
        address=AT_API if is_there else None,
        source=None if is_there else "https://cdn.test/1",
    )
    try:
        found = taken(file, way)
    except (InputOutside, InputMadeForAnother):
        return
    facts = InputFacts(
        media_type=media_type, size=size, width=sides[0], height=sides[1], seconds=seconds
    )
    is_inside = way.inputs[slot].limits.broken_by(facts) is None
    assert is_inside or found.to_fit
    assert not found.to_fit or (slot.medium is Medium.IMAGE and not is_there)
