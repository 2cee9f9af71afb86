"""Catalogue: look up models, read from the data file."""

import dataclasses
import difflib
import functools
import importlib.resources
import tomllib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from pydantic import ValidationError

from bot.catalogue.errors import CatalogueBroken, CatalogueError, DefaultUnknown
from bot.catalogue.models import Kind, Model
from bot.catalogue.options import MOST_SUGGESTIONS
from bot.catalogue.plain_signs import plain_signs
from bot.catalogue.prices import PriceRange
from bot.catalogue.spelling import fold_name
from bot.clock import monotonic

# Long enough to compare the prices of models that are paid by the character.
_SAMPLE = "x" * 1000
_MOST_SIMILAR = 3
# Seconds for which a model that the API does not know is not offered.
_WITHDRAWN_FOR = 60 * 60.0
_LONGEST_NAME = 100


@dataclasses.dataclass(frozen=True, slots=True)
class PricedModel:
    """A model that may have been meant, with what it costs without options."""

    kind: Kind
    label: str
    price: PriceRange


class Catalogue:
    """The models that can be asked for: those of the data file, less those that were withdrawn."""

    def __init__(
        self,
        models: Iterable[Model],
        *,
        defaults: Mapping[Kind, str | None] | None = None,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._models = tuple(models)
        self._monotonic = monotonic
        self._withdrawn_until: dict[str, float] = {}
        self._defaults = dict(defaults or {})
        for kind, name in self._defaults.items():
            self._check_default(kind, name)

    def withdraw(self, name: str) -> None:
        """Offer that model no more for an hour, because the API does not know it.

        One answer may be an accident, so that it must not take the model from all for good; the next
        request after that costs nothing if the answer is the same.
        """
        self._withdrawn_until[name] = self._monotonic() + _WITHDRAWN_FOR

    def models(self, kind: Kind) -> tuple[Model, ...]:
        """Return the models of a kind that are on offer, in the order of the data file."""
        now = self._monotonic()
        return tuple(
            model
            for model in self._models
            if model.kind == kind and self._withdrawn_until.get(model.name, now) <= now
        )

    def labels(self) -> Mapping[str, str]:
        """Return the label of each model by its name, also of those that were withdrawn."""
        return {model.name: model.label for model in self._models}

    def find(self, kind: Kind, name: str) -> Model | None:
        """Return the model of that name or label, without regard to case, blanks and dashes."""
        wanted = fold_name(name)
        for model in self.models(kind):
            if wanted in {fold_name(model.name), fold_name(model.label)}:
                return model
        return None

    def choose(self, kind: Kind, typed: str) -> Model | None:
        """Return the model that was meant: the one of that name, or the only one that matches.

        Of several that match, the only one that begins so is meant.
        """
        found = self.find(kind, typed)
        if found is not None:
            return found
        wanted = fold_name(typed)
        matching = self.suggest(kind, typed) if wanted else []
        beginning = [it for it in matching if fold_name(it.label).startswith(wanted)]
        for models in (matching, beginning):
            if len(models) == 1:
                return models[0]
        return None

    def similar(self, kind: Kind, typed: str) -> tuple[PricedModel, ...]:
        """Return up to three models that may have been meant, cheapest first."""
        models = self.suggest(kind, typed) if fold_name(typed) else []
        if not models:
            named = {
                fold_name(name): it for it in self.models(kind) for name in (it.name, it.label)
            }
            near = difflib.get_close_matches(fold_name(typed)[:_LONGEST_NAME], named, cutoff=0.6)
            models = list({named[name].name: named[name] for name in near}.values())
        priced = (PricedModel(kind, it.label, it.price({}, _SAMPLE)) for it in models)
        return tuple(sorted(priced, key=lambda it: (it.price.high, it.price.low))[:_MOST_SIMILAR])

    def elsewhere(self, kind: Kind, typed: str) -> PricedModel | None:
        """Return the model of that name that makes something else."""
        for other in Kind:
            if other != kind and (found := self.choose(other, typed)) is not None:
                return PricedModel(other, found.label, found.price({}, _SAMPLE))
        return None

    def taking(self, kind: Kind, length: int) -> tuple[Model, ...]:
        """Return the models that read prompts of *length* characters, cheapest first."""
        taking = [model for model in self.models(kind) if model.prompt_limit >= length]
        return tuple(sorted(taking, key=_usual_price))

    def by_price(self, kind: Kind) -> tuple[Model, ...]:
        """Return the models of a kind that are on offer, the cheapest first."""
        return tuple(sorted(self.models(kind), key=_usual_price))

    def cheapest(self, kind: Kind) -> Model:
        """Return the model whose request without options costs least; raises LookupError."""
        models = self.models(kind)
        if not models:
            raise LookupError(f"no model makes {kind}")
        return min(models, key=_usual_price)

    def default(self, kind: Kind) -> Model:
        """Return the operator's default if it is on offer, else the cheapest; raises LookupError."""
        preferred = self._defaults.get(kind)
        found = self.find(kind, preferred) if preferred else None
        return found or self.cheapest(kind)

    def suggest(self, kind: Kind, typed: str) -> list[Model]:
        """Return up to 25 models that match what was *typed* so far: best, then cheapest first."""
        wanted = plain_signs(typed).casefold().split()
        found = [
            (rank, model)
            for model in self.by_price(kind)
            if (rank := _rank(model, wanted)) is not None
        ]
        found.sort(key=lambda pair: pair[0])
        return [model for _, model in found][:MOST_SUGGESTIONS]

    def _check_default(self, kind: Kind, preferred: str | None) -> None:
        if preferred is not None and self.find(kind, preferred) is None:
            names = ", ".join(model.name for model in self.models(kind))
            raise DefaultUnknown(
                f"DEFAULT_{kind.upper()}_MODEL must be one of these, or empty: {names}."
            )


@functools.cache
def longest_prompt(kind: Kind) -> int | None:
    """Return the most characters that any model of the data file reads; None if it can't be read.

    Loading the catalogue says why.
    """
    try:
        return max(model.prompt_limit for model in load_catalogue().models(kind))
    except (CatalogueError, ValueError):
        return None


def load_catalogue(
    defaults: Mapping[Kind, str | None] | None = None,
    *,
    monotonic: Callable[[], float] = monotonic,
) -> Catalogue:
    """Return the catalogue of the data file that comes with the program.

    Raises:
        CatalogueBroken: The data file can't be read.
        DefaultUnknown: One of *defaults*, the operator's choices, is no model of its kind.
    """
    file = importlib.resources.files("bot.catalogue").joinpath("models.toml")
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CatalogueBroken("models.toml: it is not written in UTF-8") from error
    return read_catalogue(text, defaults, monotonic=monotonic)


def read_catalogue(
    text: str,
    defaults: Mapping[Kind, str | None] | None = None,
    *,
    monotonic: Callable[[], float] = monotonic,
) -> Catalogue:
    """Return the catalogue that *text* describes, as TOML, with the operator's *defaults*.

    Raises:
        CatalogueBroken: One line that names the model and the key.
        DefaultUnknown: One of *defaults* is no model of its kind.
    """
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueBroken(f"models.toml: {error}") from error
    entries = document.get("model")
    if not isinstance(entries, list):
        raise CatalogueBroken("models.toml: there is no [[model]]")
    models = [_read_model(entry, number) for number, entry in enumerate(entries, start=1)]
    _check_names(models)
    return Catalogue(models, defaults=defaults, monotonic=monotonic)


def _read_model(entry: object, number: int) -> Model:
    try:
        return Model.model_validate(entry)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        named = entry.get("name") if isinstance(entry, dict) else None
        key = ".".join(str(part) for part in problem["loc"])
        words = problem["msg"].removeprefix("Value error, ")
        name = named or f"entry {number}"
        raise CatalogueBroken(
            f"models.toml: {name}: " + (f"{key}: {words}" if key else words)
        ) from error


def _check_names(models: Iterable[Model]) -> None:
    seen: set[tuple[Kind, str]] = set()
    for model in models:
        names = {(model.kind, fold_name(model.name)), (model.kind, fold_name(model.label))}
        if names & seen:
            raise CatalogueBroken(f"models.toml: {model.name}: name or label is taken already")
        seen |= names


def _usual_price(model: Model) -> tuple[Decimal, Decimal]:
    price = model.price({}, _SAMPLE)
    return price.high, price.low


def _rank(model: Model, wanted: list[str]) -> int | None:
    """Return the model's rank, 0 being the best, or None if it lacks a word that was typed."""
    label, name = model.label.casefold(), model.name.casefold()
    if not all(word in label or word in name for word in wanted):
        return None
    typed = " ".join(wanted)
    if label.startswith(typed) or name.startswith(typed):
        return 0
    return 1 if all(f" {word}" in f" {label}" for word in wanted) else 2
