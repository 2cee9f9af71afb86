"""Errors of the catalogue, cut by who must change something.

CatalogueError
├── InvalidRequest      the requester: the model does not take what was asked of it
│   ├── PromptEmpty
│   ├── PromptTooLong
│   ├── UnknownOption     the model has no such option
│   ├── InvalidOption     the option has no such value
│   ├── TextTooLong       the option's text has more characters than the model reads
│   ├── AdultOption       the value is not allowed in this channel
│   ├── TooManyLines      a dialogue has more lines than the model speaks
│   ├── InputNotTaken     the model takes no file in this slot
│   ├── InputMissing      the model needs a file in another slot
│   ├── TooManyInputs     the slot has more files than the model takes
│   └── InputOutside      a file is outside the model's limits
├── CatalogueBroken     the author of `models.toml`: an entry makes no sense
├── DefaultUnknown      the operator: a setting names a model that is not in the catalogue
└── EnabledUnknown      the operator: so does the setting that turns undocumented ones on

The kinds of InvalidRequest carry plain data, of which Discord's side makes sentences. The text of
the others is a sentence for the operator.
"""

from bot.catalogue.inputs import BrokenLimit, Slot


class CatalogueError(Exception):
    """Root: a request, the data file or a setting does not fit the catalogue."""


class InvalidRequest(CatalogueError):
    """A model does not take what was asked of it."""


class PromptEmpty(InvalidRequest):
    """The prompt is empty or blank."""


class PromptTooLong(InvalidRequest):
    """The prompt has more characters than the model reads; `taken_by` names models that read more."""

    def __init__(
        self, *, limit: int, length: int, model_label: str, taken_by: tuple[str, ...] = ()
    ) -> None:
        super().__init__(f"{length} characters of at most {limit}")
        self.limit = limit
        self.length = length
        self.model_label = model_label
        self.taken_by = taken_by

    def with_models(self, labels: tuple[str, ...]) -> "PromptTooLong":
        """Return the same error with the models that take so long a prompt."""
        return PromptTooLong(
            limit=self.limit, length=self.length, model_label=self.model_label, taken_by=labels
        )


class UnknownOption(InvalidRequest):
    """The model has no such option; `takes` names those that it has."""

    def __init__(self, *, option: str, takes: tuple[str, ...], model_label: str) -> None:
        super().__init__(f"{model_label} has no option {option}")
        self.option = option
        self.takes = takes
        self.model_label = model_label


class InvalidOption(InvalidRequest):
    """The option does not take this value.

    `allowed` holds the values that it takes, or one range of numbers such as "3-15".
    """

    def __init__(
        self, *, option: str, value: object, allowed: tuple[str, ...], model_label: str
    ) -> None:
        super().__init__(f"{model_label} takes {option} {', '.join(allowed)}")
        self.option = option
        self.value = str(value)
        self.allowed = allowed
        self.model_label = model_label


class TextTooLong(InvalidRequest):
    """The text of an option has more characters than the model reads, or none."""

    def __init__(self, *, option: str, limit: int, length: int, model_label: str) -> None:
        super().__init__(f"{model_label} takes {option} of at most {limit} characters")
        self.option = option
        self.limit = limit
        self.length = length
        self.model_label = model_label


class AdultOption(InvalidRequest):
    """The value makes adult content, which is not allowed in this channel."""

    def __init__(self, *, option: str, value: str) -> None:
        super().__init__(f"{option} {value} is not allowed here")
        self.option = option
        self.value = value


class TooManyLines(InvalidRequest):
    """A dialogue has more lines than the model speaks; a limit of 1 is none at all."""

    def __init__(self, *, limit: int, count: int, model_label: str) -> None:
        super().__init__(f"{model_label} takes {limit} lines of a dialogue at most")
        self.limit = limit
        self.count = count
        self.model_label = model_label


class InputNotTaken(InvalidRequest):
    """The model takes no file in `slot`, alone or with the others; `takes` names its slots."""

    def __init__(self, *, slot: Slot, takes: tuple[Slot, ...], model_label: str) -> None:
        super().__init__(f"{model_label} takes no {slot}")
        self.slot = slot
        self.takes = takes
        self.model_label = model_label


class InputMissing(InvalidRequest):
    """The model needs a file in one of the slots `needs`, for what was handed in or for anything."""

    def __init__(self, *, needs: tuple[Slot, ...], model_label: str) -> None:
        super().__init__(f"{model_label} needs {' or '.join(needs)}")
        self.needs = needs
        self.model_label = model_label


class TooManyInputs(InvalidRequest):
    """The slot has more files than the model takes."""

    def __init__(self, *, slot: Slot, limit: int, count: int, model_label: str) -> None:
        super().__init__(f"{model_label} takes {limit} {slot} at most")
        self.slot = slot
        self.limit = limit
        self.count = count
        self.model_label = model_label


class InputOutside(InvalidRequest):
    """A file is outside one of the limits that the model has for its slot."""

    def __init__(self, *, slot: Slot, broken: BrokenLimit, model_label: str) -> None:
        super().__init__(f"{model_label}: {slot} is outside: {broken.limit}")
        self.slot = slot
        self.broken = broken
        self.model_label = model_label


class CatalogueBroken(CatalogueError):
    """An entry of the data file makes no sense; the message names model and key."""


class DefaultUnknown(CatalogueError):
    """A setting names a model that does not exist; the message names the setting and the models."""


class EnabledUnknown(CatalogueError):
    """The setting of undocumented models names one that does not exist; the message names them."""
