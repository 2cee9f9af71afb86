"""Small bot: the real discord.py making the calls that a bot with cards makes."""

import argparse
import asyncio
import io
import os
from typing import Any

import discord
from discord import app_commands

from sandbox.launcher import point_at
from tests.integration.sandbox.discord.small_bot_inputs import COMMANDS

CHOICES = ["vidu-q2", "kling-2", "veo-3"]


class SmallBot(discord.Client):
    """Syncs its commands, and cancels cards by their message ids when ❌ is added."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_reactions=True))
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        """Register the commands before connecting."""
        self.tree.add_command(video)
        self.tree.add_command(secret)
        self.tree.add_command(silent)
        self.tree.add_command(refresh)
        for command in COMMANDS:
            self.tree.add_command(command)
        self.add_dynamic_items(AgainButton)
        await self.tree.sync()

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Cancel a card by its message id alone."""
        if self.user is None or event.user_id == self.user.id or event.emoji.name != "❌":
            return
        channel = self.get_partial_messageable(event.channel_id, guild_id=event.guild_id)
        card = channel.get_partial_message(event.message_id)
        await card.edit(embed=discord.Embed(title="Cancelled"), view=None, attachments=[])
        await card.remove_reaction("❌", self.user)


class AgainButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"again:(?P<word>\w+)"
):
    """A persistent button, which works after a restart."""

    def __init__(self, word: str) -> None:
        super().__init__(discord.ui.Button(label="Again", custom_id=f"again:{word}"))
        self.word = word

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Any, match: Any, /
    ) -> "AgainButton":
        """Return the button of a custom id."""
        return cls(match["word"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the user who pressed it, with a menu."""
        view = discord.ui.View()
        menu: discord.ui.Select[discord.ui.View] = discord.ui.Select(
            custom_id="which", options=[discord.SelectOption(label=name) for name in CHOICES]
        )

        async def chosen(inner: discord.Interaction[Any]) -> None:
            await inner.response.edit_message(content=f"chose {menu.values[0]}", view=None)

        menu.callback = chosen  # type: ignore[method-assign, assignment]
        view.add_item(menu)
        await interaction.response.send_message(f"again {self.word}", view=view, ephemeral=True)


async def complete(
    _interaction: discord.Interaction[Any], current: str
) -> list[app_commands.Choice[str]]:
    """Offer the models whose name holds what was typed."""
    return [app_commands.Choice(name=n.upper(), value=n) for n in CHOICES if current in n]


@app_commands.command()
@app_commands.autocomplete(model=complete)
async def video(
    interaction: discord.Interaction[SmallBot],
    prompt: str,
    model: str,
    seconds: app_commands.Range[int, 1, 10] = 4,
    image: discord.Attachment | None = None,
) -> None:
    """Make a video."""
    view = discord.ui.View(timeout=None)
    view.add_item(AgainButton("fox"))
    embed = discord.Embed(title="Queued", description=prompt, colour=0x5865F2)
    embed.add_field(name="Limit", value=str(interaction.filesize_limit))
    embed.set_footer(text=f"{seconds} s, {image.filename if image else 'no image'}")
    answer = await interaction.response.send_message(embed=embed, view=view)
    message_id = answer.message_id
    assert message_id is not None
    assert interaction.channel_id is not None
    channel = interaction.client.get_partial_messageable(
        interaction.channel_id, guild_id=interaction.guild_id
    )
    card = channel.get_partial_message(message_id)
    await card.add_reaction("❌")
    await interaction.edit_original_response(embed=discord.Embed(title="Running"))
    size = int(prompt.removeprefix("bytes ")) if prompt.startswith("bytes ") else 1000
    try:
        await interaction.edit_original_response(
            embed=discord.Embed(title="Done"), attachments=[file_of(size, f"{model}.mp4")]
        )
    except discord.HTTPException as error:
        await card.edit(embed=discord.Embed(title=f"Refused {error.status} {error.code}"))
    for _ in range(2):
        await channel.send("Ready", reference=card, nonce=f"{message_id}-r")


def file_of(size: int, name: str) -> discord.File:
    """Make a file of *size* bytes."""
    return discord.File(io.BytesIO(b"x" * size), filename=name)


@app_commands.command()
async def secret(interaction: discord.Interaction[SmallBot]) -> None:
    """Defer, answer one user alone, then send them a direct message."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.edit_original_response(content="only you")
    await interaction.user.send("a direct message")


@app_commands.command()
async def silent(interaction: discord.Interaction[SmallBot]) -> None:
    """Answer too late."""
    await asyncio.sleep(0.6)
    try:
        await interaction.response.send_message("late")
    except discord.NotFound as error:
        assert interaction.channel_id is not None
        channel = interaction.client.get_partial_messageable(interaction.channel_id)
        await channel.send(f"late: {error.code}")


@app_commands.command()
async def refresh(interaction: discord.Interaction[SmallBot]) -> None:
    """Edit its answer through a token that has expired."""
    await interaction.response.send_message("fresh")
    await asyncio.sleep(0.6)
    assert interaction.channel_id is not None
    channel = interaction.client.get_partial_messageable(
        interaction.channel_id, guild_id=interaction.guild_id
    )
    try:
        await interaction.edit_original_response(content="edited")
    except discord.HTTPException as error:
        async for message in channel.history(limit=10, around=interaction.created_at):
            metadata = message.interaction_metadata
            if metadata is not None and metadata.id == interaction.id:
                await message.edit(content=f"by the channel: {error.status} {error.code}")


def main() -> None:
    """Run against the Discord that the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--discord", required=True)
    parser.add_argument("--allow")
    point_at(parser.parse_args().discord)
    SmallBot().run(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    main()
