"""One line of a connection test: a call that either works or says why not."""

from collections.abc import Awaitable

from hub.erp.connector import Check
from hub.errors import ErpError


async def checked(name: str, call: Awaitable[object]) -> Check:
    try:
        await call
    except ErpError as error:
        return Check(name=name, ok=False, message=error.message)
    return Check(name=name, ok=True, message="OK")
