"""Lean Discord: gateway and REST on the wire, and no more than the benchmarks need.

The simulated Discord of `sandbox/` checks every rule, and costs more processor time for a command
than either bot does. This one checks nothing, so that the bot is what is measured; both bots are
given the same.
"""

from tests.benchmarks.discord.server import LeanDiscord, open_lean_discord

__all__ = ["LeanDiscord", "open_lean_discord"]
