"""Discord's side with the real discord.py."""
