"""The real editor and wire, with discord.py, against a Discord that fails."""
