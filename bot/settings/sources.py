"""Sources of settings: the environment, then `.env`, each with its mistakes reported."""

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
)

from bot.settings.env_file import parse_env_file
from bot.settings.secret_files import file_names, read_secret_files
from bot.settings.setting_names import meant_in_environment

# pydantic-settings reads `.env` by python-dotenv before it asks for sources of its own. What that
# makes of the file is not used, and its warnings about lines would be a second message.
logging.getLogger("dotenv").setLevel(logging.CRITICAL)

# The type of an error whose text is a whole sentence.
MISTAKE = "mistake"


class CheckedSettings(BaseSettings):
    """Settings that take no line and no name for another one, and leave none out."""

    # Upper-case names of all settings, also of those that this class does not have itself.
    known_names: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def names(cls) -> frozenset[str]:
        """Return the upper-case names that are settings."""
        return cls.known_names or frozenset(name.upper() for name in cls.model_fields)

    @classmethod
    def understood_names(cls) -> frozenset[str]:
        """Return the names that are settings, and those that name a secret's file."""
        return cls.names() | file_names()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read given values, then the environment, then `.env`."""
        del env_settings, file_secret_settings
        env_file = getattr(dotenv_settings, "env_file", None)
        return (
            init_settings,
            _Environment(settings_cls, cls.understood_names()),
            _File(settings_cls, cls.understood_names(), Path(env_file) if env_file else None),
        )


class _Environment(EnvSettingsSource):
    """The environment, without a name that looks like a setting's."""

    def __init__(self, settings_cls: type[BaseSettings], known: frozenset[str]) -> None:
        self._known = known
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        _raise_mistakes(environment_mistakes(os.environ, self._known))
        return _with_secrets(super()._load_env_vars(), self.settings_cls)


class _File(DotEnvSettingsSource):
    """`.env`, each line of which is understood."""

    def __init__(
        self, settings_cls: type[BaseSettings], known: frozenset[str], path: Path | None
    ) -> None:
        self._known = known
        super().__init__(settings_cls, env_file=path)

    def _read_env_files(self) -> Mapping[str, str | None]:
        path = self.env_file
        if not isinstance(path, Path) or not path.exists():
            return {}
        found = parse_env_file(path.read_text(encoding="utf-8"), self._known)
        _raise_mistakes(found.mistakes)
        values = {name.lower(): value for name, value in found.values.items()}
        return _with_secrets(values, self.settings_cls)


def _with_secrets(
    values: Mapping[str, str | None], settings_cls: type[BaseSettings]
) -> Mapping[str, str | None]:
    """Return *values*, by lower-case name, with the settings that are in the files which they name."""
    found = read_secret_files(
        {name.upper(): value for name, value in values.items()},
        {name.upper() for name in settings_cls.model_fields},
    )
    _raise_mistakes(found.mistakes)
    return {**values, **{name.lower(): value for name, value in found.values.items()}}


def environment_mistakes(environment: Mapping[str, str], known: frozenset[str]) -> list[str]:
    """Return a sentence for each variable that was probably meant to be a setting. Pure."""
    mistakes = []
    for name in environment:
        meant = meant_in_environment(name, known)
        if meant is not None:
            mistakes.append(f"the environment has {name}: did you mean {meant}? Rename or unset it")
    for name in sorted(known):
        spellings = [each for each in environment if each.upper() == name]
        if len({environment[each] for each in spellings}) > 1:
            mistakes.append(f"the environment has {' and '.join(spellings)}: unset one of them")
    return mistakes


def _raise_mistakes(mistakes: Sequence[str]) -> None:
    """Raise ValidationError, as for values, if there are any."""
    if mistakes:
        raise ValidationError.from_exception_data(
            "Settings",
            [
                InitErrorDetails(
                    type=PydanticCustomError(MISTAKE, "{text}", {"text": text}), input=None
                )
                for text in mistakes
            ],
        )
