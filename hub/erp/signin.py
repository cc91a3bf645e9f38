"""How a person lets the hub into a system that asks for one: an address to open, and a code to exchange."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hub.erp.reach import Reach


@dataclass(frozen=True, slots=True)
class SignIn:
    """Both raise `Refused` where the connection signs in as itself, and no person has to.

    `address(reach, redirect_uri)` is the page that asks for a person's consent. `exchange(reach, code, redirect_uri)`
    turns the code, once, into tokens and leaves them in the store of the reach; `ErpUnauthorized` where none come of it."""

    address: Callable[[Reach, str], str]
    exchange: Callable[[Reach, str, str], Awaitable[None]]
