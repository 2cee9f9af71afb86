"""Input fields: what each endpoint of the sandbox API takes in `input`, as data.

The table follows the endpoint and model pages of the ModelHunter docs, and knows nothing of the bot,
whose assumptions are not repeated. Where a page was cut off, or none was found, names that are known
from elsewhere are taken. Endpoints of which not even the names of the inputs are known are *open*:
they take any further keys, of which one must be a file's address. Elsewhere an unknown key is
refused, as a misspelled one would be ignored in silence; the pages do not say what the API does.
"""

import dataclasses
from collections.abc import Callable, Mapping

from sandbox.modelhunter.fields import (
    Address,
    Addresses,
    Field,
    Flag,
    Number,
    Objects,
    OneOf,
    Size,
    Text,
)

Fields = Mapping[str, Field]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InputFields:
    """The keys that an endpoint takes for a model.

    *only_with* names keys of which one must be there too, *only_when* a key and the value that it
    must have, *pairs* those that exclude each other, and *one_of* those of which one is required.
    """

    fields: Fields
    only_with: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    only_when: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    pairs: frozenset[tuple[str, str]] = frozenset()
    one_of: frozenset[str] = frozenset()
    open: bool = False


_PROMPT = Text(required=True)
_RATIOS = OneOf(values=["16:9", "4:3", "1:1", "3:4", "9:16", "21:9"])
_RATIOS_ADAPTIVE = OneOf(values=[*_RATIOS.values, "adaptive"])
_RESOLUTION = OneOf(values=["480p", "720p", "1080p"])


def _without(fields: Fields, *names: str) -> dict[str, Field]:
    return {name: field for name, field in fields.items() if name not in names}


# Vidu ---------------------------------------------------------------------------------------------


def _vidu(model: str) -> Fields:
    is_q3 = model.startswith("viduq3")
    fields: dict[str, Field] = {
        "prompt": Text(required=True, longest=2000),
        "duration": Number(low=1, high=16 if is_q3 else 10),
        "aspect_ratio": OneOf(values=["16:9", "9:16", "1:1", "4:3", "3:4"]),
        "resolution": OneOf(values=["540p", "720p", "1080p"]),
        "style": OneOf(values=["general", "anime"]),
        "audio": Flag(),
        "seed": Number(),
        "off_peak": Flag(),
    }
    return fields if is_q3 else _without(fields, "audio")


def _vidu_image_to_video(model: str) -> InputFields:
    fields = {**_without(_vidu(model), "aspect_ratio", "style"), "prompt": Text(longest=2000)}
    either = {"image_url": Address(), "image": Address()}
    return InputFields(fields={**fields, **either}, one_of=frozenset(either))


# Kling --------------------------------------------------------------------------------------------


def _kling(model: str) -> Fields:
    is_v3 = model == "kling-v3"
    fields: dict[str, Field] = {
        "prompt": _PROMPT,
        "negative_prompt": Text(),
        "duration": Number(low=3, high=15, whole=True) if is_v3 else OneOf(values=[5, 10]),
        "aspect_ratio": OneOf(values=["16:9", "9:16", "1:1"]),
        "mode": OneOf(values=["std", "pro"]),
        "sound": OneOf(values=["on", "off"]),
        "multi_shot": OneOf(values=["true", "intelligence"]),
        "multi_prompt": Objects(most=6),
        "element_list": Objects(),
        "voice_list": Objects(),
    }
    return fields if is_v3 else _without(fields, "multi_shot", "multi_prompt")


_MULTI_PROMPT = {"multi_prompt": frozenset({"multi_shot"})}


def _kling_text_to_video(model: str) -> InputFields:
    return InputFields(fields=_kling(model), only_with=_MULTI_PROMPT)


def _kling_image_to_video(model: str) -> InputFields:
    fields = {**_kling(model), "image": Address(required=True), "image_tail": Address()}
    return InputFields(
        fields=fields,
        only_with=_MULTI_PROMPT,
        only_when={"image_tail": ("mode", "pro")} if model == "kling-v2-6" else {},
    )


