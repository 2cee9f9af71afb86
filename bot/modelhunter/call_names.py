"""Call names: what each call to the API is for, as the metrics name it. Pure."""

from collections.abc import Callable

import yarl

_CREATE, _OTHER = "create", "other"
_BY_ROOT = {"files": "upload", "balance": "balance", "webhooks": "webhook"}
_OF_TASKS = {"GET": "task", "DELETE": "cancel"}
_LIST = "list"

CALL_NAMES = frozenset({_CREATE, _OTHER, _LIST, *_BY_ROOT.values(), *_OF_TASKS.values()})


def call_names_at(address: str) -> Callable[[str, yarl.URL], str]:
    """Return what names a call of the API at *address* by its method and its own address."""
    base = yarl.URL(address).raw_path.rstrip("/") + "/"

    def name_of(method: str, url: yarl.URL) -> str:
        root, _, rest = url.raw_path.removeprefix(base).partition("/")
        if root == "tasks":
            return _LIST if method == "GET" and not rest else _OF_TASKS.get(method, _OTHER)
        # A create's path is that of its model, such as "vidu/text-to-video".
        return _BY_ROOT.get(root, _CREATE if method == "POST" else _OTHER)

    return name_of
