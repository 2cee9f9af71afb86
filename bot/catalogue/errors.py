"""Errors of the catalogue, cut by who must change something.

CatalogueError
├── InvalidRequest      the requester: the model does not take what was asked of it
│   ├── PromptEmpty
│   ├── PromptTooLong
│   ├── UnknownOption     the model has no such option
│   ├── InvalidOption     the option has no such value
│   ├── TextTooLong       the option's text has more characters than the model reads
│   └── AdultOption       the value is not allowed in this channel
├── CatalogueBroken     the author of `models.toml`: an entry makes no sense
└── DefaultUnknown      the operator: a setting names a model that is not in the catalogue

The kinds of InvalidRequest carry plain data, of which Discord's side makes sentences. The text of
the other two is a sentence for the operator.
"""


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


class CatalogueBroken(CatalogueError):
    """An entry of the data file makes no sense; the message names model and key."""


class DefaultUnknown(CatalogueError):
    """A setting names a model that does not exist; the message names the setting and the models."""