# Seedance -----------------------------------------------------------------------------------------


def _seedance(model: str) -> dict[str, Field]:
    shortest = 4 if model == "seedance-1-5-pro" else 2
    return {
        "prompt": _PROMPT,
        "duration": Number(required=True, low=shortest, high=12, whole=True),
        "resolution": _RESOLUTION,
        "ratio": _RATIOS_ADAPTIVE if model == "seedance-1-5-pro" else _RATIOS,
        "seed": Number(low=-1, high=4_294_967_295, whole=True),
        # The page was cut off; these are known from an unofficial client.
        "camera_fixed": Flag(),
        "watermark": Flag(),
        "generate_audio": Flag(),
    }


def _seedance_text_to_video(model: str) -> InputFields:
    return InputFields(fields={**_seedance(model), "draft": Flag(), "service_tier": Text()})


def _seedance_image_to_video(model: str) -> InputFields:
    common = _seedance(model)
    fields: dict[str, Field] = {
        **common,
        "prompt": Text(),
        "duration": dataclasses.replace(common["duration"], required=False),
        "ratio": _RATIOS_ADAPTIVE,
        "return_last_frame": Flag(),
        "image": Address(required=True, data=True),
    }
    if model != "seedance-1-0-pro-fast":
        fields["last_image"] = Address(data=True)
    if model == "seedance-1-0-lite-i2v":
        fields["reference_images"] = Addresses(most=4, data=True)
    return InputFields(fields=fields)


_VISUAL_REFERENCES = frozenset({"reference_image_urls", "reference_video_urls"})


_SEEDANCE_MULTIMODAL = InputFields(
    fields={
        "prompt": Text(required=True, longest=5000),
        "first_frame_url": Address(),
        "last_frame_url": Address(),
        "reference_image_urls": Addresses(most=9),
        "reference_video_urls": Addresses(most=3),
        "reference_audio_urls": Addresses(most=3),
        "generate_audio": Flag(),
        "resolution": _RESOLUTION,
        "aspect_ratio": Text(),
        "duration": Number(low=1),
        "web_search": Flag(),
        "nsfw_checker": Flag(),
    },
    only_with={"reference_audio_urls": _VISUAL_REFERENCES},
)


# Veo and Grok -------------------------------------------------------------------------------------

_VEO: Fields = {
    "prompt": _PROMPT,
    "aspect_ratio": OneOf(values=["16:9", "9:16", "Auto"]),
    "seed": Number(low=10_000, high=99_999, whole=True),
    "enable_translation": Flag(),
    "watermark": Text(),
}
_VEO_IMAGES: Fields = {"image_urls": Addresses(required=True, most=2)}
_GROK: Fields = {
    "prompt": _PROMPT,
    "duration": OneOf(values=["6", "10", "15"]),
    "resolution": OneOf(values=["480p", "720p"]),
    "aspect_ratio": OneOf(values=["16:9", "9:16", "1:1", "3:2", "2:3"]),
    "mode": OneOf(values=["normal", "fun", "spicy"]),
}

# Images -------------------------------------------------------------------------------------------

_MOST_PIXELS = 16_777_216
_SEEDREAM_SIZES: Mapping[str, Size] = {
    "seedream-5-0-lite": Size(named=["2K", "3K"]),
    "seedream-4-5": Size(named=["2K", "4K"], pixels=(3_686_400, _MOST_PIXELS), multiple=128),
    "seedream-4-0": Size(named=["1K", "2K", "4K"], pixels=(921_600, _MOST_PIXELS), multiple=128),
    "seedream-3-0-t2i": Size(named=[], pixels=(512 * 512, 2048 * 2048), sides=(512, 2048)),
    "seededit-3-0-i2i": Size(named=[], pixels=(512 * 512, 2048 * 2048), sides=(512, 2048)),
}
_SIZE_OR_SIDES = frozenset({("size", "width"), ("size", "height")})


