"""What is missing beside the files that were handed in is added, and nothing else."""

from hypothesis import given
from hypothesis import strategies as some

from bot.catalogue import Model, Slot
from tests.unit.catalogue.expected_bodies import MODELS

SLOTS = some.dictionaries(some.sampled_from(Slot), some.integers(1, 4), min_size=1, max_size=3)


@given(model=some.sampled_from(list(MODELS.values())), handed_in=SLOTS)
def test_the_fewest_inputs_have_what_was_handed_in(
    model: Model, handed_in: dict[Slot, int]
) -> None:
    """They can be used, hold all of it, and are just that where it is enough by itself."""
    fewest = model.fewest_with(handed_in)
    if fewest is None:
        assert model.capability(handed_in) is None
        return
    assert model.capability(fewest) is not None
    assert all(fewest[slot] >= count for slot, count in handed_in.items())
    if model.capability(handed_in) is not None:
        assert fewest == handed_in


def test_a_sound_alone_lacks_a_reference() -> None:
    """Of several that would do, the first is named."""
    model = MODELS["bytedance/seedance-2"]
    found = model.fewest_with({Slot.REFERENCE_AUDIO: 1})
    assert found == {Slot.REFERENCE_AUDIO: 1, Slot.REFERENCE: 1}
    assert MODELS["kling-v3"].fewest_with({Slot.REFERENCE_AUDIO: 1}) is None
