"""Health: the problems that keep the bot from its work, reported where they are noticed."""

from collections.abc import Callable


class Health:
    """The present problems, at most one for each named check.

    `/readyz` shows them to anyone who can reach the port: a sentence for the operator, no secret.
    """

    def __init__(self) -> None:
        self._problems: dict[str, str] = {}
        self._listeners: list[Callable[[str], None]] = []

    def when_reported(self, listener: Callable[[str], None]) -> None:
        """Call *listener* with the name of each check whose problem is new or has changed."""
        self._listeners.append(listener)

    def report(self, check: str, problem: str) -> None:
        """Set the problem of *check*, in place of an earlier one, and call the listeners."""
        is_new = self._problems.get(check) != problem
        self._problems[check] = problem
        if is_new:
            for listener in self._listeners:
                listener(check)

    def clear(self, check: str) -> None:
        """Remove the problem of *check*, if it has one."""
        self._problems.pop(check, None)

    def problem(self, check: str) -> str | None:
        """Return the problem of *check*, or None if it has none."""
        return self._problems.get(check)

    def problems(self) -> tuple[str, ...]:
        """Return each problem's sentence, in the order of the checks' names."""
        return tuple(self._problems[check] for check in sorted(self._problems))
