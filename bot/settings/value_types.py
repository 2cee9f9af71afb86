"""Values: how the text of each kind of setting is read, or why it is not.

The types take a text as the environment has it, and pass on what is no text: tests and other code
give settings their own values. A text is never repaired: full-width digits, a `$`, a decimal comma
or a comment behind the value may mean something else than they seem to.
"""

import ipaddress
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from bot.monitoring.log_format import LogFormat
from bot.monitoring.masking import mask
from bot.settings.discord_token import application_id
from bot.settings.role import Role

_LONGEST_SHOWN = 40  # characters
_LONGEST_CONTACT = 200  # characters
_ID = re.compile(r"[0-9]{17,20}")
_WHOLE = re.compile(r"[0-9]{1,9}")
_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9}")
_HOST_NAME = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.?)+")
_MODEL = re.compile(r"[A-Za-z0-9._-]+")
_MODEL_OF_A_LIST = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)?")
# A name, an IPv4 address or network, each perhaps with a port; an IPv6 address or network; all.
_NO_PROXY = re.compile(
    r"\*|(?:\*?\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:/[0-9]+)?(?::[0-9]+)?"
    r"|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+(?:/[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?"
)
_SWITCH = {
    **dict.fromkeys(("true", "yes", "on", "1", "t", "y"), True),
    **dict.fromkeys(("false", "no", "off", "0", "f", "n"), False),
}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# The characters that the API's keys and their like have. Dashboards shorten the keys they show by an
# ellipsis, which is none of them, so that a key copied in its shortened form is noticed.
_KEY = re.compile(r"[A-Za-z0-9_.~+/-][A-Za-z0-9_.~+/=-]*")
_API_ADDRESS = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+(?:/[A-Za-z0-9._~%/+-]*)?", re.IGNORECASE)
_VISIBLE = re.compile(r"[!-~]+")

# The default also for an empty value, which would mean every address of the machine.
LOOPBACK = "127.0.0.1"
_NOT_AN_ADDRESS = (
    "must be an address such as https://api.modelhunter.ai/api/v1, with nothing behind"
)
_NOT_PUBLIC = (
    "must be an address such as https://bot.example.org, with nothing behind: the bot adds"
    " /webhooks/modelhunter"
)
# What a reverse proxy, the API or this bot might each read differently, or adds itself.
_NO_PATH = re.compile(r"//|%|/\.{1,2}(?:/|$)|/webhooks(?:/|$)", re.IGNORECASE)
# What discord.py 2.7 speaks (discord.http.INTERNAL_API_VERSION).
_DISCORD_API = "/api/v10"
_CUT = "is no whole copy: it has a blank or a character that no key has"


def _read(text_rule: Callable[[str], object]) -> BeforeValidator:
    """Return the validator that reads a text by this rule, and passes on what is none."""
    return BeforeValidator(lambda value: text_rule(value) if isinstance(value, str) else value)


def _optional(text_rule: Callable[[str], object]) -> BeforeValidator:
    """Do the same, and read an empty variable as one that is not set, as `.env.example` has them."""
    return _read(lambda text: None if text == "" else text_rule(text))


def shown(text: str) -> str:
    """Return a value as a message may quote it: short, in one line, without secrets."""
    printable = "".join(char if char.isprintable() else "?" for char in mask(text))
    cut = printable if len(printable) <= _LONGEST_SHOWN else f"{printable[:_LONGEST_SHOWN]}..."
    return f"`{cut}`"


def _is_id(text: str) -> int:
    if not _ID.fullmatch(text):
        raise ValueError(f"must be a server ID (17-20 digits); {shown(text)} is none")
    return int(text)


def _are_ids(text: str) -> frozenset[int]:
    parts = re.split(r"[, \t]+", text.strip(", \t"))
    wrong = [part for part in parts if not _ID.fullmatch(part)] if text else []
    if wrong:
        raise ValueError(
            "must be server IDs (17-20 digits), separated by commas;"
            f" {shown(wrong[0] or text)} is none"
        )
    return frozenset(map(int, parts)) if text else frozenset()


def _is_amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f"must be US dollars such as 20 or 2.50; {shown(text)} is none")
    return Decimal(text)


