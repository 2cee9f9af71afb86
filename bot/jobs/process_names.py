"""Process names: under which a process owns jobs, and what its name says of it."""

import os
import secrets
import socket

_GATEWAY, _WORKER = "gateway", "worker"


def process_name(role: str) -> str:
    """Return a name that no other start has, so that no earlier lease is taken for this one."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}:{role}"


def takes_jobs(name: str) -> bool:
    """Return whether the process of that name claims jobs. A name without a role is one that does."""
    return name.rpartition(":")[2] != _GATEWAY


def has_sessions(name: str) -> bool:
    """Return whether the process of that name holds sessions with Discord."""
    return name.rpartition(":")[2] != _WORKER
