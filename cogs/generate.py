"""/video, /image and /speech: parse, hand over, and offer what the models take."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.interactions.autocomplete import Autocomplete
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.discord.interactions.typed_options import read_options
from bot.jobs.admission.requests import GenerationRequest
from bot.locales.commands import COMMANDS, OPTIONS
from db.records import JobKind

Bot = Interaction
Choices = list[app_commands.Choice[str]]


class Generate(commands.Cog):
    """Ask for something to be made."""

    def __init__(self, requests: GenerationRequests, autocomplete: Autocomplete) -> None:
        self._requests = requests
        self._autocomplete = autocomplete

    @app_commands.command(description=COMMANDS["video"])
    @app_commands.describe(
        prompt=OPTIONS["prompt"],
        model=OPTIONS["model"],
        duration=OPTIONS["duration"],
        aspect_ratio=OPTIONS["aspect_ratio"],
        resolution=OPTIONS["resolution"],
        seed=OPTIONS["seed"],
        options=OPTIONS["options"],
        private=OPTIONS["private"],
    )
    async def video(
        self,
        interaction: Bot,
        prompt: str,
        model: str | None = None,
        duration: str | None = None,
        aspect_ratio: str | None = None,
        resolution: str | None = None,
        seed: str | None = None,
        options: str | None = None,
        private: bool = False,
    ) -> None:
        """Make a video."""
        chosen = {
            "duration": duration,
            "aspect_ratio": aspect_ratio,
            "resolution": resolution,
            "seed": seed,
        }
        await self._ask(interaction, JobKind.VIDEO, prompt, model, chosen, options, private)

    @app_commands.command(description=COMMANDS["image"])
    @app_commands.describe(
        prompt=OPTIONS["prompt"],
        model=OPTIONS["model"],
        size=OPTIONS["size"],
        seed=OPTIONS["seed"],
        options=OPTIONS["options"],
        private=OPTIONS["private"],
    )
    async def image(
        self,
        interaction: Bot,
        prompt: str,
        model: str | None = None,
        size: str | None = None,
        seed: str | None = None,
        options: str | None = None,
        private: bool = False,
    ) -> None:
        """Make an image."""
        chosen = {"size": size, "seed": seed}
        await self._ask(interaction, JobKind.IMAGE, prompt, model, chosen, options, private)

    @app_commands.command(description=COMMANDS["speech"])
    @app_commands.describe(
        text=OPTIONS["text"],
        model=OPTIONS["model"],
        voice=OPTIONS["voice"],
        options=OPTIONS["options"],
        private=OPTIONS["private"],
    )
    async def speech(
        self,
        interaction: Bot,
        text: str,
        model: str | None = None,
        voice: str | None = None,
        options: str | None = None,
        private: bool = False,
    ) -> None:
        """Turn text into speech."""
        chosen = {"voice": voice}
        await self._ask(interaction, JobKind.SPEECH, text, model, chosen, options, private)

    async def _ask(
        self,
        interaction: Bot,
        kind: JobKind,
        prompt: str,
        model: str | None,
        chosen: dict[str, str | None],
        more: str | None,
        private: bool,
    ) -> None:
        request = GenerationRequest(
            kind=kind,
            prompt=prompt,
            model=model,
            options=read_options(chosen, more),
            private=private,
        )
        await self._requests.ask(interaction, request)

    @video.autocomplete("model")
    @image.autocomplete("model")
    @speech.autocomplete("model")
    async def _models(self, interaction: Bot, typed: str) -> Choices:
        return self._autocomplete.models(_kind(interaction), typed)

    @video.autocomplete("options")
    @image.autocomplete("options")
    @speech.autocomplete("options")
    async def _more(self, interaction: Bot, typed: str) -> Choices:
        return self._autocomplete.more(interaction, _kind(interaction), typed)

    @video.autocomplete("duration")
    async def _durations(self, interaction: Bot, typed: str) -> Choices:
        return self._autocomplete.values(interaction, _kind(interaction), "duration", typed)

    @video.autocomplete("aspect_ratio")
    async def _aspect_ratios(self, interaction: Bot, typed: str) -> Choices:
        return self._autocomplete.values(interaction, _kind(interaction), "aspect_ratio", typed)

    @video.autocomplete("resolution")
    async def _resolutions(self, interaction: Bot, typed: str) -> Choices:
        return self._autocomplete.values(interaction, _kind(interaction), "resolution", typed)

    @image.autocomplete("size")
    async def _sizes(self, interaction: Bot, typed: str) -> Choices:
        return self._autocomplete.values(interaction, _kind(interaction), "size", typed)

    @speech.autocomplete("voice")
    async def _voices(self, interaction: Bot, typed: str) -> Choices:
        return self._autocomplete.values(interaction, _kind(interaction), "voice", typed)

    @video.autocomplete("seed")
    @image.autocomplete("seed")
    async def _seeds(self, interaction: Bot, typed: str) -> Choices:
        return self._autocomplete.values(interaction, _kind(interaction), "seed", typed)


def _kind(interaction: Bot) -> JobKind:
    """Return what the command makes: the commands are named for it."""
    command = interaction.command
    return JobKind(command.name if command is not None else JobKind.VIDEO)
