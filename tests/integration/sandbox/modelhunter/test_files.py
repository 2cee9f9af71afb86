"""Files are handed to the sandbox API by three calls, each with the rules of its page."""

import asyncio
from typing import Any

import pytest

from tests.integration.sandbox.modelhunter.calls import Answer, Caller

PICTURE = b"\x89PNG picture"
IMAGE = {"filename": "fox.png", "contentType": "image/png", "sizeBytes": len(PICTURE)}


async def _announced(caller: Caller) -> Any:
    answer = await caller.call("POST", "/files/upload-url", IMAGE)
    assert answer.status == 200
    return answer.body["data"]


async def _put(
    caller: Caller, url: str, content: bytes = PICTURE, headers: dict[str, str] | None = None
) -> int:
    sent = {"Content-Type": "image/png", **(headers or {})}
    async with caller.session.put(url, data=content, headers=sent) as response:
        return response.status


async def _complete(caller: Caller, file_id: str) -> Answer:
    return await caller.call("POST", f"/files/{file_id}/complete")


async def _animate(caller: Caller, address: str) -> Answer:
    body = {"model": "viduq3-turbo", "input": {"prompt": "run", "image": address}}
    return await caller.call("POST", "/vidu/image-to-video", body)


async def test_a_file_has_an_address_that_tasks_take(caller: Caller) -> None:
    """Place, file, completion: then its address opens it to anyone, whole or in part."""
    place = await _announced(caller)
    assert await _put(caller, place["upload_url"]) == 200
    done = (await _complete(caller, place["file_id"])).body["data"]
    assert (done["content_type"], done["size_bytes"]) == ("image/png", len(PICTURE))
    assert await caller.download(done["url"]) == (200, "image/png", PICTURE)
    async with caller.session.get(done["url"], headers={"Range": "bytes=0-0"}) as response:
        assert (response.status, await response.read()) == (206, PICTURE[:1])
    assert (await _animate(caller, done["url"])).status == 202
    assert (await _complete(caller, place["file_id"])).body["data"] == done


async def test_a_file_is_complete_only_once_it_is_there(caller: Caller) -> None:
    """To complete what was not put is a conflict, and what is not known is not found."""
    place = await _announced(caller)
    assert (await _complete(caller, place["file_id"])).status == 409
    assert (await _complete(caller, "file_0")).status == 404


async def test_a_place_takes_one_file_as_announced_for_fifteen_minutes(caller: Caller) -> None:
    """The type is part of what is signed; the length is that of the announcement; no key is sent."""
    url = (await _announced(caller))["upload_url"]
    assert await _put(caller, url, PICTURE + b"!") == 400
    assert await _put(caller, url, headers={"Content-Type": "image/jpeg"}) == 403
    assert await _put(caller, url, headers={"Authorization": "Bearer key"}) == 400
    assert await _put(caller, f"{url}0") == 403
    caller.clock.now += 15 * 60
    assert await _put(caller, url) == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contentType", "application/pdf"),
        ("sizeBytes", 0),
        ("sizeBytes", 50_000_001),
        ("sizeBytes", "7"),
        ("filename", ""),
    ],
)
async def test_what_is_no_file_for_a_model_is_refused(
    caller: Caller, field: str, value: object
) -> None:
    """Types and sizes are those of the page."""
    answer = await caller.call("POST", "/files/upload-url", {**IMAGE, field: value})
    assert (answer.status, answer.body["error"]["details"]["field"]) == (400, field)


@pytest.mark.parametrize("path", ["/files/file_0.png", "/uploads/file_0", "/elsewhere", "/files/"])
async def test_a_task_takes_no_file_that_is_not_there(caller: Caller, path: str) -> None:
    """An address of this server is that of a complete file."""
    origin = caller.api.url.removesuffix("/api/v1")
    assert (await _animate(caller, f"{origin}{path}")).status == 400


async def test_a_task_takes_public_addresses_alone(caller: Caller) -> None:
    """The API can fetch from anywhere but from the client's own machine."""
    assert (await _animate(caller, "http://127.0.0.1:1/fox.png")).status == 400
    assert (await _animate(caller, "https://pictures.example/fox.png")).status == 202


async def test_the_calls_of_files_fail_as_others_do(caller: Caller) -> None:
    """Faults are named by the path, that of the PUT too."""
    caller.api.faults.add("PUT", "/uploads/*", status=500)
    caller.api.faults.add("POST", "/files/*/complete", status=429)
    place = await _announced(caller)
    assert await _put(caller, place["upload_url"]) == 500
    assert (await _complete(caller, place["file_id"])).status == 429
    assert await _put(caller, place["upload_url"]) == 200
    await asyncio.sleep(0)
    assert (await _complete(caller, place["file_id"])).status == 200
