"""Reading: from the data file to models, or to one line that names the model and the key. Pure.

The language of the data file is explained at the head of `models.toml`. What it saves the author
from repeating is filled in before anything is checked: what all capabilities of a model share,
named limits, and what the API's upload takes of any file.
"""

import functools
import tomllib
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.catalogue.capabilities import Capability
from bot.catalogue.errors import CatalogueBroken, EnabledUnknown
from bot.catalogue.inputs import InputLimits, InputRule, Medium
from bot.catalogue.models import Kind, Model
from bot.catalogue.spelling import fold_name

# What belongs to the model; every other key is shared by its capabilities, unless one has its own.
_OF_THE_MODEL = frozenset({"name", "label", "kind", "assumption", "capabilities"})

# Undocumented models and options that the operator has turned on: all, none, or those of names.
Enabled = bool | Collection[str]


class _Limits(BaseModel):
    """The limits that apply to every model, and those that models name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uploads: Mapping[Medium, InputLimits] = {}
    limits: Mapping[str, InputLimits] = {}


@functools.lru_cache(maxsize=1)  # a start asks four times for what is in the data file
def read_models(text: str) -> tuple[Model, ...]:
    """Return all models that *text*, as TOML, describes, undocumented ones too.

    Raises:
        CatalogueBroken: One line that names the model and the key.
    """
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueBroken(f"models.toml: {error}") from error
    entries = document.pop("model", None)
    if not isinstance(entries, list):
        raise CatalogueBroken("models.toml: there is no [[model]]")
    try:
        limits = _Limits.model_validate(document)
    except ValidationError as error:
        raise CatalogueBroken(f"models.toml: {_problem(error)}") from error
    models = tuple(
        _read_model(entry, number, limits) for number, entry in enumerate(entries, start=1)
    )
    _check_names(models)
    return models


def enabled_models(models: Collection[Model], enabled: Enabled) -> tuple[Model, ...]:
    """Return the models with what is documented, and with the rest where it is turned on.

    A model of which nothing is left stays, without a capability, so that its label is known.

    Raises:
        EnabledUnknown: A name in *enabled* is that of no model.
    """
    if isinstance(enabled, bool):
        return tuple(models) if enabled else tuple(map(_documented, models))
    wanted = {fold_name(name): name for name in enabled}
    known = {name: model for model in models for name in _names(model)}
    for folded, name in wanted.items():
        if folded not in known:
            undocumented = (it.name for it in models if it != _documented(it))
            raise EnabledUnknown(
                f"ENABLE_UNDOCUMENTED_MODELS: {name} is none of: {', '.join(undocumented)}."
            )
    return tuple(it if _names(it) & set(wanted) else _documented(it) for it in models)


def _documented(model: Model) -> Model:
    capabilities = [
        it.model_copy(
            update={
                "options": {
                    name: option for name, option in it.options.items() if not option.undocumented
                }
            }
        )
        for it in model.capabilities
        if not it.undocumented
    ]
    return model.model_copy(update={"capabilities": tuple(capabilities)})


def _read_model(entry: object, number: int, limits: _Limits) -> Model:
    if not isinstance(entry, dict):
        raise CatalogueBroken(f"models.toml: entry {number} is no table")
    name = entry.get("name") or f"entry {number}"
    try:
        own = {key: value for key, value in entry.items() if key in _OF_THE_MODEL}
        model = Model.model_validate({**own, "capabilities": ()})
        capabilities = _read_capabilities(entry, limits)
        return model.model_copy(update={"capabilities": capabilities})
    except _KeyProblem as problem:
        raise CatalogueBroken(f"models.toml: {name}: {problem}") from problem
    except ValidationError as error:
        raise CatalogueBroken(f"models.toml: {name}: {_problem(error)}") from error


class _KeyProblem(Exception):
    """What is wrong with a key, for the author of the data file."""


def _read_capabilities(entry: Mapping[str, object], limits: _Limits) -> tuple[Capability, ...]:
    """Return the capabilities of an entry; without a table of them it has one, by its endpoint."""
    shared = {key: value for key, value in entry.items() if key not in _OF_THE_MODEL}
    table = entry.get("capabilities")
    if table is None:
        named = str(entry.get("endpoint", "")).rpartition("/")[2] or "capability"
        return (_read_capability(named, entry, shared, limits, prefix=""),)
    if not isinstance(table, dict) or not table:
        raise _KeyProblem("capabilities: it must be a table of one or more")
    return tuple(
        _read_capability(name, entry, _merged(shared, own, name), limits, prefix=f"{name}: ")
        for name, own in table.items()
    )


def _merged(shared: Mapping[str, object], own: object, name: str) -> dict[str, object]:
    """Return what a capability shares with the others, with its own keys and options over it."""
    if not isinstance(own, dict):
        raise _KeyProblem(f"{name}: it is no table")
    merged = {**shared, **own}
    without = merged.pop("without", [])
    common, options = shared.get("options", {}), own.get("options", {})
    if isinstance(common, dict) and isinstance(options, dict) and isinstance(without, list):
        unknown = [option for option in without if option not in common]
        if unknown:
            raise _KeyProblem(f"{name}: without: the model has no option {unknown[0]}")
        kept = {option: rule for option, rule in common.items() if option not in without}
        merged["options"] = {**kept, **options}
    return merged


def _read_capability(
    name: str,
    entry: Mapping[str, object],
    values: Mapping[str, object],
    limits: _Limits,
    *,
    prefix: str,
) -> Capability:
    filled = {**values, "name": name, "model_label": str(entry.get("label", ""))}
    try:
        if isinstance(inputs := values.get("inputs"), dict):
            filled["inputs"] = _with_named_limits(inputs, limits)
        capability = Capability.model_validate(filled)
    except ValidationError as error:
        raise _KeyProblem(prefix + _problem(error)) from error
    except _KeyProblem as problem:
        raise _KeyProblem(f"{prefix}{problem}") from problem
    tight = {
        slot: _as_uploaded(rule, limits.uploads.get(slot.medium))
        for slot, rule in capability.inputs.items()
    }
    return capability.model_copy(update={"inputs": tight})


def _with_named_limits(inputs: Mapping[str, object], limits: _Limits) -> dict[str, object]:
    filled: dict[str, object] = {}
    for slot, rule in inputs.items():
        named = rule.get("limits") if isinstance(rule, dict) else None
        filled[slot] = rule
        if isinstance(rule, dict) and isinstance(named, str):
            if named not in limits.limits:
                raise _KeyProblem(f"inputs.{slot}.limits: there is no [limits.{named}]")
            filled[slot] = {**rule, "limits": limits.limits[named]}
    return filled


def _as_uploaded(rule: InputRule, uploads: InputLimits | None) -> InputRule:
    """Return the rule with limits that the API's upload has too: files are handed over by it."""
    if uploads is None:
        return rule
    return rule.model_copy(update={"limits": rule.limits.tightened(uploads)})


def _problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in problem["loc"])
    words = problem["msg"].removeprefix("Value error, ")
    return f"{key}: {words}" if key else words


def _names(model: Model) -> set[str]:
    return {fold_name(model.name), fold_name(model.label)}


def _check_names(models: Iterable[Model]) -> None:
    seen: set[tuple[Kind, str]] = set()
    for model in models:
        names = {(model.kind, name) for name in _names(model)}
        if names & seen:
            raise CatalogueBroken(f"models.toml: {model.name}: name or label is taken already")
        seen |= names
