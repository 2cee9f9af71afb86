"""Expected bodies: what each capability sends and refuses, read from the data beside this file."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.catalogue import Capability, GivenInput, Kind, Model, Slot, load_catalogue

# With what is undocumented, as a contract holds for that too.
EVERYTHING = load_catalogue(enabled=True)
MODELS: Mapping[str, Model] = {
    model.name: model for kind in Kind for model in EVERYTHING.all_models(kind)
}
CAPABILITIES: Mapping[tuple[str, str], Capability] = {
    (model.name, capability.name): capability
    for model in MODELS.values()
    for capability in model.capabilities
}


class Request(BaseModel):
    """What is asked for, and the `input` that is sent for it."""

    model_config = ConfigDict(extra="forbid")

    files: Mapping[Slot, int] = {}
    options: Mapping[str, str] = {}
    input: Mapping[str, object]

    def inputs(self) -> list[GivenInput]:
        """Return the files that are handed in."""
        return given(self.files)


class Case(BaseModel):
    """A capability of one or more models, with the least and the fullest request."""

    model_config = ConfigDict(extra="forbid")

    models: list[str]
    api_model: str | None = None
    capability: str
    endpoint: str
    least: Request
    fullest: Request


class Expected(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")

    case: list[Case]
    refused: Mapping[str, Mapping[str, list[str]]]
    refused_everywhere: Mapping[str, list[str]]


EXPECTED = Expected.model_validate(
    tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
)


def given(files: Mapping[Slot, int]) -> list[GivenInput]:
    """Return files with addresses that name slot and number."""
    return [
        GivenInput(slot=slot, address=f"https://f.example/{slot}-{number}")
        for slot, count in files.items()
        for number in range(1, count + 1)
    ]


def each_case() -> Iterator[tuple[str, Case]]:
    """Yield each case once for each of its models."""
    for case in EXPECTED.case:
        for name in case.models:
            yield name, case


def refused_values(model: str, option: str) -> list[str]:
    """Return the values that the model does not take for an option."""
    by_models = EXPECTED.refused.get(option, {})
    found = [values for models, values in by_models.items() if model in models.split()]
    return [value for values in found for value in values] + list(
        EXPECTED.refused_everywhere.get(option, [])
    )
