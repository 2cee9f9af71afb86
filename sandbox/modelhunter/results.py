"""Results: the files of tasks, and tasks as they are shown with them."""

import dataclasses

from sandbox.modelhunter import responses
from sandbox.modelhunter.links import Links
from sandbox.modelhunter.media import MediaCache, render_request
from sandbox.modelhunter.media.padding import Padded, padded
from sandbox.modelhunter.records import TaskRecord
from sandbox.modelhunter.script import Moment, Result


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Results of all tasks, made when they are first shown."""

    links: Links
    media: MediaCache

    async def describe(self, record: TaskRecord, moment: Moment, origin: str) -> responses.Json:
        """Return the task as its own page shows it, with fresh addresses at *origin*."""
        result = record.script.result
        if not moment.has_result or result is None:
            return responses.detailed(record, moment, [])
        numbers = range(result.count)
        items = [await self._item(record, result, number, origin) for number in numbers]
        return responses.detailed(record, moment, items)

    async def file(self, record: TaskRecord, result: Result, number: int) -> Padded:
        """Return one file of a result."""
        wanted = render_request(record, result, number)
        return padded(await self.media.get(wanted), wanted.format, result.size)

    async def _item(
        self, record: TaskRecord, result: Result, number: int, origin: str
    ) -> responses.Json:
        wanted = render_request(record, result, number)
        link = self.links.sign(f"{record.id}-{number}.{wanted.format}")
        item: responses.Json = {"url": f"{origin}{link}", "format": wanted.format}
        if wanted.seconds is not None:
            item["duration"] = wanted.seconds
        if not result.missing:
            item["size_bytes"] = (await self.file(record, result, number)).size
        return item
