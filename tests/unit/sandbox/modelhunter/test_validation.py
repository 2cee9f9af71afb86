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


@pytest.mark.parametrize(("provider", "capability"), ENDPOINTS)
def test_every_model_of_every_endpoint_is_taken(provider: str, capability: str) -> None:
    """Each documented model is taken with its text and a duration of the right type."""
    endpoint = ENDPOINTS[provider, capability]
    text = (
        {"dialogue": [{"text": "hello"}]} if endpoint.text_field == "dialogue" else {"prompt": "x"}
    )
    duration: object = "6" if endpoint.duration_is_text else 6
    for model in endpoint.models:
        body = {
            "model": model,
            "input": {**text, "duration": duration},
            "metadata": {"job_id": "1"},
        }
        request = new_task(provider, capability, json.dumps(body).encode())
        assert (request.model, request.metadata) == (model, {"job_id": "1"})


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
