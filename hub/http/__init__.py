"""The only room that opens sockets outwards: a guarded client for connectors, webhooks and key sets."""

from hub.http.auth import Authorizer, Basic, Unsigned
from hub.http.client import Client, Limits, Transport
from hub.http.guard import AddressGuard, AddressRefused
from hub.http.oauth import AuthorizationCode, ClientCredentials
from hub.http.reply import Reply
from hub.http.tokens import MemoryTokens, Tokens, TokenStore
from hub.http.traffic import Heard, Lane, Traffic, Verdict

__all__ = [
    "AddressGuard",
    "AddressRefused",
    "AuthorizationCode",
    "Authorizer",
    "Basic",
    "Client",
    "ClientCredentials",
    "Heard",
    "Lane",
    "Limits",
    "MemoryTokens",
    "Reply",
    "TokenStore",
    "Tokens",
    "Traffic",
    "Transport",
    "Unsigned",
    "Verdict",
]
