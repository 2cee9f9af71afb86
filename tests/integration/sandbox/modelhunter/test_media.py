"""Results of the sandbox API, opened by the libraries that real players are built on."""

import io

import av
import pytest
from PIL import Image, ImageStat

from sandbox.modelhunter import Result, Script, Step
from tests.integration.sandbox.modelhunter.calls import Caller

MIB = 1024 * 1024


async def _results(
    caller: Caller, path: str, body: object, result: Result
) -> list[dict[str, object]]:
    caller.api.scripts.next(Script(steps=(Step(0, "succeeded"),), result=result))
    created = await caller.call("POST", path, body)
    task = await caller.task(created.body["data"]["id"])
    items: list[dict[str, object]] = task["result"]
    return items


def _decode(content: bytes) -> tuple[list[Image.Image], float]:
    """Decode every frame; return the pictures and the seconds of sound."""
    with av.open(io.BytesIO(content), "r") as container:
        pictures = []
        samples = 0
        rate = 1
        for frame in container.decode():
            if isinstance(frame, av.VideoFrame):
                pictures.append(frame.to_image())  # type: ignore[no-untyped-call]
            elif isinstance(frame, av.AudioFrame):
                samples += frame.samples
                rate = frame.sample_rate
    return pictures, samples / rate


def _contrast(picture: Image.Image) -> float:
    """Return the spread of brightness in the middle of a picture, where the text is."""
    width, height = picture.size
    middle = picture.convert("L").crop((width // 4, height // 4, 3 * width // 4, 3 * height // 4))
    return ImageStat.Stat(middle).stddev[0]


async def test_a_video_plays(caller: Caller) -> None:
    """An mp4 has h264 and aac, the asked shape and length, text in it and moving colours."""
    body = {
        "model": "viduq3-turbo",
        "input": {"prompt": "a fox in the snow", "duration": 2, "aspect_ratio": "9:16"},
    }
    (item,) = await _results(caller, "/vidu/text-to-video", body, Result())
    status, content_type, content = await caller.download(str(item["url"]))
    assert (status, content_type, item["format"]) == (200, "video/mp4", "mp4")
    assert item["size_bytes"] == len(content)
    with av.open(io.BytesIO(content), "r") as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height) == (360, 640)
        assert audio.codec_context.name == "aac"
        assert (container.duration or 0) / 1e6 == pytest.approx(2, abs=0.1)
    assert item["duration"] == 2
    assert content.index(b"moov") < content.index(b"mdat")
    pictures, seconds = _decode(content)
    assert len(pictures) == 24
    assert seconds == pytest.approx(2, abs=0.1)
    assert _contrast(pictures[0]) > 40
    moved = ImageStat.Stat(pictures[0]).mean[0] - ImageStat.Stat(pictures[-1]).mean[0]
    assert abs(moved) > 10


async def test_a_padded_video_still_decodes(caller: Caller) -> None:
    """A video padded to 12 MiB has that size to the byte and every frame of the unpadded one."""
    body = {"model": "viduq3-turbo", "input": {"prompt": "a fox", "duration": 1}}
    (plain,) = await _results(caller, "/vidu/text-to-video", body, Result())
    (large,) = await _results(caller, "/vidu/text-to-video", body, Result(size=12 * MIB))
    _, _, small_content = await caller.download(str(plain["url"]))
    _, _, content = await caller.download(str(large["url"]))
    assert len(content) == large["size_bytes"] == 12 * MIB
    pictures, seconds = _decode(content)
    expected, expected_seconds = _decode(small_content)
    assert [picture.tobytes() for picture in pictures] == [p.tobytes() for p in expected]
    assert seconds == expected_seconds > 0


@pytest.mark.parametrize(
    ("wanted", "file_format", "pillow"),
    [("png", "png", "PNG"), ("jpeg", "jpg", "JPEG"), ("webp", "webp", "WEBP")],
)
@pytest.mark.parametrize("size", [None, 2 * MIB])
async def test_a_picture_opens(
    caller: Caller, wanted: str, file_format: str, pillow: str, size: int | None
) -> None:
    """A picture has the asked format and shape and text in it, padded or not."""
    body = {
        "model": "nano-banana-2",
        "input": {"prompt": "a fox", "output_format": wanted, "aspect_ratio": "4:3"},
    }
    (item,) = await _results(caller, "/gemini/text-to-image", body, Result(size=size))
    status, content_type, content = await caller.download(str(item["url"]))
    assert (status, content_type, item["format"]) == (200, f"image/{wanted}", file_format)
    assert "duration" not in item
    assert len(content) == size or size is None
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        assert (picture.format, picture.size) == (pillow, (640, 480))
        assert _contrast(picture) > 40


@pytest.mark.parametrize(
    ("file_format", "content_type"), [("mp3", "audio/mpeg"), ("wav", "audio/wav")]
)
@pytest.mark.parametrize("size", [None, 2 * MIB])
async def test_speech_can_be_heard(
    caller: Caller, file_format: str, content_type: str, size: int | None
) -> None:
    """A sound decodes to as long as its text takes, and is not silent, padded or not."""
    body = {
        "model": "elevenlabs/text-to-dialogue-v3",
        "input": {"dialogue": [{"text": "hello there, ", "voice": "x"}, {"text": "good morning"}]},
    }
    result = Result(format=file_format, size=size)
    (item,) = await _results(caller, "/elevenlabs/text-to-speech", body, result)
    status, received_type, content = await caller.download(str(item["url"]))
    assert (status, received_type) == (200, content_type)
    assert len(content) == size or size is None
    with av.open(io.BytesIO(content), "r") as container:
        frames = list(container.decode(audio=0))
    seconds = sum(frame.samples for frame in frames) / frames[0].sample_rate
    assert seconds == pytest.approx(item["duration"], abs=0.1)
    assert any(any(bytes(frame.planes[0])) for frame in frames)


async def test_several_results_differ(caller: Caller) -> None:
    """A task with three results has three addresses with three pictures."""
    body = {"model": "nano-banana-2", "input": {"prompt": "a fox"}}
    items = await _results(caller, "/gemini/text-to-image", body, Result(count=3))
    contents = {(await caller.download(str(item["url"])))[2] for item in items}
    assert len(contents) == 3


async def test_a_result_address_expires_and_is_renewed(caller: Caller) -> None:
    """After 15 minutes an address is refused; asking for the task gives one that works."""
    task_id = await caller.create(Script.quick())
    old = (await caller.task(task_id))["result"][0]["url"]
    caller.clock.now += 15 * 60 - 1
    assert (await caller.download(old))[0] == 200
    caller.clock.now += 1
    assert (await caller.download(old))[0] == 403
    new = (await caller.task(task_id))["result"][0]["url"]
    assert (await caller.download(new))[0] == 200


async def test_a_result_address_can_not_be_made_up(caller: Caller) -> None:
    """Without a signature of its own no file is served, and none that the task does not have."""
    url = (await caller.task(await caller.create(Script.quick())))["result"][0]["url"]
    assert (await caller.download(url.partition("?")[0]))[0] == 403
    assert (await caller.download(url.replace("-0.mp4", "-1.mp4")))[0] == 403


async def test_a_result_file_can_be_missing(caller: Caller) -> None:
    """A script may show an address behind which there is nothing, or no result at all."""
    body = {"model": "viduq3-turbo", "input": {"prompt": "a fox"}}
    (item,) = await _results(caller, "/vidu/text-to-video", body, Result(missing=True))
    assert (await caller.download(str(item["url"])))[0] == 404
    assert await _results(caller, "/vidu/text-to-video", body, Result(count=0)) == []
    bare = await caller.create(Script(steps=(Step(0, "succeeded"),), result=None))
    assert "result" not in await caller.task(bare)


async def test_a_head_request_has_the_size_without_the_file(caller: Caller) -> None:
    """HEAD on a result has the length and type, and no body."""
    task = await caller.task(await caller.create(Script.too_big(3 * MIB)))
    async with caller.session.head(task["result"][0]["url"]) as response:
        assert (response.status, response.content_length) == (200, 3 * MIB)
        assert await response.read() == b""