def _seedream(model: str) -> dict[str, Field]:
    fields: dict[str, Field] = {
        "prompt": _PROMPT,
        "size": _SEEDREAM_SIZES[model],
        "width": Number(low=1, whole=True),
        "height": Number(low=1, whole=True),
        "optimize_prompt": OneOf(
            values=["standard"] if model == "seedream-5-0-lite" else ["standard", "fast"]
        ),
        "watermark": Flag(),
        "response_format": OneOf(values=["url"]),
    }
    if model in {"seedream-3-0-t2i", "seededit-3-0-i2i"}:
        fields["seed"] = Number(low=-1, high=2_147_483_647, whole=True)
        fields["guidance_scale"] = Number(low=1, high=10)
    return fields


def _seedream_text_to_image(model: str) -> InputFields:
    fields = _seedream(model)
    if model == "seedream-5-0-lite":
        fields |= {"output_format": OneOf(values=["png", "jpeg"]), "web_search": Flag()}
    return InputFields(fields=fields, pairs=_SIZE_OR_SIDES)


def _seedream_image_to_image(model: str) -> InputFields:
    inputs: Fields = {
        "image": Address(required=True, data=True),
        "images": Addresses(most=14, data=True),
    }
    return InputFields(fields={**_seedream(model), **inputs}, pairs=_SIZE_OR_SIDES)


# The values of these are not printed.
_GEMINI: Fields = {
    "prompt": _PROMPT,
    "aspect_ratio": Text(),
    "resolution": Text(),
    "output_format": Text(),
    "google_search": Flag(),
}
_GEMINI_IMAGES: Fields = {"image_input": Addresses(required=True)}
_SPEECH: Fields = {
    "dialogue": Objects(required=True, fields={"text": Text(required=True), "voice": Text()}),
    "stability": Number(),
    "language_code": Text(),
}


_BY_ENDPOINT: Mapping[tuple[str, str], Callable[[str], InputFields]] = {
    ("vidu", "text-to-video"): lambda model: InputFields(fields=_vidu(model)),
    ("vidu", "image-to-video"): _vidu_image_to_video,
    ("vidu", "reference-to-video"): lambda model: InputFields(fields=_vidu(model), open=True),
    ("vidu", "start-end-to-video"): lambda model: InputFields(fields=_vidu(model), open=True),
    ("kling", "text-to-video"): _kling_text_to_video,
    ("kling", "image-to-video"): _kling_image_to_video,
    ("seedance", "text-to-video"): _seedance_text_to_video,
    ("seedance", "image-to-video"): _seedance_image_to_video,
    ("seedance", "multimodal-video"): lambda _: _SEEDANCE_MULTIMODAL,
    ("veo", "text-to-video"): lambda _: InputFields(fields=_VEO),
    ("veo", "image-to-video"): lambda _: InputFields(fields={**_VEO, **_VEO_IMAGES}),
    ("grok", "text-to-video"): lambda _: InputFields(fields=_GROK),
    ("grok", "image-to-video"): lambda _: InputFields(fields=_GROK, open=True),
    ("seedream", "text-to-image"): _seedream_text_to_image,
    ("seedream", "image-to-image"): _seedream_image_to_image,
    ("gemini", "text-to-image"): lambda _: InputFields(fields=_GEMINI),
    ("gemini", "image-to-image"): lambda _: InputFields(fields={**_GEMINI, **_GEMINI_IMAGES}),
    ("elevenlabs", "text-to-speech"): lambda _: InputFields(fields=_SPEECH),
}


def input_fields(provider: str, capability: str, model: str) -> InputFields:
    """Return what `POST /{provider}/{capability}` takes for *model*; raises LookupError."""
    return _BY_ENDPOINT[provider, capability](model)
