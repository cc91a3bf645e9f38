"""An answer that arrived whole: its status, headers and body, and the body as JSON without a float in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.errors import ErpUnexpected


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """`headers` has lower-case names. `request_id` is the other side's where it gave one, else ours."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    request_id: str

    def __repr__(self) -> str:
        return f"Reply({self.status}, {len(self.body)} bytes, {self.request_id})"

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON: fractions as Decimal, integers exact. Anything else raises `ErpUnexpected`."""
        if self.content_type and "json" not in self.content_type:
            raise self.unexpected(f"not an API answer: {self.content_type}")
        try:
            return json.loads(self.body, parse_float=Decimal, parse_constant=_refuse)
        except RecursionError as error:
            raise self.unexpected("nested too deeply") from error
        except (ValueError, ArithmeticError) as error:  # a power of ten may be beyond any decimal
            raise self.unexpected("not readable as JSON") from error

    def unexpected(self, what: str) -> ErpUnexpected:
        return ErpUnexpected(f"The answer ({self.status}) is {what}.", request_id=self.request_id)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")
