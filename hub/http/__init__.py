"""The only room that opens sockets outwards: a guarded client for connectors, webhooks and key sets."""

from hub.http.auth import Authorizer, Basic, ClientCredentials, Unsigned
from hub.http.client import Client, Limits, Transport
from hub.http.guard import AddressGuard, AddressRefused
from hub.http.reply import Reply

__all__ = [
    "AddressGuard",
    "AddressRefused",
    "Authorizer",
    "Basic",
    "Client",
    "ClientCredentials",
    "Limits",
    "Reply",
    "Transport",
    "Unsigned",
]
