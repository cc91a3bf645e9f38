"""How the sender is told to misbehave: duplicates, another order, delay, a wrong or missing secret."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

AUTHORIZATIONS = ("right", "wrong", "missing")


@dataclass(frozen=True, slots=True)
class Script:
    """`duplicates` more copies of each event; `reorder` sends the newest first; `delay_seconds` on the
    sandbox's clock before an event is due. `paused` keeps all of them until it is lifted."""

    duplicates: int = 0
    reorder: bool = False
    delay_seconds: int = 0
    authorization: str = "right"
    paused: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "Script":
        kinds = {each.name: type(each.default) for each in fields(cls)}
        for name, value in asked.items():
            if name not in kinds or type(value) is not kinds[name]:
                raise ValueError(f"a script takes {', '.join(kinds)}; {name} does not fit")
        if asked.get("authorization", "right") not in AUTHORIZATIONS:
            raise ValueError(f"authorization must be one of {', '.join(AUTHORIZATIONS)}")
        return cls(**asked)

    def shown(self) -> Mapping[str, Any]:
        return asdict(self)

    def header(self, secret: str | None) -> Mapping[str, str]:
        if self.authorization == "missing" or secret is None:
            return {}
        return {"Authorization": secret if self.authorization == "right" else "Bearer somebody-else"}
