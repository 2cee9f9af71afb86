"""An embed to be sent."""

import discord

EMBED = discord.Embed(title="Done")
