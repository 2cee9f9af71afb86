"""Own address: where the bot's web server is asked from this machine. Pure."""

import ipaddress

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what the operator may have chosen


def own_address(host: str, port: int) -> str:
    """Return the address of the server that listens on *host*, which may mean all addresses."""
    name = _ANY.get(host, host)
    try:
        is_six = ipaddress.ip_address(name).version == 6
    except ValueError:
        is_six = False
    return f"http://[{name}]:{port}" if is_six else f"http://{name}:{port}"
