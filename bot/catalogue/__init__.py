"""The models we know, with their options, limits and prices."""

from bot.catalogue.catalogue import Catalogue, load_catalogue, read_catalogue
from bot.catalogue.errors import (
    AdultOption,
    CatalogueBroken,
    CatalogueRefusal,
    DefaultUnknown,
    InvalidOption,
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
    "CatalogueRefusal",
    "DefaultUnknown",
    "Generation",
    "InvalidOption",
    "Kind",
    "Model",
    "Option",
    "OptionValue",
    "PriceLabel",
    "PriceRange",
    "PromptEmpty",
    "PromptTooLong",
    "TextTooLong",
    "Unit",
    "UnknownOption",
    "load_catalogue",
    "read_catalogue",
]
