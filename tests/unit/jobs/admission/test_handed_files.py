"""What is said of a file refuses at once what nothing can make fit, and nothing else."""

import dataclasses
from typing import Any

import pytest

from bot.catalogue import Capability, InputOutside, Kind, Limit, Slot, load_catalogue
from bot.jobs.admission.handed_files import HandedFile, check_what_is_said

CATALOGUE = load_catalogue(enabled=True)


def way(name: str, *slots: Slot) -> Capability:
    """Return how that model takes one file in each of *slots*."""
    given = dict.fromkeys(slots, 1)
    found = next(it for kind in Kind for it in CATALOGUE.models(kind, given) if it.name == name)
    capability = found.capability(given)
    assert capability is not None
    return capability


PICTURE = HandedFile(slot=Slot.IMAGE, name="fox.png", address="https://example.org/fox.png")


SEEDANCE = way("seedance-1-0-pro", Slot.IMAGE)  # 300 to 6000 pixels, 0.4 to 2.5


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ({"media_type": "application/pdf"}, Limit.TYPE),
        ({"media_type": "video/mp4; codecs=avc1"}, Limit.TYPE),
        ({"width": 200, "height": 400}, Limit.SMALLEST_SIDE),
        ({"width": 3000, "height": 400}, Limit.ASPECT),
        ({"width": 400, "height": 3000}, Limit.ASPECT),
    ],
)
def test_what_nothing_can_make_fit_is_refused(said: dict[str, Any], limit: Limit) -> None:
    """The kind and the shape of a picture stay as they are, whatever is done with it."""
    with pytest.raises(InputOutside) as refused:
        check_what_is_said([PICTURE, dataclasses.replace(PICTURE, **said)], SEEDANCE)
    assert refused.value.broken.limit is limit


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"media_type": ""},
        {"media_type": "application/octet-stream"},
        {"media_type": "IMAGE/PNG"},
        {"media_type": "image/heic"},  # it may be written in another format
        {"size": 900_000_000, "width": 30_000, "height": 20_000},  # it may be made smaller
        {"width": 0, "height": 0},
        {"width": 300},
    ],
)
def test_what_may_fit_is_left_to_be_looked_at(said: dict[str, Any]) -> None:
    """Too much of a picture is no reason, and neither is what is not said."""
    check_what_is_said([dataclasses.replace(PICTURE, **said)], SEEDANCE)


def test_a_video_of_too_many_bytes_is_refused() -> None:
    """Videos and sounds are sent as they are."""
    seedance = way("bytedance/seedance-2", Slot.REFERENCE_VIDEO)
    video = HandedFile(slot=Slot.REFERENCE_VIDEO, name="a", address="b", size=50_000_001)
    with pytest.raises(InputOutside) as refused:
        check_what_is_said([video], seedance)
    assert refused.value.broken.limit is Limit.BYTES
