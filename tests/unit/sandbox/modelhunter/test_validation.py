"""Validation: what the sandbox API accepts and refuses."""

import json

import pytest

from sandbox.modelhunter.endpoints import ENDPOINTS
from sandbox.modelhunter.errors import ApiError
from sandbox.modelhunter.validation import new_task


def _refusal(path: str, body: object) -> ApiError:
    provider, capability = path.split("/")
    with pytest.raises(ApiError) as caught:
        new_task(provider, capability, json.dumps(body).encode())
    return caught.value


FILE = "https://cdn.modelhunter.ai/files/file_abc123.jpg"
# What each endpoint needs at the least, beside the model.
LEAST: dict[str, dict[str, object]] = {
    "vidu/text-to-video": {"prompt": "x"},
    "vidu/image-to-video": {"image_url": FILE},
    "vidu/reference-to-video": {"prompt": "x", "images": [FILE]},
    "vidu/start-end-to-video": {"prompt": "x", "images": [FILE, FILE]},
    "kling/text-to-video": {"prompt": "x"},
    "kling/image-to-video": {"prompt": "x", "image": FILE},
    "seedance/text-to-video": {"prompt": "x", "duration": 6},
    "seedance/image-to-video": {"image": FILE},
    "seedance/multimodal-video": {"prompt": "x"},
    "veo/text-to-video": {"prompt": "x"},
    "veo/image-to-video": {"prompt": "x", "image_urls": [FILE]},
    "grok/text-to-video": {"prompt": "x"},
    "grok/image-to-video": {"prompt": "x", "image_urls": [FILE]},
    "seedream/text-to-image": {"prompt": "x"},
    "seedream/image-to-image": {"prompt": "x", "image": FILE},
    "gemini/text-to-image": {"prompt": "x"},
    "gemini/image-to-image": {"prompt": "x", "image_input": [FILE]},
    "elevenlabs/text-to-speech": {"dialogue": [{"text": "hello"}]},
}


def test_every_endpoint_has_its_least_input() -> None:
    """The table of least inputs is complete."""
    assert {tuple(path.split("/")) for path in LEAST} == set(ENDPOINTS)


@pytest.mark.parametrize("path", LEAST)
def test_every_model_of_every_endpoint_is_taken(path: str) -> None:
    """Each documented model is taken with the least that its endpoint needs, and with no less."""
    provider, capability = path.split("/")
    for model in ENDPOINTS[provider, capability].models:
        body = {"model": model, "input": LEAST[path], "metadata": {"job_id": "1"}}
        request = new_task(provider, capability, json.dumps(body).encode())
        assert (request.model, request.metadata) == (model, {"job_id": "1"})
        for name in LEAST[path].keys() - ({"prompt"} if provider == "vidu" else set()):
            less = {key: value for key, value in LEAST[path].items() if key != name}
            assert _refusal(path, {**body, "input": less}).status == 400


