"""Broken set-ups, a file for each kind; importing this package fills the registry."""

from tests.end_to_end.doctor.setups import (
    api_side,
    database_servers,
    discord_side,
    machine,
    settings,
    ways,
)
from tests.end_to_end.doctor.setups.registry import SETUPS, BrokenSetup

__all__ = [
    "SETUPS",
    "BrokenSetup",
    "api_side",
    "database_servers",
    "discord_side",
    "machine",
    "settings",
    "ways",
]
