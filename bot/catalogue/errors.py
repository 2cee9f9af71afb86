"""What a model does not take, as plain data for whoever finds the words.

CatalogueRefusal   the requester must change something
  PromptEmpty
  PromptTooLong
  UnknownOption    this model has no such option
  InvalidOption    the option has no such value
  TextTooLong      the option's text has more characters than the model reads
  AdultOption      the value is not allowed here
CatalogueBroken    the data file must be corrected
DefaultUnknown     a setting must be corrected
"""


class CatalogueRefusal(Exception):
    """A model does not take what was asked of it."""


class PromptEmpty(CatalogueRefusal):
    """There is nothing to make."""


class PromptTooLong(CatalogueRefusal):
    """The prompt has more characters than the model reads."""

    def __init__(self, *, limit: int, length: int) -> None:
        super().__init__(f"{length} characters of at most {limit}")
        self.limit = limit
        self.length = length


class UnknownOption(CatalogueRefusal):
    """The model has no such option; `takes` names those that it has."""

    def __init__(self, *, option: str, takes: tuple[str, ...], model_label: str) -> None:
        super().__init__(f"{model_label} has no option {option}")
        self.option = option
        self.takes = takes
        self.model_label = model_label


class InvalidOption(CatalogueRefusal):
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


class TextTooLong(CatalogueRefusal):
    """The text of an option has more characters than the model reads, or none."""

    def __init__(self, *, option: str, limit: int, length: int, model_label: str) -> None:
        super().__init__(f"{model_label} takes {option} of at most {limit} characters")
        self.option = option
        self.limit = limit
        self.length = length
        self.model_label = model_label


class AdultOption(CatalogueRefusal):
    """The value makes adult content, which is not allowed here."""

    def __init__(self, *, option: str, value: str) -> None:
        super().__init__(f"{option} {value} is not allowed here")
        self.option = option
        self.value = value


class CatalogueBroken(Exception):
    """An entry of the data file makes no sense; the message names model and key."""


class DefaultUnknown(Exception):
    """A setting names a model that there is not; the message names the setting and the models."""
