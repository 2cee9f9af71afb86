"""Answer adapter: how every answer to an interaction is sent.

Discord waits three seconds for an answer, and then shows that the application did not respond
(Discord docs: Receiving and Responding). So a refusal that may be an accident is met with another
try at once, within that time. discord.py repeats server errors and rate limits by itself, and what
is cut off may have been carried out, so neither is repeated here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.discord.messages.discord_errors import is_worth_another_try

# Seconds before each further try.
_PAUSES = (0.3, 0.9)


class AnswerAdapter(AsyncWebhookAdapter):
    """discord.py's adapter, which repeats an answer that was refused by accident."""

    def __init__(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._sleep = sleep

    async def create_interaction_response(self, *args: Any, **kwargs: Any) -> Any:
        """Send an answer; files are sent once, because they have been read by then."""
        pauses = () if kwargs["params"].files else _PAUSES
        for pause in pauses:
            try:
                return await super().create_interaction_response(*args, **kwargs)
            except discord.HTTPException as error:
                if error.status >= 500 or error.status == 429 or not is_worth_another_try(error):
                    raise
                await self._sleep(pause)
        return await super().create_interaction_response(*args, **kwargs)


def use_answer_adapter() -> None:
    """Have all answers of this task, and of those that it creates, sent by the adapter."""
    async_context.set(AnswerAdapter())
