"""Endpoints: the providers, capabilities and models of the sandbox API, as data.

Paths, model ids, prices and estimates follow the endpoint and model pages of the ModelHunter docs;
of a price range the lower end is kept, so that a sandbox task costs no more than was announced.
"""

import dataclasses
import enum
from collections.abc import Mapping
from decimal import Decimal


class Kind(enum.StrEnum):
    """What an endpoint makes."""

    VIDEO = "video"
    IMAGE = "image"
    SPEECH = "speech"

    @property
    def medium(self) -> str:
        """The `type` of a task, in the API's word."""
        return "audio" if self is Kind.SPEECH else self.value


class PriceUnit(enum.StrEnum):
    """The quantity that a price is for."""

    SECOND = "second"
    REQUEST = "request"
    THOUSAND_CHARACTERS = "1,000 characters"


@dataclasses.dataclass(frozen=True, slots=True)
class Price:
    """An amount in US dollars for one unit."""

    amount: Decimal
    unit: PriceUnit


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One path of the API: what it makes, with which models; `input_fields` has its inputs."""

    kind: Kind
    models: Mapping[str, Price]
    estimated_seconds: int


def _per_second(amount: str) -> Price:
    return Price(Decimal(amount), PriceUnit.SECOND)


def _per_request(amount: str) -> Price:
    return Price(Decimal(amount), PriceUnit.REQUEST)


_VIDU = {
    "viduq3-pro": _per_second("0.07"),
    "viduq3-turbo": _per_second("0.04"),
    "viduq2-pro": _per_second("0.05"),
    "viduq2-turbo": _per_second("0.03"),
    "viduq2-pro-fast": _per_second("0.03"),
}
_KLING = {"kling-v3": _per_second("0.084"), "kling-v2-6": _per_request("0.21")}
_SEEDANCE = {
    "seedance-1-5-pro": _per_second("0.012"),
    "seedance-1-0-pro": _per_second("0.024"),
    "seedance-1-0-pro-fast": _per_second("0.010"),
}
_SEEDANCE_LITE = _per_second("0.017")
_VEO = {"veo3": _per_request("3.20"), "veo3_fast": _per_request("1.20")}
_GROK = _per_second("0.07")
_SEEDREAM = {
    "seedream-5-0-lite": _per_request("0.04"),
    "seedream-4-5": _per_request("0.04"),
    "seedream-4-0": _per_request("0.03"),
}
_NANO_BANANA = {"nano-banana-2": _per_request("0.08")}
_DIALOGUE = Price(Decimal("0.12"), PriceUnit.THOUSAND_CHARACTERS)


def _video(models: Mapping[str, Price], estimated_seconds: int) -> Endpoint:
    return Endpoint(kind=Kind.VIDEO, models=models, estimated_seconds=estimated_seconds)


def _image(models: Mapping[str, Price]) -> Endpoint:
    return Endpoint(kind=Kind.IMAGE, models=models, estimated_seconds=10)


ENDPOINTS: Mapping[tuple[str, str], Endpoint] = {
    ("vidu", "text-to-video"): _video(_VIDU, 30),
    ("vidu", "image-to-video"): _video(_VIDU, 30),
    ("vidu", "reference-to-video"): _video(_VIDU, 30),
    ("vidu", "start-end-to-video"): _video(_VIDU, 30),
    ("kling", "text-to-video"): _video(_KLING, 60),
    ("kling", "image-to-video"): _video(_KLING, 60),
    ("seedance", "text-to-video"): _video(
        {**_SEEDANCE, "seedance-1-0-lite-t2v": _SEEDANCE_LITE}, 60
    ),
    ("seedance", "image-to-video"): _video(
        {**_SEEDANCE, "seedance-1-0-lite-i2v": _SEEDANCE_LITE}, 60
    ),
    ("seedance", "multimodal-video"): _video({"bytedance/seedance-2": _per_second("0.095")}, 300),
    ("veo", "text-to-video"): _video(_VEO, 90),
    ("veo", "image-to-video"): _video(_VEO, 90),
    ("grok", "text-to-video"): _video({"grok-imagine/text-to-video": _GROK}, 60),
    ("grok", "image-to-video"): _video({"grok-imagine/image-to-video": _GROK}, 60),
    ("seedream", "text-to-image"): _image({**_SEEDREAM, "seedream-3-0-t2i": _per_request("0.03")}),
    ("seedream", "image-to-image"): _image({**_SEEDREAM, "seededit-3-0-i2i": _per_request("0.02")}),
    ("gemini", "text-to-image"): _image(_NANO_BANANA),
    ("gemini", "image-to-image"): _image(_NANO_BANANA),
    ("elevenlabs", "text-to-speech"): Endpoint(
        kind=Kind.SPEECH,
        models={"elevenlabs/text-to-dialogue-v3": _DIALOGUE},
        estimated_seconds=30,
    ),
}

PROVIDERS = frozenset(provider for provider, _ in ENDPOINTS)
