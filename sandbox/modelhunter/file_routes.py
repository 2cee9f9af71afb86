"""Routes of the API's files: a place, the file put there, its completion, and its address."""

import dataclasses
import ipaddress

import yarl
from aiohttp import web

from sandbox.modelhunter.errors import invalid
from sandbox.modelhunter.files import Files, addresses_in
from sandbox.modelhunter.records import NewTask
from sandbox.modelhunter.timestamps import to_iso
from sandbox.modelhunter.validation import new_file


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FileRoutes:
    """The handlers, below the path *api*."""

    files: Files
    api: str

    def table(self) -> list[web.RouteDef]:
        """Return every route; they come before the pattern of the tasks, which matches one too."""
        return [
            web.post(f"{self.api}/files/upload-url", self.announce),
            web.post(f"{self.api}/files/{{id}}/complete", self.complete),
            web.put("/uploads/{id}", self.put),
            web.get("/files/{name}", self.get),
        ]

    async def announce(self, request: web.Request) -> web.Response:
        """Make a place for a file."""
        name, content_type, size = new_file(await request.read())
        file = self.files.announce(name=name, content_type=content_type, size=size)
        data = {
            "upload_url": f"{request.url.origin()}{self.files.place(file)}",
            "file_id": file.id,
            "expires_at": to_iso(self.files.expires_at(file)),
        }
        return web.json_response({"success": True, "data": data})

    async def put(self, request: web.Request) -> web.Response:
        """Take a file, as a store of objects does: no key is needed, and none may be sent."""
        if "Authorization" in request.headers:
            return web.Response(status=400, text="OnlyOneAuthMechanismAllowed")
        if request.content_length is None:
            return web.Response(status=411, text="MissingContentLength")
        status = self.files.put(
            request.match_info["id"],
            request.query.get("signature", ""),
            request.headers.get("Content-Type", ""),
            await request.read(),
        )
        return web.Response(status=status)

    async def complete(self, request: web.Request) -> web.Response:
        """Make a file usable, and say where it is."""
        file = self.files.complete(request.match_info["id"])
        data = {
            "id": file.id,
            "url": f"{request.url.origin()}{file.path}",
            "filename": file.name,
            "content_type": file.content_type,
            "size_bytes": file.size,
            "created_at": to_iso(file.created_at),
        }
        return web.json_response({"success": True, "data": data})

    async def get(self, request: web.Request) -> web.Response:
        """Send a file to anyone, or the part of it that was asked for."""
        file = self.files.at(request.path)
        if file is None or file.content is None:
            return web.Response(status=404, text="NoSuchKey")
        part = request.http_range
        content = file.content[part]
        is_whole = part.start is None and part.stop is None
        headers = {"Content-Type": file.content_type}
        return web.Response(status=200 if is_whole else 206, body=content, headers=headers)

    def check_addresses(self, wanted: NewTask, origin: yarl.URL) -> None:
        """Refuse a task with a file of this server that is not there, or one that no API can fetch.

        Raises:
            ApiError: The first of them.
        """
        for name, value in wanted.input.items():
            for address in map(yarl.URL, addresses_in(value)):
                if address.origin() == origin:
                    if self.files.at(address.path) is None:
                        raise invalid(name, "There is no such file")
                elif not _is_public(address.host or ""):
                    raise invalid(name, "The file can't be fetched")


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host
