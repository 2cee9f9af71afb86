"""Answer adapter: how every answer to an interaction is sent.

Discord waits three seconds for an answer, and then shows that the application did not respond
(Discord docs: Receiving and Responding). So a refusal that may be an accident is met with another
try at once, within that time. discord.py repeats server errors and rate limits by itself, and what
is cut off may have been carried out, so neither is repeated here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.http import MultipartParameters
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.discord.messages.discord_errors import DISCORD_CANT_NOW, is_worth_another_try

log = logging.getLogger(__name__)

# Discord docs: Interaction Callback Type, application command autocomplete result.
_CHOICES = int(discord.InteractionResponseType.autocomplete_result.value)
# Seconds before each further try.
_PAUSES = (0.3, 0.9)


class AnswerAdapter(AsyncWebhookAdapter):
    """discord.py's adapter, which repeats an answer that was refused by accident."""

    def __init__(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._sleep = sleep

    async def create_interaction_response(self, *args: Any, **kwargs: Any) -> Any:
        """Send an answer; files are sent once, because they have been read by then."""
        try:
            return await self._send(*args, **kwargs)
        except DISCORD_CANT_NOW as error:
            if not _gives_choices(kwargs["params"]):
                raise
            # discord.py would log a traceback, and the user types on.
            log.info("no choices could be offered: %s", type(error).__name__)
            return None

    async def _send(self, *args: Any, **kwargs: Any) -> Any:
        pauses = () if kwargs["params"].files else _PAUSES
        for pause in pauses:
            try:
                return await super().create_interaction_response(*args, **kwargs)
            except discord.HTTPException as error:
                if error.status >= 500 or error.status == 429 or not is_worth_another_try(error):
                    raise
                await self._sleep(pause)
        return await super().create_interaction_response(*args, **kwargs)


def _gives_choices(params: MultipartParameters) -> bool:
    return (params.payload or {}).get("type") == _CHOICES


def use_answer_adapter() -> None:
    """Have all answers of this task, and of those that it creates, sent by the adapter."""
    async_context.set(AnswerAdapter())
