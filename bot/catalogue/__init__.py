"""Catalogue: the models that can be used, with their inputs, options, limits and prices.

Models are data, `models.toml`; a new model, capability or option is an entry there, and no code. The
head of that file explains its language, in these words:

model        what can be asked for under one name: "Kling V3"
capability   one way in which it makes something, at one endpoint: "image-to-video". Those of a model
             are tried in the order of the file, and the first that takes exactly the files that were
             handed in is used (`Model.capability`)
slot         where a file is handed in: `image`, `last_image`, `reference`, `reference_video`,
             `reference_audio`
input rule   for a slot: the API's name of it, how many files, which others it needs, and its limits
option       a setting with a name that all models share, and what the API calls it
undocumented what the API's documentation does not show: not offered before the operator turns it on

All of it is pure. `Catalogue` finds the models for given inputs, `Model.build` makes the body
of a request from a prompt, options and addresses, and `InputLimits.broken_by` judges what was
measured of a file. What does not fit is an `InvalidRequest`, each of which is one sentence for the
requester.
"""

from bot.catalogue.capabilities import Capability, Generation, Prompt
from bot.catalogue.catalogue import (
    Catalogue,
    PricedModel,
    load_catalogue,
    longest_prompt,
    read_catalogue,
)
from bot.catalogue.dialogue import Line
from bot.catalogue.errors import (
    AdultOption,
    CatalogueBroken,
    CatalogueError,
    DefaultUnknown,
    EnabledUnknown,
    InputMissing,
    InputNotTaken,
    InputOutside,
    InvalidOption,
    InvalidRequest,
    PromptEmpty,
    PromptTooLong,
    TextTooLong,
    TooManyInputs,
    TooManyLines,
    UnknownOption,
)
from bot.catalogue.inputs import (
    NO_INPUTS,
    BrokenLimit,
    GivenInput,
    InputFacts,
    InputLimits,
    InputRule,
    Limit,
    Medium,
    Slot,
    Slots,
    slot_named,
    slots_of,
)
from bot.catalogue.models import SEED, Kind, Model
from bot.catalogue.options import Option
from bot.catalogue.prices import PriceLabel, PriceRange, Unit
from bot.catalogue.reading import Enabled
from bot.catalogue.spelling import OptionValue

__all__ = [
    "NO_INPUTS",
    "SEED",
    "AdultOption",
    "BrokenLimit",
    "Capability",
    "Catalogue",
    "CatalogueBroken",
    "CatalogueError",
    "DefaultUnknown",
    "Enabled",
    "EnabledUnknown",
    "Generation",
    "GivenInput",
    "InputFacts",
    "InputLimits",
    "InputMissing",
    "InputNotTaken",
    "InputOutside",
    "InputRule",
    "InvalidOption",
    "InvalidRequest",
    "Kind",
    "Limit",
    "Line",
    "Medium",
    "Model",
    "Option",
    "OptionValue",
    "PriceLabel",
    "PriceRange",
    "PricedModel",
    "Prompt",
    "PromptEmpty",
    "PromptTooLong",
    "Slot",
    "Slots",
    "TextTooLong",
    "TooManyInputs",
    "TooManyLines",
    "Unit",
    "UnknownOption",
    "load_catalogue",
    "longest_prompt",
    "read_catalogue",
    "slot_named",
    "slots_of",
]
