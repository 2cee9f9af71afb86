"""A simulated Discord over loopback: REST, CDN and gateway around simcord's model."""

from sandbox.discord.calls import Call, Upload
from sandbox.discord.faults import DiscordFaults, Hold
from sandbox.discord.history import Version
from sandbox.discord.messages import Button, SeenMessage
from sandbox.discord.people import Answer, Invocation, Person
from sandbox.discord.server import SandboxDiscord, open_discord

__all__ = [
    "Answer",
    "Button",
    "Call",
    "DiscordFaults",
    "Hold",
    "Invocation",
    "Person",
    "SandboxDiscord",
    "SeenMessage",
    "Upload",
    "Version",
    "open_discord",
]
