"""Secrets in files: `DISCORD_TOKEN_FILE` names a file that holds DISCORD_TOKEN.

So a secret is in no environment, which other processes of the machine may read: systemd's
credentials and the secrets of Compose are files. A setting that has a file and a value is refused,
as is a file that can't be read or holds nothing: neither is taken for the other.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

# The settings of which a file may hold the value, each named by the setting's name and this ending.
IN_FILES = (
    "DISCORD_TOKEN",
    "MODELHUNTER_KEY",
    "MODELHUNTER_WEBHOOK_SECRET",
    "DATABASE_URL",
    "HTTPS_PROXY",
)
ENDING = "_FILE"
# A token or an address has some hundred characters; what is larger is another file.
_LARGEST = 10_000  # bytes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FoundSecrets:
    """Values by upper-case name of the setting, and a sentence for each mistake."""

    values: Mapping[str, str]
    mistakes: Sequence[str]


def file_names() -> frozenset[str]:
    """Return the names that name files, as DISCORD_TOKEN_FILE."""
    return frozenset(name + ENDING for name in IN_FILES)


def read_secret_files(
    given: Mapping[str, str | None], wanted: Collection[str] = IN_FILES
) -> FoundSecrets:
    """Read the files that are named in *given*, whose names are in upper case, for *wanted* settings.

    An empty name of a file is none, as an empty value of a setting is.
    """
    values: dict[str, str] = {}
    mistakes: list[str] = []
    for name in (each for each in IN_FILES if each in wanted):
        path = (given.get(name + ENDING) or "").strip()
        if not path:
            continue
        if given.get(name):
            mistakes.append(f"{name} and {name}{ENDING} are both set: unset one of them")
            continue
        try:
            values[name] = _content(Path(path))
        except (OSError, ValueError) as error:
            mistakes.append(f"{name}{ENDING} names a file that {_reason(error)}")
    return FoundSecrets(values=values, mistakes=mistakes)


def _content(path: Path) -> str:
    """Return the text of a file without the line breaks that editors and `echo` add."""
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError("is too large to be a secret")
    text = content.decode("utf-8-sig").rstrip("\r\n")
    if not text.strip():
        raise ValueError("is empty")
    return text


def _reason(error: OSError | ValueError) -> str:
    match error:
        case OSError():
            return f"can't be read: {error.strerror or type(error).__name__}"
        case UnicodeDecodeError():
            return "is not written in UTF-8"
        case _:
            return str(error)  # of `_content`, or a path with a NUL
