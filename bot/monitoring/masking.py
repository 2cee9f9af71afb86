"""Masking: hides secrets in any text, by what they look like. Pure but for the bot's own secrets.

Secrets reach texts by many ways: a library's error that quotes a request, an address in a traceback,
the repr of a record. So what secrets look like (`_SECRETS`) is hidden besides the bot's own token and
key.
"""

import re
from collections.abc import Iterable

MASK = "***"
# The operator's own token and key, which may have any form. A shorter one would mask parts of
# ordinary words.
_own_secrets: list[str] = []
_SHORTEST = 8  # characters

# Each pattern keeps its first group, if it has one, and hides the rest of what it finds.
_SECRETS = tuple(
    re.compile(pattern)
    for pattern in (
        # A header as text, as an item of a dict, or as a pair of bytes.
        r"""(?i)(authorization["']?\s*[:=,]\s*(?:b(?=["']))?["']?)(?:(?:bearer|bot|basic)\s+)?[^\s"',)}\]]+""",
        r"(?i)(\bbearer\s+)[^\s\"',)}\]]{6,}",
        r"(\bBot\s+)[\w.-]{20,}",
        # A Discord bot token: id, time and signature in base64 (Discord docs: Authentication).
        r"()\b[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}",
        # An interaction token is base64 of "interaction:...".
        r"()\baW50ZXJhY3Rpb246[\w=+/-]+",
        r"(?i)((?:webhooks|interactions)(?:/|%2F)\d+(?:/|%2F))[^\s/?\"'<>]+",
        # The address of one job's webhook, which can't be guessed (`bot.jobs.webhook_addresses`).
        r"(?i)(webhooks(?:\\?/|%2F)modelhunter(?:\\?/|%2F))[^\s/?\"'<>]+",
        # ModelHunter docs: Authentication, Webhooks.
        r"()\briver_[\w-]+",
        r"()\bwhsec_[\w+/=-]+",
        # User name and password in an address, then everything after its question mark. The latter
        # pattern begins at the mark: one that began at each "https://" would take time that grows
        # with the square of the text, and the text may be written by users.
        r"(?i)(\b[a-z][a-z0-9+.-]{0,30}://)[^\s/@\"'<>]+(?=@)",
        # The bot's own invite link has nothing to hide.
        r"((?<!//discord\.com/oauth2/authorize)\?)[\w%~\"'<&=+/.-]*[\w%=]\S*",
        # A value after its name, as in the repr of a dict or a record.
        r"""(?i)((?:token|secret|password|sig|signature|api_?key)["']?\s*[:=]\s*(?:b(?=["']))?["']?)[^\s"',)}\]]+""",
    )
)


def hide(secrets: Iterable[str]) -> None:
    """Have *secrets* masked from now on, even if they match no pattern; and no others."""
    _own_secrets[:] = [secret for secret in secrets if len(secret) >= _SHORTEST]


def mask(text: str) -> str:
    """Return *text* with tokens, keys and the query strings of addresses replaced by asterisks."""
    for ours in _own_secrets:
        text = text.replace(ours, MASK)
    for secret in _SECRETS:
        text = secret.sub(rf"\g<1>{MASK}", text)
    return text
