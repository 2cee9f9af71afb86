"""What things cost, worked out by hand from the printed prices."""

from decimal import Decimal

import pytest

from bot.catalogue import InvalidOption, Kind, OptionValue, Unit, load_catalogue, read_catalogue
from tests.unit.catalogue.test_build import MODELS, model


@pytest.mark.parametrize(
    ("name", "options", "text", "low", "high"),
    [
        ("viduq3-turbo", {}, "fox", "0.20", "0.40"),  # 5 s at 0.04 to 0.08
        ("viduq3-turbo", {"duration": 16}, "fox", "0.64", "1.28"),
        ("viduq3-turbo", {"duration": 16, "off_peak": True}, "fox", "0.32", "0.64"),
        ("viduq3-turbo", {"duration": 16, "off_peak": "off"}, "fox", "0.64", "1.28"),
        ("viduq3-pro", {"duration": "8s"}, "fox", "0.56", "1.28"),
        ("kling-v3", {"duration": 3}, "fox", "0.252", "0.504"),
        ("kling-v2-6", {"duration": 10}, "fox", "0.21", "1.40"),  # per video
        ("seedance-1-0-pro-fast", {"duration": 2}, "fox", "0.02", "0.098"),
        ("bytedance/seedance-2", {}, "fox", "1.025", "1.025"),  # 5 s at 0.205
        ("bytedance/seedance-2", {"resolution": "480"}, "fox", "0.475", "0.475"),
        ("bytedance/seedance-2", {"resolution": "1080p", "duration": 10}, "fox", "5.10", "5.10"),
        ("veo3", {}, "fox", "3.20", "3.20"),
        ("veo3_fast", {"aspect_ratio": "9:16"}, "fox", "1.20", "1.20"),
        ("grok-imagine/text-to-video", {}, "fox", "0.42", "0.42"),  # 6 s at 0.07
        ("grok-imagine/text-to-video", {"duration": "15"}, "fox", "1.05", "1.05"),
        ("seedream-4-0", {"size": "4K"}, "fox", "0.03", "0.03"),
        ("seedream-4-5", {}, "fox", "0.04", "0.04"),
        ("elevenlabs/text-to-dialogue-v3", {}, "x" * 1000, "0.12", "0.12"),
        ("elevenlabs/text-to-dialogue-v3", {}, "x" * 2500, "0.30", "0.30"),
        ("elevenlabs/text-to-dialogue-v3", {}, "x", "0.0002", "0.0002"),  # 0.00012, rounded up
    ],
)
def test_prices_by_hand(
    name: str, options: dict[str, OptionValue], text: str, low: str, high: str
) -> None:
    """A request costs what its options say, defaults included, and is rounded up."""
    price = model(name).price(options, text)

    assert (price.low, price.high) == (Decimal(low), Decimal(high))
    assert model(name).build(text, options, allow_adult=False).price == price


def test_wrong_options_have_no_price() -> None:
    """What can't be built has no price."""
    with pytest.raises(InvalidOption):
        model("kling-v3").price({"duration": 99}, "fox")


def test_price_label_of_one_unit() -> None:
    """A list of models names the price of one unit over all options."""
    seedance, veo = model("bytedance/seedance-2").price_label(), model("veo3").price_label()

    assert (seedance.price.low, seedance.price.high) == (Decimal("0.095"), Decimal("0.51"))
    assert seedance.unit is Unit.SECOND
    assert (veo.price.low, veo.price.high, veo.unit) == (
        Decimal("3.20"),
        Decimal("3.20"),
        Unit.REQUEST,
    )


def test_the_cheapest_model() -> None:
    """The cheapest is the one whose plain request may cost least."""
    catalogue = load_catalogue()

    assert catalogue.cheapest(Kind.VIDEO).name == "seedance-1-0-pro-fast"  # 5 s: at most 0.245
    assert catalogue.cheapest(Kind.IMAGE).price({}, "fox").high == Decimal("0.03")
    for kind in Kind:
        highs = [one.price({}, "x" * 1000).high for one in MODELS if one.kind == kind]
        assert catalogue.cheapest(kind).price({}, "x" * 1000).high == min(highs)


def test_the_cheapest_of_no_models() -> None:
    """Where no model is left there is none to choose."""
    catalogue = load_catalogue()
    catalogue.withdraw("elevenlabs/text-to-dialogue-v3")

    with pytest.raises(LookupError):
        catalogue.cheapest(Kind.SPEECH)


def test_the_cheapest_model_counts_the_plain_request() -> None:
    """A model that is cheap by the second may be dear by its default duration."""
    catalogue = read_catalogue("""
        [[model]]
        name = "slow"
        label = "Slow"
        kind = "video"
        endpoint = "a/b"
        api_model = "slow"
        prompt_limit = 10
        price = { per = "second", amount = 0.1 }
        options = { duration = { type = "whole", min = 1, max = 20, default = 10 } }
        [[model]]
        name = "short"
        label = "Short"
        kind = "video"
        endpoint = "a/b"
        api_model = "short"
        prompt_limit = 10
        price = { per = "video", amount = 0.5 }
    """)

    assert catalogue.cheapest(Kind.VIDEO).name == "short"
