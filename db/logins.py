"""The logins of the hub besides the owner."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Logins:
    """Names and passwords. None can bypass row-level security, and only the owner can change tables."""

    app: str
    sweeper: str
    door: str
    password: str = field(repr=False)

    @classmethod
    def named(cls, prefix: str, password: str) -> "Logins":
        return cls(app=f"{prefix}_app", sweeper=f"{prefix}_sweeper", door=f"{prefix}_door", password=password)
