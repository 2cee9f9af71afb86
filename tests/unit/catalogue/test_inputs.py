"""Files that are handed in: their limits, worked out by hand from the API's pages, and their slots."""

from decimal import Decimal

import pytest

from bot.catalogue import (
    InputFacts,
    InputLimits,
    InputOutside,
    Limit,
    Medium,
    Slot,
    slot_named,
    slots_of,
)
from tests.unit.catalogue.expected_bodies import CAPABILITIES, given

MEGABYTE = 1_000_000
PICTURE = InputFacts(media_type="image/jpeg", size=MEGABYTE, width=1000, height=1000)
FILM = InputFacts(media_type="video/mp4", size=MEGABYTE, width=1280, height=720, seconds=Decimal(5))
SOUND = InputFacts(media_type="audio/mpeg", size=MEGABYTE, seconds=Decimal(5))
USUAL = {Medium.IMAGE: PICTURE, Medium.VIDEO: FILM, Medium.AUDIO: SOUND}


def picture(
    width: int = 1000, height: int = 1000, *, size: int = MEGABYTE, media_type: str = "image/jpeg"
) -> InputFacts:
    """Return what was measured of a picture."""
    return InputFacts(media_type=media_type, size=size, width=width, height=height)


def sound(media_type: str, size: int = MEGABYTE) -> InputFacts:
    """Return what was measured of a sound."""
    return InputFacts(media_type=media_type, size=size, seconds=Decimal(5))


@pytest.mark.parametrize(("model", "way"), CAPABILITIES)
def test_usual_files_are_taken_and_odd_ones_are_not(model: str, way: str) -> None:
    """Each slot takes a usual file of its kind, and none of another kind or above 50 MB."""
    capability = CAPABILITIES[model, way]
    for slot in capability.inputs:
        usual = USUAL[slot.medium]
        capability.check_file(slot, usual)
        wrong = [
            InputFacts(media_type="application/pdf", size=1),
            InputFacts(
                media_type=usual.media_type,
                size=50 * MEGABYTE + 1,
                width=usual.width,
                height=usual.height,
                seconds=usual.seconds,
            ),
        ]
        if slot.medium is Medium.IMAGE:
            wrong += [
                picture(127, 200),
                picture(200, 127),
                picture(4001, 1000),
                picture(1000, 4001),
                picture(media_type="image/heic"),
                picture(media_type="image/gif"),
            ]
        for facts in wrong:
            with pytest.raises(InputOutside):
                capability.check_file(slot, facts)


@pytest.mark.parametrize(
    ("model", "way", "slot", "inside", "outside", "limit"),
    [
        # Kling has no limits of its own: those of the upload hold.
        (
            "kling-v3",
            "image-to-video",
            "image",
            picture(128, 512),
            picture(127, 500),
            "smallest side",
        ),
        ("kling-v3", "image-to-video", "image", picture(4000, 1000), picture(4040, 1000), "aspect"),
        (
            "kling-v3",
            "first-last-frame",
            "last_image",
            picture(size=50 * MEGABYTE),
            picture(size=51 * MEGABYTE),
            "bytes",
        ),
        (
            "seedance-1-0-pro",
            "image-to-video",
            "image",
            picture(300, 700),
            picture(299, 700),
            "smallest side",
        ),
        (
            "seedance-1-5-pro",
            "first-last-frame",
            "last_image",
            picture(6000, 2400),
            picture(6001, 2401),
            "largest side",
        ),
        (
            "seedance-1-0-pro",
            "image-to-video",
            "image",
            picture(1000, 400),
            picture(1000, 399),
            "aspect",
        ),
        (
            "seedance-1-0-pro-fast",
            "image-to-video",
            "image",
            picture(400, 1000),
            picture(399, 1000),
            "aspect",
        ),
        (
            "seedance-1-0-lite-t2v",
            "reference-to-video",
            "reference",
            picture(size=30 * MEGABYTE),
            picture(size=30 * MEGABYTE + 1),
            "bytes",
        ),
        (
            "veo3",
            "image-to-video",
            "image",
            picture(size=10 * MEGABYTE),
            picture(size=10 * MEGABYTE + 1),
            "bytes",
        ),
        (
            "seedream-5-0-lite",
            "image-to-image",
            "image",
            picture(media_type="image/png"),
            picture(media_type="image/webp"),
            "type",
        ),
        (
            "seedream-4-5",
            "image-to-image",
            "reference",
            picture(media_type="image/webp"),
            picture(media_type="image/bmp"),  # the model takes it, the upload does not
            "type",
        ),
        (
            "seedream-4-0",
            "image-to-image",
            "image",
            picture(6000, 6000),
            picture(6001, 6000),
            "largest side",
        ),
        (
            "seedream-4-0",
            "image-to-image",
            "image",
            picture(size=10 * MEGABYTE),
            picture(size=10 * MEGABYTE + 1),
            "bytes",
        ),
        (
            "bytedance/seedance-2",
            "multimodal-reference",
            "reference_audio",
            sound("audio/ogg", 15 * MEGABYTE),
            sound("audio/ogg", 15 * MEGABYTE + 1),
            "bytes",
        ),
        (
            "bytedance/seedance-2",
            "multimodal-video-reference",
            "reference_audio",
            sound("audio/wav"),
            sound("audio/flac"),
            "type",
        ),
        (
            "bytedance/seedance-2",
            "multimodal-video-reference",
            "reference_video",
            InputFacts(media_type="video/mp4", size=1, seconds=Decimal(15)),
            InputFacts(media_type="video/mp4", size=1, seconds=Decimal("15.04")),
            "longest",
        ),
        (
            "bytedance/seedance-2",
            "multimodal-video-reference",
            "reference_video",
            FILM,
            InputFacts(media_type="video/webm", size=1, seconds=Decimal(1)),
            "type",
        ),
    ],
)
def test_a_file_at_the_edge_of_its_limits(
    model: str, way: str, slot: str, inside: InputFacts, outside: InputFacts, limit: str
) -> None:
    """The last file that is inside is taken, and the next one refused, with the limit's name."""
    capability = CAPABILITIES[model, way]
    capability.check_file(Slot(slot), inside)
    with pytest.raises(InputOutside) as caught:
        capability.check_file(Slot(slot), outside)
    assert caught.value.broken.limit == Limit(limit)
    assert (caught.value.slot, caught.value.model_label) == (slot, capability.model_label)


