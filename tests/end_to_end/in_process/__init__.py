"""The bot in this process, in simcord's Discord with a clock that tests move."""
