"""What keeps the bot from doing its work: told by whoever notices, read by `/readyz`."""

from collections.abc import Callable


class Health:
    """The problems there are now, one for each named check.

    Problems are read by strangers who can reach the port: a sentence for the operator, no secret.
    """

    def __init__(self) -> None:
        self._problems: dict[str, str] = {}
        self._listeners: list[Callable[[str], None]] = []

    def when_reported(self, tell: Callable[[str], None]) -> None:
        """Have *tell* called with the name of each check whose problem is new."""
        self._listeners.append(tell)

    def report(self, check: str, problem: str) -> None:
        """Set the problem of *check*, in place of an earlier one."""
        is_new = self._problems.get(check) != problem
        self._problems[check] = problem
        if is_new:
            for tell in self._listeners:
                tell(check)

    def clear(self, check: str) -> None:
        """Forget the problem of *check*, if it has one."""
        self._problems.pop(check, None)

    def problem(self, check: str) -> str | None:
        """Return the sentence of *check*, None where all is well."""
        return self._problems.get(check)

    def problems(self) -> tuple[str, ...]:
        """Return each problem's sentence, in the order of the checks' names."""
        return tuple(self._problems[check] for check in sorted(self._problems))
