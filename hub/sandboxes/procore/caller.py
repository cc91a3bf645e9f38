"""Who makes the call at hand: the application, and the person it acts for where one signed in."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Client:
    """An application registered with Procore; `user_id` is its service account in the directory,
    or the person who let it in (`is_person`)."""

    id: str
    secret: str
    user_id: int
    name: str
    application_id: int
    is_person: bool = False

    def acting_for(self, user_id: int, name: str) -> "Client":
        return replace(self, user_id=user_id, name=name, is_person=True)

    def __repr__(self) -> str:
        return f"Client({self.id})"


CLIENTS: Mapping[str, Client] = {
    client.id: client
    for client in (
        Client("hub-sandbox", "hub-sandbox-secret", 9_007_199_254_740_995, "ERP Integration Hub", 7001),
        Client("people-sandbox", "people-sandbox-secret", 598_134_004_000_901, "Simulated people", 7002),
    )
}

# Read where an event is told of: it names its source.
CALLER: ContextVar[Client | None] = ContextVar("caller", default=None)
