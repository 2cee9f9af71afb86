"""The naive bot: commands, and a coroutine that follows each job to its end."""

import asyncio
import dataclasses
import io
import time

import aiohttp
import discord
from discord import app_commands

from tests.benchmarks.naive.jobs import NaiveJob, NaiveJobs

_FIRST_INTERVAL, _LATER_INTERVAL = 2.0, 5.0  # seconds; what the API's documentation advises
_LATER = 30.0  # seconds after which a task is asked about less often
_MODEL = {"model": "seedance-1-0-pro-fast"}
_CANCEL = "\N{CROSS MARK}"
_COLOURS = {"succeeded": discord.Colour.green(), "failed": discord.Colour.red()}


@dataclasses.dataclass(frozen=True, slots=True)
class Api:
    """Where the API is, and the key."""

    url: str
    key: str


class NaiveBot(discord.Client):
    """discord.py's client with one command."""

    def __init__(self, api: Api, jobs: NaiveJobs) -> None:
        super().__init__(intents=discord.Intents.default())
        self._api = api
        self._jobs = jobs
        self._by_message: dict[int, NaiveJob] = {}
        self._followers: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="video", description="Make a video")(self._video)

    async def setup_hook(self) -> None:
        """Open the session, register the command, and go on with what was open."""
        headers = {"Authorization": f"Bearer {self._api.key}"}
        self._session = aiohttp.ClientSession(headers=headers)
        await self.tree.sync()
        for job in self._jobs.unfinished():
            self._follow_in_background(job)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Cancel the job under whose card ❌ was put."""
        job = self._by_message.get(event.message_id)
        if job is not None and str(event.emoji) == _CANCEL and self._session is not None:
            async with self._session.delete(f"{self._api.url}/tasks/{job.task_id}") as response:
                await response.read()

    async def _video(self, interaction: discord.Interaction, prompt: str) -> None:
        """Make a video."""
        answer = await interaction.response.send_message(embed=_embed(prompt, "accepted"))
        job = NaiveJob(
            id=interaction.id,
            token=interaction.token,
            channel_id=interaction.channel_id or 0,
            message_id=answer.message_id or 0,
            prompt=prompt,
            task_id="",
            status="accepted",
            created_at=time.time(),
        )
        self._jobs.add(job)
        created = await self._ask(
            "POST",
            "/seedance/text-to-video",
            {**_MODEL, "input": {"prompt": prompt, "duration": 5}},
        )
        job.task_id, job.status = str(created["id"]), str(created["status"])
        self._jobs.save(job)
        self._follow_in_background(job)
        card = self.get_partial_messageable(job.channel_id).get_partial_message(job.message_id)
        await card.add_reaction(_CANCEL)

    def _follow_in_background(self, job: NaiveJob) -> None:
        self._by_message[job.message_id] = job
        follower = asyncio.create_task(self._follow(job))
        self._followers.add(follower)
        follower.add_done_callback(self._followers.discard)

    async def _follow(self, job: NaiveJob) -> None:
        while True:
            is_later = time.time() - job.created_at > _LATER
            await asyncio.sleep(_LATER_INTERVAL if is_later else _FIRST_INTERVAL)
            try:
                task = await self._ask("GET", f"/tasks/{job.task_id}")
            except (aiohttp.ClientError, TimeoutError):
                continue
            if task["status"] != job.status:
                job.status = str(task["status"])
                self._jobs.save(job)
                await self._show(job, task)
            if job.status in ("succeeded", "failed", "cancelled"):
                self._by_message.pop(job.message_id, None)
                return

    async def _show(self, job: NaiveJob, task: dict[str, object]) -> None:
        """Edit the card, by the interaction's token as long as Discord takes it."""
        error = task.get("error")
        embed = _embed(
            job.prompt, job.status, str(error["message"]) if isinstance(error, dict) else ""
        )
        files = []
        results = task.get("result")
        if isinstance(results, list):
            files = [await self._download(str(result["url"])) for result in results]
        if time.time() - job.created_at < 14 * 60:
            webhook = discord.Webhook.partial(self.application_id or 0, job.token, client=self)
            await webhook.edit_message(job.message_id, embed=embed, attachments=files)
        else:
            channel = self.get_partial_messageable(job.channel_id)
            message = channel.get_partial_message(job.message_id)
            await message.edit(embed=embed, attachments=files)

    async def _download(self, url: str) -> discord.File:
        assert self._session is not None
        async with self._session.get(url) as response:
            response.raise_for_status()
            return discord.File(io.BytesIO(await response.read()), "video.mp4")

    async def _ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        assert self._session is not None
        async with self._session.request(method, self._api.url + path, json=body) as response:
            response.raise_for_status()
            answer: dict[str, dict[str, object]] = await response.json()
            return answer["data"]


def _embed(prompt: str, status: str, words: str = "") -> discord.Embed:
    return discord.Embed(
        title=status.title(),
        description=f"> {prompt}\n\n{words}",
        colour=_COLOURS.get(status, discord.Colour.blurple()),
    )
