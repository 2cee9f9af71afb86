"""Call names: what each call to Discord is for, as the metrics name it. Pure."""

import yarl

GATEWAY, LOGIN, COMMANDS, ANSWER, REACTION, OTHER = (
    "gateway",  # the connection by which events come
    "login",
    "commands",
    "answer",  # the first answer to an interaction
    "reaction",
    "other",
)
# By the interaction's token, and by the bot's own.
_BY_TOKEN = {
    "POST": "follow_up",
    "PATCH": "edit_answer",
    "GET": "find_answer",
    "DELETE": "delete_answer",
}
_BY_BOT = {"POST": "send", "PATCH": "edit", "GET": "read", "DELETE": "delete"}
# By what the address begins with, behind the version of the API.
_BY_ROOT = {
    "interactions": ANSWER,
    "applications": COMMANDS,
    "gateway": LOGIN,
    "oauth2": LOGIN,
    "users": LOGIN,
}

CALL_NAMES = frozenset(
    {GATEWAY, REACTION, OTHER, *_BY_ROOT.values(), *_BY_TOKEN.values(), *_BY_BOT.values()}
)


def call_name(method: str, url: yarl.URL) -> str:
    """Return the name of a call by its method and address (Discord docs: API Reference)."""
    if url.scheme in {"ws", "wss"}:
        return GATEWAY
    _, _, versioned = url.raw_path.partition("/api/v")
    _, _, path = versioned.partition("/")
    root, _, rest = path.partition("/")
    if root == "webhooks":
        return _BY_TOKEN.get(method, OTHER)
    if root == "channels":
        if "/reactions" in rest:
            return REACTION
        return _BY_BOT.get(method, OTHER) if "/messages" in rest else OTHER
    return _BY_ROOT.get(root, OTHER)
