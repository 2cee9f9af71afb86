"""Files that are not taken are refused with what is, and with the next step."""

import pytest

from bot.catalogue import (
    BrokenLimit,
    InputMissing,
    InputNotTaken,
    InputOutside,
    Limit,
    Slot,
    TooManyInputs,
)
from bot.jobs.errors import (
    InputGone,
    InputsBusy,
    InputTooManyPixels,
    InputUnreachable,
    InputUnreadable,
    InputWrongMedium,
)
from tests.unit.discord.interactions.english_texts import english


def test_inputs_are_refused_with_what_the_model_takes() -> None:
    """Each sentence names the slot as it is typed, what is allowed, and what the file has."""
    taken = InputNotTaken(
        slot=Slot.REFERENCE, takes=(Slot.IMAGE, Slot.LAST_IMAGE), model_label="Kling V3"
    )
    assert english(taken) == ("**Kling V3** takes no `reference`. It takes: `image`, `last_image`.")
    missing = InputMissing(needs=(Slot.REFERENCE, Slot.REFERENCE_VIDEO), model_label="Seedance 2.0")
    assert "needs a file as `reference` or `reference_video`, too" in english(missing)
    assert "together" in english(
        InputNotTaken(slot=Slot.IMAGE, takes=(Slot.IMAGE,), model_label="Vidu")
    )
    assert "up to **4** files as `reference`; this has **5**" in english(
        TooManyInputs(slot=Slot.REFERENCE, limit=4, count=5, model_label="Vidu")
    )


def test_a_file_that_can_not_be_used_is_refused_with_the_next_step() -> None:
    """Each sentence names the slot as it is typed, and says that nothing was charged where it waited."""
    assert english(
        InputTooManyPixels(Slot.IMAGE, width=30_000, height=2, most=40_000_000, longest=8192)
    ) == (
        "I can open pictures of up to **40 megapixels** and **8192** pixels a side; the one in `image` "
        "has 30000x2 pixels. Make it smaller and try again."
    )
    assert "takes a sound as `reference_audio`" in english(
        InputWrongMedium(Slot.REFERENCE_AUDIO, "Seedance")
    )
    for error in (InputGone(Slot.IMAGE), InputUnreachable(Slot.IMAGE), InputsBusy(Slot.IMAGE)):
        assert "nothing was charged" in english(error)
    assert "Attach it again" in english(InputGone(Slot.LAST_IMAGE))
    assert "`last_image`" in english(InputUnreadable(Slot.LAST_IMAGE))


@pytest.mark.parametrize(
    ("limit", "allowed", "value", "said"),
    [
        (Limit.TYPE, ("image/png", "image/webp"), "image/heic", "takes PNG, WEBP as `image`"),
        (Limit.TYPE, ("audio/mpeg",), "", "takes MP3 as `image`; this file is none of those"),
        (Limit.BYTES, ("30000000",), "30000001", "**30 MB** as `image`; this one has **30.1 MB**"),
        (Limit.SMALLEST_SIDE, ("300",), "128", "at least **300** pixels a side"),
        (Limit.LARGEST_SIDE, ("6000",), "6001", "up to **6000** pixels a side"),
        (Limit.ASPECT, ("0.4", "2.5"), "300x900", "0.4 to 2.5 times as wide as high"),
        (Limit.SHORTEST, ("2",), "1.5", "at least **2 s** as `image`; this file has **1.5 s**"),
        (Limit.LONGEST, ("15",), "15.1", "up to **15 s** as `image`; this file has **15.1 s**"),
    ],
)
def test_a_file_outside_a_limit_is_refused_with_the_limit(
    limit: Limit, allowed: tuple[str, ...], value: str, said: str
) -> None:
    """The sentence says what the model takes, in the units that members know."""
    broken = BrokenLimit(limit=limit, allowed=allowed, value=value)
    assert said in english(InputOutside(slot=Slot.IMAGE, broken=broken, model_label="Vidu"))
