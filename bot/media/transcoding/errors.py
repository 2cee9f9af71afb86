"""Why a file stays as it is."""


class CannotTranscode(Exception):
    """The file can't be made small enough; the text says why, in words fit for the log."""
