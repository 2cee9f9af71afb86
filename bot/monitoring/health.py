"""Health: the problems that keep the bot from its work, reported where they are noticed."""


class Health:
    """The present problems, at most one for each named check.

    `/readyz` shows them to anyone who can reach the port: a sentence for the operator, no secret.
    """

    def __init__(self) -> None:
        self._problems: dict[str, str] = {}

    def report(self, check: str, problem: str) -> None:
        """Set the problem of *check*, in place of an earlier one."""
        self._problems[check] = problem

    def clear(self, check: str) -> None:
        """Remove the problem of *check*, if it has one."""
        self._problems.pop(check, None)

    def problem(self, check: str) -> str | None:
        """Return the problem of *check*, or None if it has none."""
        return self._problems.get(check)

    def checks(self) -> tuple[str, ...]:
        """Return the names of the checks that have a problem."""
        return tuple(sorted(self._problems))

    def problems(self) -> tuple[str, ...]:
        """Return each problem's sentence, in the order of the checks' names."""
        return tuple(self._problems[check] for check in sorted(self._problems))
