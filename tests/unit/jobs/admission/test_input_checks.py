"""A file is taken, made to fit or refused by its facts alone, and what is made to fit does."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.catalogue import Capability, InputFacts, InputOutside, Limit, Medium, Slot
from bot.jobs.admission.input_checks import (
    MOST_BYTES,
    OfferedFile,
    check_claims,
    needs_fitting,
    picture_limits,
)
from bot.jobs.errors import InputDenied, InputOfParts, InputTooManyPixels, InputWrongMedium
from bot.media.facts import MediaFacts, fitted_size
from tests.unit.catalogue.expected_bodies import CAPABILITIES

VIDU = CAPABILITIES["viduq3-turbo", "image-to-video"]  # 50 MB, 128 pixels, 4:1
SEEDANCE = CAPABILITIES["seedance-1-0-pro", "image-to-video"]  # 30 MB, 300 to 6000 pixels, 2.5:1
MULTIMODAL = CAPABILITIES["bytedance/seedance-2", "multimodal-video-reference"]
WAYS = [(way, slot) for way in CAPABILITIES.values() for slot in way.inputs]
PICTURES = [(way, slot) for way, slot in WAYS if slot.medium is Medium.IMAGE]
ACCEPTABLE = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/heic", "image/tiff"]


def picture(
    width: int = 1000,
    height: int = 1000,
    *,
    media_type: str = "image/png",
    size: int = 1_000_000,
    is_plain: bool = True,
    can_be_fitted: bool = True,
) -> MediaFacts:
    """Return what was measured of a picture."""
    return MediaFacts(
        media_type=media_type,
        size=size,
        width=width,
        height=height,
        is_plain=is_plain,
        can_be_fitted=can_be_fitted,
    )


@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        (picture(), True),
        (picture(is_plain=False), False),
        (picture(media_type="image/heic", is_plain=False), False),
        (picture(media_type="image/bmp"), False),
        (picture(size=30_000_000), True),
        (picture(size=30_000_001), False),
        (picture(6000, 3000), True),
        (picture(6001, 3000), False),
        (picture(8000, 3200), False),
    ],
)
def test_what_costs_only_detail_is_made_to_fit(facts: MediaFacts, fits: bool) -> None:
    """Bytes, pixels, formats and what is unusual can be mended."""
    assert needs_fitting(Slot.IMAGE, facts, SEEDANCE) is not fits


@pytest.mark.parametrize(
    ("facts", "limit"),
    [
        (picture(299, 400), Limit.SMALLEST_SIDE),
        (picture(299, 400, media_type="image/heic"), Limit.SMALLEST_SIDE),
        (picture(2501, 1000), Limit.ASPECT),
        (picture(1000, 2501), Limit.ASPECT),
        (picture(7000, 2000, size=60_000_000), Limit.ASPECT),
        (picture(6001, 3000, can_be_fitted=False), Limit.LARGEST_SIDE),
        (picture(media_type="image/jxl", can_be_fitted=False), Limit.TYPE),
        (MediaFacts(media_type="video/mp4", size=1, seconds=Decimal(1)), Limit.TYPE),
        (MediaFacts(media_type="image/vnd.adobe.photoshop", size=1), Limit.TYPE),
    ],
)
def test_what_can_not_be_mended_is_refused(facts: MediaFacts, limit: Limit) -> None:
    """The limit that is named is the one that no fitting would mend."""
    with pytest.raises(InputOutside) as refused:
        needs_fitting(Slot.IMAGE, facts, SEEDANCE)
    assert refused.value.broken.limit is limit


def test_a_photo_in_tiles_is_refused_as_what_it_is() -> None:
    """Its kind could be made to fit otherwise, so that the sentence is another; a bomb is a bomb."""
    with pytest.raises(InputOfParts):
        needs_fitting(Slot.IMAGE, picture(media_type="image/heic", can_be_fitted=False), SEEDANCE)
    huge = picture(9000, 9000, media_type="image/heic", can_be_fitted=False)
    with pytest.raises(InputOutside):
        needs_fitting(Slot.IMAGE, huge, SEEDANCE)


def test_a_bomb_inside_all_limits_is_refused() -> None:
    """A model without a limit of pixels is not handed what is never decoded."""
    with pytest.raises(InputTooManyPixels):
        needs_fitting(Slot.IMAGE, picture(30_000, 30_000, can_be_fitted=False), VIDU)


@pytest.mark.parametrize(("way", "slot"), WAYS)
@pytest.mark.parametrize("media_type", ["application/pdf", "image/png", "video/mp4", "audio/mpeg"])
def test_a_file_of_another_kind_is_taken_nowhere(
    way: Capability, slot: Slot, media_type: str
) -> None:
    """No slot of any model takes a file of another kind, also where its types are not printed."""
    if media_type.startswith(f"{slot.medium}/"):
        return
    facts = MediaFacts(media_type=media_type, size=1, seconds=Decimal(5))
    with pytest.raises((InputOutside, InputWrongMedium)):
        needs_fitting(slot, facts, way)
    offer = OfferedFile(slot=slot, source="", name="", size=1, media_type=media_type)
    # A video may hold sound alone.
    if {media_type.partition("/")[0], str(slot.medium)} != {"video", "audio"}:
        with pytest.raises((InputOutside, InputWrongMedium)):
            check_claims([offer], way)


@given(
    some.sampled_from(PICTURES),
    some.integers(1, 40_000),
    some.integers(1, 40_000),
    some.integers(1, MOST_BYTES),
    some.sampled_from(ACCEPTABLE),
    some.booleans(),
)
def test_what_is_made_to_fit_does(
    taker: tuple[Capability, Slot],
    width: int,
    height: int,
    size: int,
    media_type: str,
    is_plain: bool,
) -> None:
    """A picture is taken as it is only inside all limits, and fitted only to what is taken."""
    way, slot = taker
    facts = picture(width, height, media_type=media_type, size=size, is_plain=is_plain)
    limits = way.inputs[slot].limits
    try:
        to_fit = needs_fitting(slot, facts, way)
    except (InputOutside, InputDenied):
        return
    target = picture_limits(limits)
    if not to_fit:
        assert is_plain
        assert limits.broken_by(_given(facts)) is None
        return
    fitted = fitted_size(width, height, target.max_side)
    smallest = picture(*fitted, media_type=target.types[0], size=target.max_bytes)
    assert limits.broken_by(_given(smallest)) is None


def _given(facts: MediaFacts) -> InputFacts:
    return InputFacts(
        media_type=facts.media_type, size=facts.size, width=facts.width, height=facts.height
    )


@given(
    some.integers(1, 100_000),
    some.integers(1, 100_000),
    some.none() | some.integers(1, 8000),
    some.fractions(Fraction(1, 10), 1),
)
def test_no_rounding_makes_a_picture_narrower(
    width: int, height: int, max_side: int | None, scale: Fraction
) -> None:
    """A picture that is 4:1 does not become 4.01:1, so that no limit of its aspect is passed."""
    across, down = fitted_size(width, height, max_side, scale=scale)

    assert 1 <= across <= width
    assert 1 <= down <= height
    assert max(across, down) <= (max_side or max(width, height))
    assert Fraction(max(across, down), min(across, down)) <= Fraction(
        max(width, height), min(width, height)
    )


@given(
    some.sampled_from(WAYS),
    some.integers(1, 20_000),
    some.integers(1, 20_000),
    some.integers(1, 2 * MOST_BYTES),
)
def test_claims_never_refuse_what_is_taken(
    taker: tuple[Capability, Slot], width: int, height: int, size: int
) -> None:
    """What is said of a file refuses it only if the file itself would be refused for that."""
    way, slot = taker
    kind = way.inputs[slot].limits.types[0] if way.inputs[slot].limits.types else f"{slot.medium}/x"
    facts = MediaFacts(
        media_type=kind,
        size=size,
        width=width,
        height=height,
        seconds=Decimal(5),
        is_plain=True,
        can_be_fitted=slot.medium is Medium.IMAGE,
    )
    turned = OfferedFile(
        slot=slot, source="", name="", size=size, media_type=kind, width=height, height=width
    )
    try:
        needs_fitting(slot, facts, way)
    except (InputOutside, InputDenied):
        return
    if size <= MOST_BYTES:
        check_claims([turned], way)


@pytest.mark.parametrize(
    "said", [None, "", "application/octet-stream", "IMAGE/PNG; charset=binary"]
)
def test_a_type_that_says_nothing_is_left_to_be_measured(said: str | None) -> None:
    """Names that no one knows the type of may still be pictures."""
    check_claims([OfferedFile(slot=Slot.IMAGE, source="", name="", size=1, media_type=said)], VIDU)


@pytest.mark.parametrize(
    ("slot", "size", "way"),
    [
        (Slot.IMAGE, MOST_BYTES + 1, VIDU),
        (Slot.REFERENCE_VIDEO, 50_000_001, MULTIMODAL),
        (Slot.REFERENCE_AUDIO, 15_000_001, MULTIMODAL),
    ],
)
def test_files_that_are_too_large_are_refused_unfetched(
    slot: Slot, size: int, way: Capability
) -> None:
    """Discord's size is enough: videos and sounds can't be mended, pictures up to 100 MB."""
    check_claims([OfferedFile(slot=slot, source="", name="", size=size - 1)], way)
    with pytest.raises(InputOutside) as refused:
        check_claims([OfferedFile(slot=slot, source="", name="", size=size)], way)
    assert refused.value.broken.limit is Limit.BYTES


def test_the_address_of_a_file_is_in_no_representation() -> None:
    """A signed address opens the file to anyone who reads it in a log."""
    offer = OfferedFile(slot=Slot.IMAGE, source="https://cdn/x?hm=SECRET", name="a", size=1)
    assert "SECRET" not in repr(offer)
