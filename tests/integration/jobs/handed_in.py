"""Jobs with files: pictures that are fetched from the sandbox, as attachments are from Discord."""

import dataclasses
import io
from typing import Any

from PIL import Image

from bot.catalogue import GivenInput, load_catalogue
from bot.catalogue.inputs import Slot
from bot.catalogue.models import Kind
from bot.jobs.input_places import place_of
from db.job_inputs import JobInput, sources_of, without_sources
from db.records import JobKind
from sandbox.modelhunter import SandboxApi
from tests.integration.jobs.world import World

ENDPOINT = "/kling/image-to-video"
PUTS = "/uploads/*"
PLACES = "/files/upload-url"
COMPLETIONS = "/files/*/complete"
SLOTS = (Slot.IMAGE, Slot.LAST_IMAGE)


def picture(width: int = 640, height: int = 480) -> bytes:
    """Return a PNG of that size."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


def attached(api: SandboxApi, content: bytes, name: str = "fox.png") -> str:
    """Return an address at which *content* is, until `api.files.delete` of its id."""
    file = api.files.announce(name=name, content_type="image/png", size=len(content))
    api.files.stored[file.id] = dataclasses.replace(file, content=content, is_complete=True)
    return f"{_origin(api)}{file.path}?hm=a-signature"


def detach(api: SandboxApi, source: str) -> None:
    """Delete what is at an address."""
    file = api.files.at(source.partition("?")[0].removeprefix(_origin(api)))
    assert file is not None
    api.files.delete(file.id)


def handed_in(world: World, *, to_fit: bool = False, count: int = 2) -> dict[str, Any]:
    """Return what a job has that animates *count* pictures, none of which is at the API yet."""
    content = picture()
    inputs = tuple(
        JobInput(
            slot=slot,
            name=f"{slot}.png",
            media_type="image/png",
            size=len(content),
            to_fit=to_fit,
            source=attached(world.api, content),
        )
        for slot in SLOTS[:count]
    )
    return {
        **_request(count),
        "inputs": without_sources(inputs),
        "input_sources": sources_of(inputs),
    }


def at_api(world: World, uploaded_at: float | None = None) -> dict[str, Any]:
    """Return what a job has whose one picture was handed over for another job."""
    address = attached(world.api, picture()).partition("?")[0]
    one = JobInput(slot=Slot.IMAGE, name="a.png", media_type="image/png", size=1, address=address)
    return {**_request(1), "inputs": (dataclasses.replace(one, uploaded_at=uploaded_at),)}


def _request(count: int) -> dict[str, Any]:
    model = load_catalogue().find(Kind.VIDEO, "kling-v3", {Slot.IMAGE: 1})
    assert model is not None
    given = [
        GivenInput(slot=slot, address=place_of(index)) for index, slot in enumerate(SLOTS[:count])
    ]
    made = model.build("run", {}, allow_adult=False, inputs=given)
    return {
        "kind": JobKind.VIDEO,
        "model": model.name,
        "options": made.options,
        "endpoint": made.endpoint,
        "body": made.body,
    }


def _origin(api: SandboxApi) -> str:
    host, port = api.address
    return f"http://{host}:{port}"
