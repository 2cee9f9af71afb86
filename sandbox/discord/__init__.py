"""Simulated Discord: REST, CDN and gateway on loopback, around simcord's model of Discord.

A REST call passes `rest` (parse, inject faults), `rules` and `message_rules` (limits that simcord
lacks), `routes` (what simcord lacks or answers otherwise) and simcord, which changes the `model`.
What is sent gets Discord's form from `payloads`; each difference from simcord has its source there.
The model notifies the `gateway`, which sends events to the bot, and `changes`, which wakes tests that
wait for a state.
A `Person` is a simulated user, whose actions reach the bot through the gateway.
"""

from sandbox.discord.calls import Call, Upload
from sandbox.discord.faults import DiscordFaults, Hold
from sandbox.discord.history import Version
from sandbox.discord.invocations import Answer, Invocation
from sandbox.discord.messages import Button, SeenMessage
from sandbox.discord.people import Person
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
