"""Role: which half of the program a process runs.

Several processes may share one PostgreSQL. A gateway holds sessions with Discord, answers
interactions and writes rows; a worker takes jobs to their end by REST alone. `all` is both.
"""

import enum


class Role(enum.StrEnum):
    """The part of the work that this process does."""

    ALL = "all"
    GATEWAY = "gateway"
    WORKER = "worker"

    @property
    def has_gateway(self) -> bool:
        """Whether the process holds sessions with Discord and answers interactions."""
        return self is not Role.WORKER

    @property
    def has_worker(self) -> bool:
        """Whether the process owns jobs and takes them to their end."""
        return self is not Role.GATEWAY
