"""The several shapes of a refusal: version 1 has four for the same thing, version 2 has one."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from itertools import count
from typing import Any

from hub.sandboxes.procore.problem import Problem
from hub.sandboxes.procore.settings import ERROR_SHAPES

Shape = Callable[[str], Any]

FOUR: Mapping[str, Shape] = {
    "text": lambda text: {"errors": text},
    "list": lambda text: {"errors": [text]},
    "error": lambda text: {"error": {"message": text}},
    "message": lambda text: {"message": text},
}
SHAPES_OF: Mapping[int, tuple[str, ...]] = {400: tuple(FOUR), 403: ("text", "message")}
V2_PATHS = "/rest/v2."


class Shapes:
    """Which of the shapes a caller meets; `rotate` gives the next one each time."""

    def __init__(self) -> None:
        self._turn = count()

    def body(self, problem: Problem, path: str, wanted: str) -> Any:
        if path.startswith(V2_PATHS):
            return None if problem.body is None else _version_2(problem)
        shapes, text = SHAPES_OF.get(problem.status, ()), plain_text(problem.body)
        if not shapes or text is None or wanted == ERROR_SHAPES[0]:
            return problem.body
        name = shapes[next(self._turn) % len(shapes)] if wanted == "rotate" else wanted
        return FOUR[name if name in shapes else shapes[-1]](text)


def plain_text(body: Any) -> str | None:
    """The one sentence of a refusal that is about no field."""
    found = body.get("errors") if isinstance(body, dict) else None
    return found if isinstance(found, str) else None


def _version_2(problem: Problem) -> Mapping[str, Any]:
    code = HTTPStatus(problem.status).name
    fields = problem.body.get("errors")
    details = [
        {"reason_code": "INVALID", "message": reason, "source": name}
        for name, reasons in (fields.items() if isinstance(fields, dict) else ())
        for reason in reasons
    ]
    text = plain_text(problem.body) or problem.body.get("message") or "The request is not valid"
    return {"error": {"code": code, "message": text, "details": details}}