def _is_whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"must be a whole number; {shown(text)} is none")
    return int(text)


def _is_count(text: str) -> int:
    if not _WHOLE.fullmatch(text) or int(text) < 1:
        raise ValueError(f"must be a whole number, 1 or more; {shown(text)} is none")
    return int(text)


def _is_port(text: str) -> int:
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= 65535:
        raise ValueError(f"must be a port, 1 to 65535; {shown(text)} is none")
    return int(text)


def _is_switch(text: str) -> bool:
    if text.lower() not in _SWITCH:
        raise ValueError(f"must be true or false; {shown(text)} is neither")
    return _SWITCH[text.lower()]


def _is_level(text: str) -> str:
    if text.upper() not in _LEVELS:
        raise ValueError(f"must be DEBUG, INFO, WARNING or ERROR; {shown(text)} is none")
    return text.upper()


def _is_log_format(text: str) -> LogFormat:
    if text.lower() not in set(LogFormat):
        raise ValueError(f"must be human or json; {shown(text)} is none")
    return LogFormat(text.lower())


def _is_role(text: str) -> Role:
    if text.lower() not in set(Role):
        raise ValueError(f"must be all, gateway or worker; {shown(text)} is none")
    return Role(text.lower())


def _is_host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text or LOOPBACK))
    except ValueError:
        # What has digits and dots alone is an IP address with a mistake, and no name.
        if not _HOST_NAME.fullmatch(text) or re.fullmatch(r"[0-9.]+", text):
            raise ValueError(
                f"must be an IP address or a host's name, without a port; {shown(text)} is none"
            ) from None
    return text


def _is_api_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_address = _API_ADDRESS.fullmatch(text) and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValueError(_NOT_AN_ADDRESS) from error
    if not is_address:
        raise ValueError(_NOT_AN_ADDRESS)
    return text.rstrip("/")


def _is_public_address(text: str) -> str:
    """Read the address under which the API reaches this bot: https, but for this machine alone."""
    try:
        parts = urlsplit(text)
        is_address = _API_ADDRESS.fullmatch(text) and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValueError(_NOT_PUBLIC) from error
    is_local = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    path = parts.path.rstrip("/")
    if not is_address or not (parts.scheme == "https" or is_local) or _NO_PATH.search(path):
        raise ValueError(_NOT_PUBLIC)
    return parts._replace(path=path).geturl()


def _is_discord_api(text: str) -> str:
    """Read the address of what passes calls on to Discord; the version of its API is added."""
    words = (
        "must be the address of a REST proxy such as http://nirn-proxy:8080, with nothing behind"
    )
    try:
        parts = urlsplit(text)
        is_address = _API_ADDRESS.fullmatch(text) and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValueError(words) from error
    path = parts.path.rstrip("/")
    if not is_address or path not in {"", _DISCORD_API}:
        raise ValueError(words)
    return parts._replace(path=_DISCORD_API).geturl()


def _is_proxy(text: str) -> str:
    """Read the address of a proxy; it may hold a password, so it is never shown."""
    words = "must be an address such as http://proxy.example:3128, with user:password@ if it needs"
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        is_address = parts.scheme == "http" and parts.hostname and parts.port != 0
        # A colon would end the name in the header that it is sent in.
        is_address = is_address and ":" not in unquote(parts.username or "")
        host = parts.hostname or ""
        is_address = is_address and (":" in host or _HOST_NAME.fullmatch(host) is not None)
    except ValueError as error:
        raise ValueError(words) from error
    is_bare = parts.path in {"", "/"} and not parts.query and not parts.fragment
    if not is_address or not is_bare or not _VISIBLE.fullmatch(text):
        raise ValueError(words)
    return parts.geturl()


def _is_model(text: str) -> str:
    if not _MODEL.fullmatch(text):
        raise ValueError(f"must be a model's name as /models shows it; {shown(text)} is none")
    return text


