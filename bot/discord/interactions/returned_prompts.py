"""Returned prompts: what a refused command or form was given comes back with the refusal, to be used again.

Discord's clients keep nothing of what was sent, so the prompt would be lost.
"""

import io
from collections.abc import Mapping

import discord

from bot.discord.cards.markdown import clip
from bot.discord.interactions.form_fields import Field
from bot.discord.interactions.form_values import read_values
from bot.locales.answer_texts import OPTIONS_BACK_AS_FILE, PROMPT_BACK, PROMPT_BACK_AS_FILE
from bot.locales.translate import Text, translate

# Discord docs: Create Message, content.
_CONTENT_LENGTH = 2000
# The options of our commands that hold what was written with care.
_PROMPTS = ("prompt", "text")
# A longer one is easier to take from a file, and a backquote would end the block of code.
_LONGEST_QUOTED = 1000
_FENCE = "```"
_PROMPT_FILE = "prompt.txt"
_OPTIONS_FILE = "options.txt"


class Refusal:
    """A refusal as a message: its content, and as a file what is too long for that."""

    def __init__(
        self, content: str, returned: str | None = None, file_name: str = _PROMPT_FILE
    ) -> None:
        self.content = content
        self.returned = returned
        self._file_name = file_name

    def files(self) -> list[discord.File]:
        """Return the files to send; each may be sent once."""
        if self.returned is None:
            return []
        content = io.BytesIO(self.returned.encode("utf-8", "replace"))
        return [discord.File(content, filename=self._file_name)]


def typed_prompt(interaction: discord.Interaction) -> str | None:
    """Return what the command or form asks for, None if it is none of those or that is blank."""
    data: Mapping[str, object] = dict(interaction.data or {})
    options = data.get("options")
    for option in options if isinstance(options, list) else ():
        typed = option.get("value")
        if option.get("name") in _PROMPTS and isinstance(typed, str) and typed.strip():
            return typed
    typed = read_values(data).text(Field.PROMPT)
    return typed if typed.strip() else None


def with_prompt(sentence: str, prompt: str | None, locale: str) -> Refusal:
    """Return *sentence* with *prompt* word for word: as code where that is short, else as a file."""
    if prompt is None:
        return Refusal(clip(sentence, _CONTENT_LENGTH))
    quoted = f"{sentence}\n{translate(PROMPT_BACK, locale)}\n{_FENCE}\n{prompt}\n{_FENCE}"
    is_short = len(prompt) <= _LONGEST_QUOTED and len(quoted) <= _CONTENT_LENGTH
    if is_short and "`" not in prompt:
        return Refusal(quoted)
    return as_file(sentence, prompt, locale)


def as_file(sentence: str, prompt: str, locale: str) -> Refusal:
    """Return *sentence* with *prompt* word for word in a file."""
    return Refusal(_noted(sentence, PROMPT_BACK_AS_FILE, locale), prompt)


def options_as_file(sentence: str, options: str, locale: str) -> Refusal:
    """Return *sentence* with *options* word for word in a file."""
    return Refusal(_noted(sentence, OPTIONS_BACK_AS_FILE, locale), options, _OPTIONS_FILE)


def _noted(sentence: str, note: Text, locale: str) -> str:
    said = translate(note, locale)
    return f"{clip(sentence, _CONTENT_LENGTH - len(said) - 1)}\n{said}"
