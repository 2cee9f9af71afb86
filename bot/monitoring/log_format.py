"""Log format: whether humans or programs read the log."""

import enum


class LogFormat(enum.StrEnum):
    """How an event becomes a line."""

    HUMAN = "human"
    JSON = "json"
