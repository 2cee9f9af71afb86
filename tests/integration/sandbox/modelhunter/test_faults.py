"""The sandbox API's faults, as a client sees them."""

import asyncio
import json

import aiohttp
import pytest

from sandbox.modelhunter import Script, open_sandbox_api
from sandbox.modelhunter.list_faults import ListFault
from tests.integration.sandbox.modelhunter.calls import FOX, Caller
from tests.manual_clock import ManualClock


async def _raw(caller: Caller, method: str, path: str) -> tuple[aiohttp.ClientResponse, bytes]:
    async with caller.session.request(
        method,
        f"{caller.api.url}{path}",
        json=FOX if method == "POST" else None,
        headers={"Authorization": f"Bearer {caller.api.key}"},
    ) as response:
        return response, await response.read()


async def test_a_connection_cut_before_leaves_no_task(caller: Caller) -> None:
    """The answer is lost and nothing happened; the next call works."""
    fault = caller.api.faults.add("POST", "/*/text-to-video", cut="before")
    with pytest.raises(aiohttp.ClientConnectionError):
        await caller.create()
    assert not caller.api.tasks
    assert fault.injected == 1
    await caller.create()
    assert [request.status for request in caller.api.requests] == [None, 202]


async def test_a_connection_cut_after_leaves_a_task(caller: Caller) -> None:
    """The answer is lost, but the task was created and is in the list."""
    caller.api.faults.add("POST", "/*/text-to-video", cut="after", times=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await caller.create(metadata={"job_id": "7"})
    (task,) = caller.api.tasks.values()
    listed = (await caller.call("GET", "/tasks")).body["data"]
    assert [(item["id"], item["metadata"]) for item in listed] == [(task.id, {"job_id": "7"})]


async def test_a_cancel_cut_after_has_cancelled(caller: Caller) -> None:
    """A lost answer to a DELETE leaves a cancelled task behind."""
    task_id = await caller.create(Script.endless())
    # aiohttp's client repeats a DELETE whose kept connection broke, so both of them are cut.
    caller.api.faults.add("DELETE", "/tasks/*", cut="after", times=2)
    with pytest.raises(aiohttp.ClientConnectionError):
        await caller.call("DELETE", f"/tasks/{task_id}")
    assert caller.api.status(task_id) == "cancelled"


async def test_an_answer_cut_in_the_middle_is_short(caller: Caller) -> None:
    """The whole length is announced, and the connection ends before it."""
    caller.api.faults.add("GET", "/tasks", cut="middle")
    with pytest.raises(aiohttp.ClientPayloadError):
        await _raw(caller, "GET", "/tasks")


async def test_a_file_cut_in_the_middle_is_short(caller: Caller) -> None:
    """Half of a result arrives, of the length that was announced; the next try gets it all."""
    url = (await caller.task(await caller.create(Script.too_big(1_000_000))))["result"][0]["url"]
    caller.api.faults.add("GET", "/results/*", cut="middle")
    async with caller.session.get(url) as response:
        assert response.content_length == 1_000_000
        assert len(await response.content.readexactly(500_000)) == 500_000
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.content.read()
    assert len((await caller.download(url))[2]) == 1_000_000


async def test_a_fault_status_comes_with_envelope_and_headers(caller: Caller) -> None:
    """A 429 carries the code, the message and Retry-After, and the call has no effect."""
    caller.api.faults.add(
        "POST",
        "/vidu/*",
        status=429,
        code="RATE_LIMITED",
        message="slow",
        headers={"Retry-After": "7"},
    )
    response, body = await _raw(caller, "POST", "/vidu/text-to-video")
    assert (response.status, response.headers["Retry-After"]) == (429, "7")
    assert json.loads(body)["error"] == {"code": "RATE_LIMITED", "message": "slow"}
    assert not caller.api.tasks


async def test_a_fault_status_can_hide_an_effect(caller: Caller) -> None:
    """A gateway may say 502 although the task was created."""
    caller.api.faults.add("POST", "*", status=502, body="html", effect=True)
    response, body = await _raw(caller, "POST", "/vidu/text-to-video")
    assert (response.status, response.content_type) == (502, "text/html")
    assert b"<h1>502</h1>" in body
    assert len(caller.api.tasks) == 1


async def test_a_truncated_answer_is_no_json(caller: Caller) -> None:
    """Half of the genuine answer arrives as if it were whole."""
    caller.api.faults.add("POST", "*", body="truncated", effect=True)
    response, body = await _raw(caller, "POST", "/vidu/text-to-video")
    assert response.status == 202
    assert body.startswith(b'{"success": true')
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


async def test_an_answer_of_wrong_types_is_json_of_another_shape(caller: Caller) -> None:
    """The answer parses, but nothing in it is what it should be."""
    caller.api.faults.add("GET", "/tasks", body="wrong-type")
    answer = await caller.call("GET", "/tasks")
    assert isinstance(answer.body["data"][0], int)


async def test_a_huge_answer_has_32_mebibytes(caller: Caller) -> None:
    """A client that does not stop reading gets 32 MiB, and one that stops does no harm."""
    caller.api.faults.add("GET", "/tasks", body="huge", times=2)
    _, body = await _raw(caller, "GET", "/tasks")
    assert len(body) > 32 * 1024 * 1024
    async with caller.session.get(
        f"{caller.api.url}/tasks", headers={"Authorization": f"Bearer {caller.api.key}"}
    ) as response:
        assert len(await response.content.readexactly(1000)) == 1000
        response.close()
    assert (await caller.call("GET", "/tasks")).status == 200


async def test_a_body_of_bytes_is_sent_as_it_is(caller: Caller) -> None:
    """A body of bytes is sent with its own content type."""
    caller.api.faults.add("GET", "/balance", body=b"\xff\xfe", content_type="text/plain")
    response, body = await _raw(caller, "GET", "/balance")
    assert (response.status, response.content_type, body) == (200, "text/plain", b"\xff\xfe")


async def test_headers_alone_leave_the_answer_genuine(caller: Caller) -> None:
    """A fault with nothing but headers adds them to the real answer."""
    caller.api.faults.add("GET", "/balance", headers={"X-RateLimit-Remaining": "0"})
    response, body = await _raw(caller, "GET", "/balance")
    assert response.headers["X-RateLimit-Remaining"] == "0"
    assert json.loads(body)["data"]["balance"] == 100


async def test_a_delayed_answer_comes_after_the_effect() -> None:
    """While the answer is delayed the task exists already."""
    slept: list[float] = []
    asleep = asyncio.Event()
    release = asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        asleep.set()
        await release.wait()

    clock = ManualClock()
    async with (
        open_sandbox_api(clock=clock, sleep=sleep) as api,
        aiohttp.ClientSession() as session,
    ):
        caller = Caller(api, clock, session)
        api.faults.add("POST", "*", delay=30)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(caller.create(), name="late answer")
            await asleep.wait()
            assert len(api.tasks) == 1
            assert not waiting.done()
            release.set()
        assert slept == [30]
        assert waiting.result() in api.tasks


async def test_a_closing_api_does_not_wait_for_a_delayed_answer() -> None:
    """A sandbox API with a call still hanging closes at once; the caller sees a lost connection."""
    asleep = asyncio.Event()

    async def sleep(_: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    clock = ManualClock()
    async with aiohttp.ClientSession() as session:
        async with open_sandbox_api(clock=clock, sleep=sleep) as api:
            caller = Caller(api, clock, session)
            api.faults.add("POST", "*", delay=1)
            hanging = asyncio.create_task(caller.create(), name="hanging call")
            await asleep.wait()
        with pytest.raises(aiohttp.ClientConnectionError):
            await hanging


async def _pages(caller: Caller, most: int = 6) -> list[list[str]]:
    """Read the list by its cursors, and return the ids on each page, at most so many."""
    found: list[list[str]] = []
    query = {"limit": "2"}
    for _ in range(most):
        page = (await caller.call("GET", "/tasks", query=query)).body
        found.append([task["id"] for task in page["data"]])
        if not page["pagination"]["hasMore"]:
            break
        query = {"limit": "2", "cursor": page["pagination"]["cursor"]}
    return found


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        (None, [[5, 4], [3, 2], [1]]),
        (ListFault.SEEN_BEFORE, [[5, 4], [5, 4], [3, 2], [1]]),
        (ListFault.STANDS_STILL, [[5, 4], [3, 2], [3, 2], [1]]),
        (ListFault.GOES_ROUND, [[5, 4], [3, 2], [5, 4], [3, 2], [1]]),
        (ListFault.LEFT_OUT, [[5, 4], [3], [1]]),
        (ListFault.SHOWN_TWICE, [[5, 4], [3, 2], [2, 1]]),
    ],
)
async def test_pages_that_are_not_what_they_should_be(
    caller: Caller, fault: ListFault | None, wanted: list[list[int]]
) -> None:
    """What is wrong with the second answer shows as it does to a reader of pages."""
    numbers = {}
    for number in range(1, 6):
        numbers[await caller.create(Script.endless())] = number
        caller.clock.now += 1
    caller.api.faults.add("GET", "/tasks", listing=fault, skip=1)
    assert [[numbers[task_id] for task_id in page] for page in await _pages(caller)] == wanted


@pytest.mark.parametrize("fault", list(ListFault))
async def test_an_empty_list_is_spoiled_too(caller: Caller, fault: ListFault) -> None:
    """A fault needs no task, and a query that the API refuses is refused."""
    caller.api.faults.add("GET", "/tasks", listing=fault, times=None)
    assert (await _pages(caller, 3))[0] == []
    assert (await caller.call("GET", "/tasks", query={"limit": "0"})).status == 400
