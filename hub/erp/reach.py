"""How a connector reaches its system: address, credentials, the account's choices, and what all workers share about it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.http import Authorizer, Client, Limits, TokenStore, Traffic, Transport


@dataclass(frozen=True, slots=True)
class Reach:
    """`allowed_hosts` are `host:port` pairs the guard lets pass. `tokens` keeps what a sign-in yields between jobs.

    Credentials are empty where requests are only drafted."""

    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    settings: Mapping[str, Any]
    allowed_hosts: Collection[str] = ()
    traffic: Traffic | None = None
    tokens: TokenStore | None = None
    transport: Transport | None = None
    limits: Limits | None = None

    def client(
        self,
        *,
        base_url: str | None = None,
        authorizer: Authorizer | None = None,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Client:
        """A guarded client for this system, or for another address that belongs to it, such as its login server.

        `limits` are the system's own; a caller of the connector may have set others."""
        return Client(
            base_url or self.base_url,
            authorizer=authorizer,
            allowed_hosts=self.allowed_hosts,
            headers=headers,
            limits=self.limits or limits,
            transport=self.transport,
            traffic=self.traffic if base_url is None else None,
        )