@pytest.mark.parametrize(
    ("path", "model", "changes", "field"),
    [
        ("vidu/text-to-video", "viduq3-pro", {"prompt": "x" * 2001}, "prompt"),
        ("vidu/text-to-video", "viduq3-pro", {"duration": 17}, "duration"),
        ("vidu/text-to-video", "viduq2-pro", {"duration": 11}, "duration"),
        ("vidu/text-to-video", "viduq2-pro", {"audio": True}, "audio"),
        ("vidu/text-to-video", "viduq3-pro", {"audio": "on"}, "audio"),
        ("vidu/text-to-video", "viduq3-pro", {"aspect_ratio": "21:9"}, "aspect_ratio"),
        ("vidu/text-to-video", "viduq3-pro", {"colour": "red"}, "colour"),
        ("vidu/image-to-video", "viduq2-pro", {"image_url": "fox.png"}, "image_url"),
        ("vidu/image-to-video", "viduq2-pro", {"aspect_ratio": "16:9"}, "aspect_ratio"),
        ("kling/image-to-video", "kling-v3", {"duration": 2}, "duration"),
        ("kling/image-to-video", "kling-v2-6", {"duration": 7}, "duration"),
        ("kling/image-to-video", "kling-v3", {"sound": True}, "sound"),
        ("kling/image-to-video", "kling-v2-6", {"image_tail": FILE}, "image_tail"),
        ("kling/image-to-video", "kling-v2-6", {"multi_shot": "true"}, "multi_shot"),
        ("kling/image-to-video", "kling-v3", {"multi_prompt": [{}]}, "multi_prompt"),
        (
            "kling/image-to-video",
            "kling-v3",
            {"multi_shot": "true", "multi_prompt": [{}] * 7},
            "multi_prompt",
        ),
        ("seedance/text-to-video", "seedance-1-5-pro", {"duration": 3}, "duration"),
        ("seedance/text-to-video", "seedance-1-0-pro", {"duration": 2.5}, "duration"),
        ("seedance/text-to-video", "seedance-1-0-pro", {"ratio": "adaptive"}, "ratio"),
        ("seedance/text-to-video", "seedance-1-0-pro", {"seed": 4_294_967_296}, "seed"),
        ("seedance/text-to-video", "seedance-1-0-pro", {"aspect_ratio": "1:1"}, "aspect_ratio"),
        ("seedance/image-to-video", "seedance-1-0-pro-fast", {"last_image": FILE}, "last_image"),
        (
            "seedance/image-to-video",
            "seedance-1-0-pro",
            {"reference_images": [FILE]},
            "reference_images",
        ),
        (
            "seedance/image-to-video",
            "seedance-1-0-lite-i2v",
            {"reference_images": [FILE] * 5},
            "reference_images",
        ),
        (
            "seedance/multimodal-video",
            "bytedance/seedance-2",
            {"first_frame_url": "data:image/png;base64,AA=="},
            "first_frame_url",
        ),
        (
            "seedance/multimodal-video",
            "bytedance/seedance-2",
            {"reference_image_urls": [FILE] * 10},
            "reference_image_urls",
        ),
        (
            "seedance/multimodal-video",
            "bytedance/seedance-2",
            {"reference_video_urls": [FILE] * 4},
            "reference_video_urls",
        ),
        (
            "seedance/multimodal-video",
            "bytedance/seedance-2",
            {"reference_audio_urls": [FILE]},
            "reference_audio_urls",
        ),
        (
            "seedance/multimodal-video",
            "bytedance/seedance-2",
            {"reference_image_urls": [FILE], "reference_audio_urls": [FILE] * 4},
            "reference_audio_urls",
        ),
        ("veo/image-to-video", "veo3", {"image_urls": [FILE] * 3}, "image_urls"),
        ("veo/image-to-video", "veo3", {"image_urls": [7]}, "image_urls"),
        ("veo/image-to-video", "veo3", {"seed": 9999}, "seed"),
        ("veo/image-to-video", "veo3", {"watermark": True}, "watermark"),
        ("veo/text-to-video", "veo3", {"duration": 8}, "duration"),
        ("grok/text-to-video", "grok-imagine/text-to-video", {"duration": "7"}, "duration"),
        ("seedream/text-to-image", "seedream-4-5", {"size": "1K"}, "size"),
        ("seedream/text-to-image", "seedream-4-5", {"size": "1024x1024"}, "size"),
        ("seedream/text-to-image", "seedream-4-0", {"size": "2000x2000"}, "size"),
        ("seedream/text-to-image", "seedream-5-0-lite", {"size": "2048x2048"}, "size"),
        ("seedream/text-to-image", "seedream-3-0-t2i", {"size": "256x256"}, "size"),
        ("seedream/text-to-image", "seedream-3-0-t2i", {"guidance_scale": 11}, "guidance_scale"),
        ("seedream/text-to-image", "seedream-4-0", {"seed": 1}, "seed"),
        ("seedream/text-to-image", "seedream-4-0", {"size": "2K", "width": 1024}, "width"),
        ("seedream/image-to-image", "seedream-4-0", {"images": [FILE] * 15}, "images"),
        ("seedream/image-to-image", "seedream-5-0-lite", {"web_search": True}, "web_search"),
        ("gemini/image-to-image", "nano-banana-2", {"image_input": FILE}, "image_input"),
        ("gemini/text-to-image", "nano-banana-2", {"image_input": [FILE]}, "image_input"),
        (
            "elevenlabs/text-to-speech",
            "elevenlabs/text-to-dialogue-v3",
            {"dialogue": [{"text": "a"}, {"voice": "x"}]},
            "dialogue",
        ),
    ],
)
def test_a_value_outside_its_range_is_refused(
    path: str, model: str, changes: dict[str, object], field: str
) -> None:
    """What the pages do not allow is a 400 that names the field."""
    refusal = _refusal(path, {"model": model, "input": {**LEAST[path], **changes}})
    assert (refusal.status, refusal.code) == (400, "VALIDATION_ERROR")
    assert refusal.details is not None
    assert refusal.details["field"] == field


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("vidu/text-to-video", {"input": {"prompt": "x"}}, "model"),
        ("vidu/text-to-video", {"model": "viduq3-pro"}, "input"),
        ("vidu/text-to-video", {"model": "viduq3-pro", "input": {}}, "prompt"),
        ("vidu/text-to-video", {"model": "viduq3-pro", "input": {"prompt": ""}}, "prompt"),
        ("vidu/text-to-video", {"model": "viduq3-pro", "input": {"prompt": 7}}, "prompt"),
        (
            "vidu/text-to-video",
            {"model": "viduq3-pro", "input": {"prompt": "x", "duration": "5"}},
            "duration",
        ),
        (
            "vidu/text-to-video",
            {"model": "viduq3-pro", "input": {"prompt": "x", "duration": True}},
            "duration",
        ),
        (
            "grok/text-to-video",
            {"model": "grok-imagine/text-to-video", "input": {"prompt": "x", "duration": 6}},
            "duration",
        ),
        (
            "seedance/text-to-video",
            {"model": "seedance-1-5-pro", "input": {"prompt": "x"}},
            "duration",
        ),
        (
            "elevenlabs/text-to-speech",
            {"model": "elevenlabs/text-to-dialogue-v3", "input": {"prompt": "x"}},
            "dialogue",
        ),
        (
            "elevenlabs/text-to-speech",
            {"model": "elevenlabs/text-to-dialogue-v3", "input": {"dialogue": "x"}},
            "dialogue",
        ),
        (
            "veo/text-to-video",
            {"model": "veo3", "input": {"prompt": "x"}, "metadata": "job"},
            "metadata",
        ),
        (
            "veo/text-to-video",
            {"model": "veo3", "input": {"prompt": "x"}, "webhookUrl": 5},
            "webhookUrl",
        ),
        ("veo/text-to-video", [], "body"),
    ],
)
def test_a_wrong_input_is_a_400_that_names_the_field(path: str, body: object, field: str) -> None:
    """What is missing or of the wrong type is named in the details."""
    refusal = _refusal(path, body)
    assert (refusal.status, refusal.code) == (400, "VALIDATION_ERROR")
    assert refusal.details is not None
    assert refusal.details["field"] == field


@pytest.mark.parametrize(
    ("path", "model", "code"),
    [
        ("sora/text-to-video", "sora", "PROVIDER_NOT_FOUND"),
        ("veo/text-to-speech", "veo3", "NOT_FOUND"),
        ("veo/text-to-video", "veo2", "MODEL_NOT_FOUND"),
    ],
)
def test_an_unknown_endpoint_or_model_is_a_404(path: str, model: str, code: str) -> None:
    """Unknown providers, capabilities and models each have their code."""
    refusal = _refusal(path, {"model": model, "input": {"prompt": "x"}})
    assert (refusal.status, refusal.code) == (404, code)


def test_the_error_envelope_leaves_out_missing_details() -> None:
    """Details are part of the envelope only where there are some."""
    assert ApiError(404, "NOT_FOUND", "gone").envelope() == {
        "success": False,
        "error": {"code": "NOT_FOUND", "message": "gone"},
    }
