"""How the ledger says no: a status, a code for programs, a sentence for people, and the field where there is one."""

from typing import Any

from starlette.responses import JSONResponse


class Problem(Exception):
    """Raised anywhere below the server, answered by it."""

    def __init__(
        self, status: int, code: str, message: str, field: str | None = None, headers: Any = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field
        self.headers: dict[str, str] = headers or {}

    def answer(self) -> JSONResponse:
        error = {"code": self.code, "message": self.message, "field": self.field}
        return JSONResponse({"error": error}, status_code=self.status, headers=self.headers)


def unfit(field: str, message: str) -> Problem:
    """A value that cannot be what the field holds."""
    return Problem(422, "invalid_value", f"{field} {message}", field)


def not_found(what: str) -> Problem:
    return Problem(404, "not_found", f"There is no {what}.")
