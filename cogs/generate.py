"""/video, /image and /speech: ask for something to be made."""

from discord import Attachment, Interaction, app_commands
from discord.ext import commands

from bot.discord.command_translator import localized
from bot.discord.interactions.attachments import offered_files
from bot.discord.interactions.autocomplete import Autocomplete
from bot.discord.interactions.command_options import (
    AspectRatio,
    ChosenOption,
    Duration,
    ImagePrompt,
    ModelName,
    MoreOptions,
    Resolution,
    Seed,
    Size,
    SpeechText,
    VideoPrompt,
    Voice,
    described,
)
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.discord.interactions.typed_options import is_chosen, read_options
from bot.jobs.admission.requests import GenerationRequest
from bot.locales.command_texts import COMMANDS
from db.records import JobKind, OptionValue


class Generate(commands.Cog):
    """The commands that make something; a new option is one parameter."""

    def __init__(self, requests: GenerationRequests, autocomplete: Autocomplete) -> None:
        self._requests = requests
        self.autocomplete = autocomplete

    @app_commands.command(description=localized(COMMANDS["video"]))
    @described
    async def video(
        self,
        interaction: Interaction,
        prompt: VideoPrompt,
        model: ModelName | None = None,
        image: Attachment | None = None,
        duration: Duration | None = None,
        aspect_ratio: AspectRatio | None = None,
        resolution: Resolution | None = None,
        seed: Seed | None = None,
        options: MoreOptions | None = None,
        private: bool = False,
        spoiler: bool = False,
        last_image: Attachment | None = None,
        reference: Attachment | None = None,
        reference_2: Attachment | None = None,
        reference_3: Attachment | None = None,
        reference_4: Attachment | None = None,
        reference_video: Attachment | None = None,
        reference_audio: Attachment | None = None,
    ) -> None:
        """Make a video."""
        chosen = _chosen(options, duration, aspect_ratio, resolution, seed)
        files = offered_files(
            image=image,
            last_image=last_image,
            reference=reference,
            reference_2=reference_2,
            reference_3=reference_3,
            reference_4=reference_4,
            reference_video=reference_video,
            reference_audio=reference_audio,
        )
        request = GenerationRequest(
            kind=JobKind.VIDEO,
            prompt=prompt,
            model=_model(model),
            options=chosen,
            private=private,
            spoiler=spoiler,
            files=files,
        )
        await self._requests.ask(interaction, request)

    @app_commands.command(description=localized(COMMANDS["image"]))
    @described
    async def image(
        self,
        interaction: Interaction,
        prompt: ImagePrompt,
        model: ModelName | None = None,
        image: Attachment | None = None,
        size: Size | None = None,
        seed: Seed | None = None,
        options: MoreOptions | None = None,
        private: bool = False,
        spoiler: bool = False,
        reference: Attachment | None = None,
        reference_2: Attachment | None = None,
        reference_3: Attachment | None = None,
        reference_4: Attachment | None = None,
    ) -> None:
        """Make an image."""
        chosen = _chosen(options, size, seed)
        files = offered_files(
            image=image,
            reference=reference,
            reference_2=reference_2,
            reference_3=reference_3,
            reference_4=reference_4,
        )
        request = GenerationRequest(
            kind=JobKind.IMAGE,
            prompt=prompt,
            model=_model(model),
            options=chosen,
            private=private,
            spoiler=spoiler,
            files=files,
        )
        await self._requests.ask(interaction, request)

    @app_commands.command(description=localized(COMMANDS["speech"]))
    @described
    async def speech(
        self,
        interaction: Interaction,
        text: SpeechText,
        model: ModelName | None = None,
        voice: Voice | None = None,
        options: MoreOptions | None = None,
        private: bool = False,
    ) -> None:
        """Turn text into speech."""
        chosen = _chosen(options, voice)
        request = GenerationRequest(
            kind=JobKind.SPEECH, prompt=text, model=_model(model), options=chosen, private=private
        )
        await self._requests.ask(interaction, request)


def _model(typed: str | None) -> str | None:
    """Return the model that was typed, None for the default."""
    return typed if typed is not None and is_chosen(typed) else None


def _chosen(more: str | None, *chosen: ChosenOption | None) -> dict[str, OptionValue]:
    """Return the options that were chosen, those typed as text after the others."""
    named = {option.name: option.value for option in chosen if option is not None}
    return read_options(named, more)
