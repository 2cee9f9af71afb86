"""Catalogue: the models that can be used, with their options, limits and prices."""

from bot.catalogue.catalogue import (
    Catalogue,
    PricedModel,
    load_catalogue,
    longest_prompt,
    read_catalogue,
)
from bot.catalogue.errors import (
    AdultOption,
    CatalogueBroken,
    CatalogueError,
    DefaultUnknown,
    InvalidOption,
    InvalidRequest,
    PromptEmpty,
    PromptTooLong,
    TextTooLong,
    UnknownOption,
)
from bot.catalogue.models import Generation, Kind, Model
from bot.catalogue.options import Option
from bot.catalogue.prices import PriceLabel, PriceRange, Unit
from bot.catalogue.spelling import OptionValue

__all__ = [
    "AdultOption",
    "Catalogue",
    "CatalogueBroken",
    "CatalogueError",
    "DefaultUnknown",
    "Generation",
    "InvalidOption",
    "InvalidRequest",
    "Kind",
    "Model",
    "Option",
    "OptionValue",
    "PriceLabel",
    "PriceRange",
    "PricedModel",
    "PromptEmpty",
    "PromptTooLong",
    "TextTooLong",
    "Unit",
    "UnknownOption",
    "load_catalogue",
    "longest_prompt",
    "read_catalogue",
]
