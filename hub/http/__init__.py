"""The only room that opens sockets outwards: a guarded client for connectors, webhooks and key sets."""

from hub.http.auth import Authorizer, Basic, Unsigned
from hub.http.client import Client, Limits, Transport
from hub.http.control import Controlled, TrafficControl, View
from hub.http.guard import AddressGuard, AddressRefused
from hub.http.oauth import AuthorizationCode, ClientCredentials, refused_by
from hub.http.reply import Reply
from hub.http.rules import BreakerRules, BudgetRules, Rules, Window
from hub.http.tokens import MemoryTokens, Tokens, TokenStore
from hub.http.traffic import Heard, Held, Lane, Traffic, Verdict

__all__ = [
    "AddressGuard",
    "AddressRefused",
    "AuthorizationCode",
    "Authorizer",
    "Basic",
    "BreakerRules",
    "BudgetRules",
    "Client",
    "ClientCredentials",
    "Controlled",
    "Heard",
    "Held",
    "Lane",
    "Limits",
    "MemoryTokens",
    "Reply",
    "Rules",
    "TokenStore",
    "Tokens",
    "Traffic",
    "TrafficControl",
    "Transport",
    "Unsigned",
    "Verdict",
    "View",
    "Window",
    "refused_by",
]
