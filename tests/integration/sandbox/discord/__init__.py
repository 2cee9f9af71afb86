"""The simulated Discord, used by the real discord.py in a process of its own."""