@pytest.mark.parametrize(
    ("limits", "facts", "allowed", "value"),
    [
        ({"types": ["image/png"]}, picture(), ("image/png",), "image/jpeg"),
        ({"megabytes": "0.5"}, picture(), ("500000",), "1000000"),
        ({"min_side": 1001}, picture(), ("1001",), "1000"),
        ({"max_side": 999}, picture(), ("999",), "1000"),
        ({"min_aspect": 2, "max_aspect": "2.5"}, picture(), ("2", "2.5"), "1000x1000"),
        ({"min_seconds": 6}, SOUND, ("6",), "5"),
        ({"max_seconds": "4.5"}, SOUND, ("4.5",), "5"),
    ],
)
def test_a_broken_limit_says_what_is_allowed_and_what_is_there(
    limits: dict[str, object], facts: InputFacts, allowed: tuple[str, ...], value: str
) -> None:
    """Each limit carries the numbers of its sentence."""
    broken = InputLimits.model_validate(limits).broken_by(facts)
    assert broken is not None
    assert (broken.allowed, broken.value) == (allowed, value)


def test_unknown_measures_are_not_judged() -> None:
    """What could not be measured is outside no limit: the API has the last word."""
    limits = InputLimits.model_validate({"max_side": 10, "max_seconds": 1, "min_side": 5})
    assert limits.broken_by(InputFacts(media_type="image/png", size=1)) is None


def test_limits_are_tightened_end_by_end() -> None:
    """Of the limits of the model and the upload, the tighter end holds, and the types of both."""
    model = {
        "types": ["a", "b"],
        "megabytes": 10,
        "min_side": 300,
        "max_aspect": 9,
        "min_aspect": 1,
    }
    upload = {"types": ["b", "c"], "megabytes": 50, "max_side": 9, "max_aspect": 4, "min_aspect": 2}
    one, other = (
        InputLimits.model_validate(model),
        InputLimits.model_validate(upload | {"max_side": 900}),
    )
    both = {
        "types": ["b"],
        "megabytes": 10,
        "min_side": 300,
        "max_side": 900,
        "min_aspect": 2,
        "max_aspect": 4,
    }
    assert one.tightened(other) == other.tightened(one) == InputLimits.model_validate(both)


@pytest.mark.parametrize(
    ("name", "slot"),
    [
        ("image", Slot.IMAGE),
        ("last_image", Slot.LAST_IMAGE),
        ("reference", Slot.REFERENCE),
        ("reference_2", Slot.REFERENCE),
        ("reference_4", Slot.REFERENCE),
        ("reference_video", Slot.REFERENCE_VIDEO),
        ("reference_audio", Slot.REFERENCE_AUDIO),
    ],
)
def test_the_slot_of_a_commands_option(name: str, slot: Slot) -> None:
    """The options of a command that take files are named for their slots."""
    assert slot_named(name) is slot


@pytest.mark.parametrize("name", ["", "prompt", "images", "_2", "last_image_"])
def test_the_name_of_no_slot(name: str) -> None:
    """Any other name is none."""
    with pytest.raises(ValueError, match="is not a valid Slot"):
        slot_named(name)


def test_slots_are_counted() -> None:
    """Several references are in one slot."""
    assert slots_of(given({Slot.IMAGE: 1, Slot.REFERENCE: 3})) == {
        Slot.IMAGE: 1,
        Slot.REFERENCE: 3,
    }
