"""The addresses of inputs are put where the catalogue has kept a place for each."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import load_catalogue
from bot.catalogue.inputs import GivenInput
from bot.catalogue.models import Kind
from bot.jobs.input_places import place_of, with_addresses
from bot.storable_text import storable
from db.job_inputs import JobInput

PICTURE = JobInput(slot="image", name="a.png", media_type="image/png", size=1)
AT_API = tuple(
    dataclasses.replace(PICTURE, slot=slot, address=f"https://files.example/{slot}")
    for slot in ("image", "last_image")
)


def test_every_body_of_the_catalogue_gets_its_addresses() -> None:
    """A body that was stored with places is the one that is built of the addresses themselves."""
    ways = 0
    for kind in Kind:
        for model in load_catalogue(enabled=True).all_models(kind):
            for way in model.capabilities:
                slots = [slot for slot, rule in way.inputs.items() for _ in range(rule.most)]
                inputs = tuple(
                    dataclasses.replace(PICTURE, slot=slot, address=f"https://x/{index}?a={slot}")
                    for index, slot in enumerate(slots)
                )
                places, addresses = (
                    [
                        GivenInput(slot=slot, address=address)
                        for slot, address in zip(slots, them, strict=True)
                    ]
                    for them in (
                        map(place_of, range(len(slots))),
                        [str(it.address) for it in inputs],
                    )
                )
                stored = way.build("a fox", {}, allow_adult=False, inputs=places).body
                stored = json.loads(json.dumps(stored))
                expected = way.build("a fox", {}, allow_adult=False, inputs=addresses).body
                assert with_addresses(stored, inputs) == expected
                ways += bool(slots)
    assert ways > 5


@given(st.text())
def test_no_text_of_a_requester_is_taken_for_a_place(text: str) -> None:
    """A prompt that reads like a place is sent as it is."""
    for written in (text, place_of(0), f"{place_of(0)} {text}"):
        body = {"input": {"prompt": storable(written), "list": [storable(written)]}}
        assert with_addresses(body, AT_API) == body


def test_a_body_without_its_addresses_is_never_made() -> None:
    """What is not at the API yet is not sent."""
    with pytest.raises(LookupError):
        with_addresses({"input": {"image": place_of(1)}}, (AT_API[0], PICTURE))


def test_a_body_without_inputs_is_left_alone() -> None:
    """A job without inputs pays nothing for them."""
    body = {"input": {"prompt": "a fox"}}
    assert with_addresses(body, ()) is body
