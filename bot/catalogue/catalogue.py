"""Catalogue: look up models, read from the data file."""

import dataclasses
import difflib
import functools
import importlib.resources
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from bot.catalogue.errors import CatalogueBroken, CatalogueError, DefaultUnknown
from bot.catalogue.inputs import NO_INPUTS, GivenInput, InputLimits, Slot, Slots
from bot.catalogue.models import Kind, Model
from bot.catalogue.options import MOST_SUGGESTIONS
from bot.catalogue.plain_signs import plain_signs
from bot.catalogue.prices import PriceRange
from bot.catalogue.reading import Enabled, enabled_models, read_models
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
    """The models that can be asked for: those of the data file, less those that were withdrawn.

    Every look-up is for the inputs that were *given*, none if it does not say: a model that can't be
    used with exactly these is not found, offered or chosen.
    """

    def __init__(
        self,
        models: Iterable[Model],
        *,
        defaults: Mapping[Kind, str | None] | None = None,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._models = tuple(models)
        self._monotonic = monotonic
        # By the model's name and an endpoint, or None for all of the model's.
        self._withdrawn_until: dict[tuple[str, str | None], float] = {}
        # Of a capability, which lasts as long as the catalogue, by the inputs.
        self._usual_prices: dict[tuple[int, frozenset[tuple[Slot, int]]], PriceRange] = {}
        self._by_price: dict[tuple[Kind, frozenset[tuple[Slot, int]]], tuple[Model, ...]] = {}
        self._defaults = dict(defaults or {})
        for kind, name in self._defaults.items():
            self._check_default(kind, name)

    def withdraw(self, name: str, endpoint: str | None = None) -> None:
        """Offer that model no more for an hour, because the API does not know it at *endpoint*.

        One answer may be an accident, so that it must not take the model from all for good; the next
        request after that costs nothing if the answer is the same. At other endpoints it is offered.
        """
        self._withdrawn_until[name, endpoint] = self._monotonic() + _WITHDRAWN_FOR

    def models(self, kind: Kind, given: Slots = NO_INPUTS) -> tuple[Model, ...]:
        """Return the models of a kind that are on offer, in the order of the data file."""
        return tuple(it for it in self.all_models(kind) if it.capability(given) is not None)

    def all_models(self, kind: Kind) -> tuple[Model, ...]:
        """Return the models of a kind that are on offer for any inputs, as the data file has them."""
        offered = (self._offered(model) for model in self._models if model.kind == kind)
        return tuple(model for model in offered if model.capabilities)

    def labels(self) -> Mapping[str, str]:
        """Return the label of each model by its name, also of those that are not on offer."""
        return {model.name: model.label for model in self._models}

    def input_limits(self, name: str, endpoint: str, slot: Slot) -> InputLimits:
        """Return the limits of a slot of the model at *endpoint*, also if it is not on offer."""
        ways = (way for it in self._models if it.name == name for way in it.capabilities)
        rules = (way.inputs.get(slot) for way in ways if way.endpoint == endpoint)
        rule = next(filter(None, rules), None)
        return InputLimits() if rule is None else rule.limits

    def find(self, kind: Kind, name: str, given: Slots = NO_INPUTS) -> Model | None:
        """Return the model of that name or label, without regard to case, blanks and dashes."""
        return _of_name(self.models(kind, given), name)

    def named(self, kind: Kind, name: str) -> Model | None:
        """Return the model of that name or label that is on offer for any inputs."""
        return _of_name(self.all_models(kind), name)

    def choose(self, kind: Kind, typed: str, given: Slots = NO_INPUTS) -> Model | None:
        """Return the model that was meant: the one of that name, or the only one that matches.

        Of several that match, the only one that begins so is meant.
        """
        found = self.find(kind, typed, given)
        if found is not None:
            return found
        wanted = fold_name(typed)
        matching = self.suggest(kind, typed, given) if wanted else []
        beginning = [it for it in matching if fold_name(it.label).startswith(wanted)]
        for models in (matching, beginning):
            if len(models) == 1:
                return models[0]
        return None

    def similar(self, kind: Kind, typed: str, given: Slots = NO_INPUTS) -> tuple[PricedModel, ...]:
        """Return up to three models that may have been meant, cheapest first."""
        models = self.suggest(kind, typed, given) if fold_name(typed) else []
        if not models:
            named = {
                fold_name(name): it
                for it in self.models(kind, given)
                for name in (it.name, it.label)
            }
            near = difflib.get_close_matches(fold_name(typed)[:_LONGEST_NAME], named, cutoff=0.6)
            models = list({named[name].name: named[name] for name in near}.values())
        priced = (PricedModel(kind, it.label, self._usual_price(it, given)) for it in models)
        return tuple(sorted(priced, key=lambda it: (it.price.high, it.price.low))[:_MOST_SIMILAR])

    def elsewhere(self, kind: Kind, typed: str, given: Slots = NO_INPUTS) -> PricedModel | None:
        """Return the model of that name that makes something else."""
        for other in Kind:
            if other != kind and (found := self.choose(other, typed, given)) is not None:
                return PricedModel(other, found.label, self._usual_price(found, given))
        return None

    def taking(self, kind: Kind, length: int, given: Slots = NO_INPUTS) -> tuple[Model, ...]:
        """Return the models that read prompts of *length* characters, cheapest first."""
        return tuple(
            model
            for model in self.by_price(kind, given)
            if (capability := model.capability(given)) and capability.prompt_limit >= length
        )

    def by_price(self, kind: Kind, given: Slots = NO_INPUTS) -> tuple[Model, ...]:
        """Return the models of a kind that are on offer, the cheapest first."""
        if self._is_any_withdrawn():
            return self._sorted_by_price(kind, given)
        # Each command asks, and the answer is the same while no model is withdrawn.
        key = kind, frozenset(given.items())
        if (found := self._by_price.get(key)) is None:
            found = self._by_price[key] = self._sorted_by_price(kind, given)
        return found

    def _is_any_withdrawn(self) -> bool:
        now = self._monotonic()
        self._withdrawn_until = {
            key: until for key, until in self._withdrawn_until.items() if until > now
        }
        return bool(self._withdrawn_until)

    def _sorted_by_price(self, kind: Kind, given: Slots) -> tuple[Model, ...]:
        return tuple(sorted(self.models(kind, given), key=lambda it: self._price_order(it, given)))

    def all_by_price(self, kind: Kind) -> tuple[Model, ...]:
        """Return the models of a kind that are on offer for any inputs, the cheapest first."""
        return tuple(
            sorted(self.all_models(kind), key=lambda it: self._price_order(it, it.fewest_inputs()))
        )

    def cheapest(self, kind: Kind, given: Slots = NO_INPUTS) -> Model:
        """Return the model whose request without options costs least; raises LookupError."""
        models = self.by_price(kind, given)
        if not models:
            raise LookupError(f"no model makes {kind}")
        return models[0]

    def default(self, kind: Kind, given: Slots = NO_INPUTS) -> Model:
        """Return the operator's default if it is on offer, else the cheapest; raises LookupError."""
        preferred = self._defaults.get(kind)
        found = self.find(kind, preferred, given) if preferred else None
        return found or self.cheapest(kind, given)

    def suggest(self, kind: Kind, typed: str, given: Slots = NO_INPUTS) -> list[Model]:
        """Return up to 25 models that match what was *typed* so far: best, then cheapest first."""
        wanted = plain_signs(typed).casefold().split()
        found = [
            (rank, model)
            for model in self.by_price(kind, given)
            if (rank := _rank(model, wanted)) is not None
        ]
        found.sort(key=lambda pair: pair[0])
        return [model for _, model in found][:MOST_SUGGESTIONS]

    def _offered(self, model: Model) -> Model:
        """Return the model with those of its capabilities that are not withdrawn."""
        now = self._monotonic()
        left = tuple(
            it
            for it in model.capabilities
            if all(
                self._withdrawn_until.get((model.name, endpoint), now) <= now
                for endpoint in (it.endpoint, None)
            )
        )
        if len(left) == len(model.capabilities):
            return model
        return model.model_copy(update={"capabilities": left})

    def _price_order(self, model: Model, given: Slots) -> tuple[Decimal, Decimal]:
        price = self._usual_price(model, given)
        return price.high, price.low

    def _usual_price(self, model: Model, given: Slots) -> PriceRange:
        """Return what a request without options costs; each command without a model asks for all."""
        key = id(model.capability(given)), frozenset(given.items())
        if (price := self._usual_prices.get(key)) is None:
            inputs = [
                GivenInput(slot=slot, address="")
                for slot, count in given.items()
                for _ in range(count)
            ]
            price = self._usual_prices[key] = model.price({}, _SAMPLE, inputs)
        return price

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
        models = [it for it in read_models(_data_file()) if it.kind == kind]
        return max(way.prompt_limit for it in models for way in it.capabilities)
    except (CatalogueError, ValueError):
        return None


def load_catalogue(
    defaults: Mapping[Kind, str | None] | None = None,
    *,
    enabled: Enabled = False,
    monotonic: Callable[[], float] = monotonic,
) -> Catalogue:
    """Return the catalogue of the data file that comes with the program.

    Raises:
        CatalogueBroken: The data file can't be read.
        DefaultUnknown: One of *defaults*, the operator's choices, is no model of its kind.
        EnabledUnknown: One of *enabled*, the operator's choices, is no model.
    """
    return read_catalogue(_data_file(), defaults, enabled=enabled, monotonic=monotonic)


def read_catalogue(
    text: str,
    defaults: Mapping[Kind, str | None] | None = None,
    *,
    enabled: Enabled = False,
    monotonic: Callable[[], float] = monotonic,
) -> Catalogue:
    """Return the catalogue that *text* describes, as TOML, with the operator's *defaults*.

    Of what is undocumented it has what is *enabled*.

    Raises:
        CatalogueBroken: One line that names the model and the key.
        DefaultUnknown: One of *defaults* is no model of its kind.
        EnabledUnknown: One of *enabled* is no model.
    """
    models = enabled_models(read_models(text), enabled)
    return Catalogue(models, defaults=defaults, monotonic=monotonic)


def _data_file() -> str:
    file = importlib.resources.files("bot.catalogue").joinpath("models.toml")
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CatalogueBroken("models.toml: it is not written in UTF-8") from error


def _of_name(models: Iterable[Model], name: str) -> Model | None:
    wanted = fold_name(name)
    for model in models:
        if wanted in {fold_name(model.name), fold_name(model.label)}:
            return model
    return None


def _rank(model: Model, wanted: list[str]) -> int | None:
    """Return the model's rank, 0 being the best, or None if it lacks a word that was typed."""
    label, name = model.label.casefold(), model.name.casefold()
    if not all(word in label or word in name for word in wanted):
        return None
    typed = " ".join(wanted)
    if label.startswith(typed) or name.startswith(typed):
        return 0
    return 1 if all(f" {word}" in f" {label}" for word in wanted) else 2
