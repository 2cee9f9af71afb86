"""The simulated Discord, proved with the real discord.py in a process of its own."""
