"""Every cog of the package, found as a newcomer would: by looking into its modules."""

import importlib
import inspect
import pkgutil

from discord.ext import commands

import cogs


def cog_classes() -> list[type[commands.Cog]]:
    """Return the classes of all cogs."""
    modules = [
        importlib.import_module(f"cogs.{each.name}") for each in pkgutil.iter_modules(cogs.__path__)
    ]
    return [
        cog
        for module in modules
        for _, cog in inspect.getmembers(module, inspect.isclass)
        if issubclass(cog, commands.Cog) and cog.__module__ == module.__name__
    ]


def idle_cogs() -> list[commands.Cog]:
    """Return all cogs without what their commands need: for looking at definitions alone."""
    return [cog(*[None] * (len(inspect.signature(cog).parameters))) for cog in cog_classes()]