def _are_models(text: str) -> bool | frozenset[str]:
    """Read all or none of the models, as a switch, or the names of some."""
    names = [name.strip(" ") for name in text.split(",")] if text else []
    if len(names) == 1 and names[0].lower() in _SWITCH:
        return _SWITCH[names[0].lower()]
    wrong = [
        name for name in names if not _MODEL_OF_A_LIST.fullmatch(name) or name.lower() in _SWITCH
    ]
    if wrong:
        raise ValueError(
            "must be true, false, or models' names separated by commas;"
            f" {shown(wrong[0])} is none of those"
        )
    return frozenset(names)


def _are_hosts(text: str) -> str:
    entries = [entry.strip(" ") for entry in text.split(",")]
    wrong = [entry for entry in entries if entry and not _NO_PROXY.fullmatch(entry)]
    if wrong:
        raise ValueError(
            f"must be hosts such as example.org, separated by commas; {shown(wrong[0])} is none"
        )
    return ",".join(entry for entry in entries if entry)


def _is_path(text: str) -> str:
    path = Path(text).expanduser() if text.strip() == text else None
    if path is None or not path.exists():
        raise ValueError(f"must be a file or folder that is there; {shown(text)} is none")
    return str(path)


def _is_webhook_secret(text: str) -> str:
    """Read what signs webhooks; never shown."""
    stripped = text.strip()
    if not _KEY.fullmatch(stripped):
        raise ValueError(_CUT)
    return stripped


def _is_contact(text: str) -> str:
    """Read what /help shows of the operator: one line, in which Discord's mentions may be."""
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST_CONTACT or not stripped.isprintable():
        raise ValueError(
            f"must be one line of up to {_LONGEST_CONTACT} characters, such as a name and an address;"
            f" {shown(text)} is none"
        )
    return stripped


def key_of(secret: SecretStr) -> SecretStr:
    """Return an API key without the blanks around it; raises ValueError if it is no whole copy."""
    text = _present(secret)
    if application_id(text) is not None:
        raise ValueError("is a Discord token: put it into DISCORD_TOKEN, and the API key here")
    if not _KEY.fullmatch(text):
        raise ValueError(_CUT)
    return SecretStr(text)


def token_of(secret: SecretStr) -> SecretStr:
    """Return a bot's token without the blanks around it; raises ValueError if it is none."""
    text = _present(secret)
    if not _KEY.fullmatch(text):
        raise ValueError(_CUT)
    if application_id(text) is None:
        raise ValueError(
            "is no bot's token, which has three parts with dots between and begins with the"
            " application's ID: Developer Portal, Bot, Reset Token"
        )
    return SecretStr(text)


def _present(secret: SecretStr) -> str:
    text = secret.get_secret_value().strip()
    if not text:
        raise ValueError("is empty")
    return text


Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False), _read(_is_amount)]
ApiAddress = Annotated[str, _read(_is_api_address)]
Count = Annotated[int, Field(ge=1), _read(_is_count)]
Host = Annotated[str, _read(_is_host)]
Hosts = Annotated[str, _read(_are_hosts)]
Ids = Annotated[frozenset[int], NoDecode, _read(_are_ids)]
Models = Annotated[bool | frozenset[str], NoDecode, _read(_are_models)]
LogForm = Annotated[LogFormat, _read(_is_log_format)]
LogLevel = Annotated[str, _read(_is_level)]
OptionalAmount = Annotated[
    Annotated[Decimal, Field(ge=0, allow_inf_nan=False)] | None, _optional(_is_amount)
]
OptionalDiscordApi = Annotated[str | None, _optional(_is_discord_api)]
OptionalContact = Annotated[str | None, _optional(_is_contact)]
OptionalId = Annotated[int | None, _optional(_is_id)]
OptionalPath = Annotated[str | None, _optional(_is_path)]
OptionalPort = Annotated[Annotated[int, Field(ge=1, le=65535)] | None, _optional(_is_port)]
OptionalProxy = Annotated[SecretStr | None, _optional(_is_proxy)]
OptionalModel = Annotated[str | None, _optional(_is_model)]
OptionalPublicAddress = Annotated[str | None, _optional(_is_public_address)]
OptionalSecret = Annotated[SecretStr | None, _optional(_is_webhook_secret)]
ProcessRole = Annotated[Role, _read(_is_role)]
Switch = Annotated[bool, _read(_is_switch)]
WholeNumber = Annotated[int, Field(ge=0), _read(_is_whole)]
