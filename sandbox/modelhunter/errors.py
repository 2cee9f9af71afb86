"""Errors of the API, in its own envelope."""

from collections.abc import Mapping


class ApiError(Exception):
    """A refusal with an HTTP status and a code (ModelHunter docs: error handling page)."""

    def __init__(
        self, status: int, code: str, message: str, details: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details

    def envelope(self) -> dict[str, object]:
        """Return the JSON body of the refusal; `details` is absent unless there are some."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.details is not None:
            error["details"] = dict(self.details)
        return {"success": False, "error": error}


def invalid(field: str, reason: str) -> ApiError:
    """Return the refusal of one input field."""
    return ApiError(
        400,
        "VALIDATION_ERROR",
        "Invalid request parameters",
        {"field": field, "reason": reason},
    )
