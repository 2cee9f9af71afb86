"""The calls that hand a file over, but for the one that carries it."""

import pytest

from bot.modelhunter import Malformed, ModelHunterClient, Rejected
from tests.integration.modelhunter.script import KEY, Script, envelope


async def test_a_place_is_asked_for_by_name_type_and_bytes(
    script: Script, client: ModelHunterClient
) -> None:
    """The body is that of the documentation, and the address of the place is read as it is."""
    url = "https://storage.example/put/1?sig=a%2Fb&x=1"
    data = {"upload_url": url, "file_id": "file_1", "expires_at": "2026-01-01T00:00:00Z"}
    script.answer(200, {"success": True, "data": data})
    place = await client.upload_place(name="input.png", media_type="image/png", size=7)
    assert (place.url, place.file_id) == (url, "file_1")
    assert "sig" not in repr(place)
    assert script.asked == [
        (
            "POST",
            "/api/v1/files/upload-url",
            {"filename": "input.png", "contentType": "image/png", "sizeBytes": 7},
        )
    ]
    assert script.headers[0]["Authorization"] == f"Bearer {KEY}"


async def test_a_complete_file_has_an_address(script: Script, client: ModelHunterClient) -> None:
    """The id of a file may hold any character, and names no other resource."""
    url = "https://cdn.example/files/file_1.png"
    script.answer(200, {"success": True, "data": {"id": "a/../b", "url": url}})
    assert await client.complete_upload("a/../b?c") == url
    assert script.asked == [("POST", "/api/v1/files/a%2F..%2Fb%3Fc/complete", None)]
    with pytest.raises(Malformed):
        await client.complete_upload("..")


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"url": ""},
        {"url": 3, "upload_url": 3, "file_id": "f"},
        {"url": "ftp://x/a", "upload_url": "https://x/a"},
        {"url": "https://x/a b", "upload_url": "https://x/a b", "file_id": "f"},
        {"url": "https://x/" + "a" * 5000, "upload_url": "https://x/" + "a" * 5000, "file_id": "f"},
    ],
)
async def test_an_answer_without_an_address_is_none(
    script: Script, client: ModelHunterClient, data: object
) -> None:
    """Nothing is put where the answer does not clearly say, and nothing else is sent as an address."""
    script.answer(200, {"success": True, "data": data})
    with pytest.raises(Malformed):
        await client.upload_place(name="a", media_type="image/png", size=1)
    with pytest.raises(Malformed):
        await client.complete_upload("file_1")


async def test_a_file_that_may_not_be_uploaded_is_rejected(
    script: Script, client: ModelHunterClient
) -> None:
    """The API's own words come with it."""
    script.answer(400, envelope("VALIDATION_ERROR"))
    with pytest.raises(Rejected) as caught:
        await client.upload_place(name="a", media_type="image/png", size=1)
    assert (caught.value.code, caught.value.status) == ("VALIDATION_ERROR", 400)
