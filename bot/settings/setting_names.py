"""Names of settings: which other names were probably meant to be one. Pure.

A typing error in a name is as dangerous as one in a value: without ALLOWED_GUILD_IDS the bot serves
every server. In `.env` every name that is not known is a mistake. The environment holds many other
programs' variables, so that there only names that look like a setting's are.
"""

import difflib
import re

# Likely to be set for another program, so that only a slip of one letter counts.
_COMMON = frozenset(
    {
        "DATABASE_URL",
        "DATABASE_URL_FILE",
        "HTTP_HOST",
        "HTTP_PORT",
        "HTTPS_PROXY",
        "LOG_LEVEL",
        "NO_PROXY",
        "PUBLIC_URL",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
    }
)
# Similarity from 0 to 1, as `difflib.SequenceMatcher` has it: ALLOWED_GUILD and ALLOWED_GUILD_IDS
# have 0.87, PG_DATABASE_URL and DATABASE_URL 0.89.
_SIMILAR = 0.85
_SIMILAR_TO_COMMON = 0.9
_SIMILAR_IN_FILE = 0.6

# What other programs read, which may share the environment and `.env` with the bot; BOT_IMAGE is
# read by compose.yaml, as the names that begin with POSTGRES are.
_OTHERS = re.compile(
    r"(?:ALL|FTP|HTTP|RSYNC|WS|WSS)_PROXY(?:_FILE)?|TZ|LANG|LANGUAGE|LC_\w+|PATH|HOME|USER|TMPDIR|PUID|PGID|BOT_IMAGE"
    r"|UMASK|(?:COMPOSE|DOCKER|POSTGRES|BUILDKIT|PYTHON|PIP|UV|PIPX|SSLKEYLOG|MALLOC)\w*",
    re.IGNORECASE,
)


def is_of_another_program(name: str) -> bool:
    """Whether other programs are known to read a variable of this name."""
    return _OTHERS.fullmatch(name) is not None


def suggestion(name: str, known: frozenset[str]) -> str | None:
    """Return the setting that a name in `.env` was probably meant to be, or None."""
    close = difflib.get_close_matches(name.upper(), sorted(known), n=1, cutoff=_SIMILAR_IN_FILE)
    return close[0] if close else _with_these_words(name, known)


def meant_in_environment(name: str, known: frozenset[str]) -> str | None:
    """Return the setting that a variable of the environment looks like, or None."""
    if name.upper() in known or is_of_another_program(name):
        return None
    close = difflib.get_close_matches(name.upper(), sorted(known), n=1, cutoff=_SIMILAR)
    for setting in close:
        likeness = difflib.SequenceMatcher(None, name.upper(), setting).ratio()
        if setting not in _COMMON or likeness >= _SIMILAR_TO_COMMON:
            return setting
    # TOKEN_FILE or KEY_FILE may be any program's.
    named = {each for each in known - _COMMON if not each.endswith("_FILE")}
    return _with_these_words(name, frozenset(named))


def _with_these_words(name: str, settings: frozenset[str]) -> str | None:
    """Return the setting that has all words of *name*, if these are two or more: GUILD_IDS."""
    words = {word for word in name.upper().split("_") if word}
    if len(words) < 2:
        return None
    return next((each for each in sorted(settings) if words <= set(each.split("_"))), None)
