"""The sandbox API's faults: what each does to a call."""

import pytest

from sandbox.modelhunter.faults import ApiFaultEffect, ApiFaults


def test_an_api_fault_has_the_effect_it_was_added_with() -> None:
    """The options of `add` are the effect's fields, for the calls that match."""
    faults = ApiFaults()
    fault = faults.add("POST", "/*/text-to-video", status=503, headers={"Retry-After": "7"})
    effect = faults.strike("POST", "/vidu/text-to-video")
    assert effect == ApiFaultEffect(status=503, headers={"Retry-After": "7"})
    assert (fault.effect, fault.injected) == (effect, 1)
    assert faults.strike("POST", "/vidu/text-to-video") is None


@pytest.mark.parametrize(
    ("effect", "reaches"),
    [
        (ApiFaultEffect(), True),
        (ApiFaultEffect(delay=5), True),
        (ApiFaultEffect(headers={"X": "y"}), True),
        (ApiFaultEffect(status=502), False),
        (ApiFaultEffect(body="html"), False),
        (ApiFaultEffect(status=502, effect=True), True),
        (ApiFaultEffect(cut="before"), False),
        (ApiFaultEffect(cut="middle"), True),
        (ApiFaultEffect(cut="after"), True),
    ],
)
def test_only_some_api_faults_let_the_call_through(effect: ApiFaultEffect, reaches: bool) -> None:
    """A status or a body replaces the call unless asked otherwise; a cut decides by its moment."""
    assert effect.reaches_the_api is reaches
