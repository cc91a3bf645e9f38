"""Signed keyset cursors: made in SQL, checked here, bound to account, list, order and filter."""

import base64
import hashlib
import hmac
import json
from typing import Any
from uuid import UUID

import orjson

from hub.codes import ErrorCode
from hub.errors import RequestRefused


def list_name(*parts: object) -> bytes:
    """What tells a list in its order from all others."""
    return orjson.dumps([str(part) for part in parts])


def page_key(secret: bytes, account: UUID, name: bytes, filter_: Any) -> bytes:
    """The key of one list under one filter for one account: a cursor of another is refused."""
    shown = orjson.dumps(filter_, default=str, option=orjson.OPT_SORT_KEYS)
    return hmac.digest(secret, b"\n".join((account.bytes, name, shown)), "sha256")


def cursor_sql(key: str, order: str, id_: str) -> str:
    """SQL that makes the cursor of a row; `key` is the placeholder of the page key (bytea)."""
    content = f"convert_to(json_build_array({order}::text, {id_}::text)::text, 'UTF8')"
    mac = f"encode(sha256({key} || sha256({key} || {content})), 'hex')"
    return f"translate(encode({content}, 'base64'), E'+/=\\n', '-_') || '.' || left({mac}, 32)"


def open_cursor(cursor: str, key: bytes) -> tuple[str, str]:
    """Order value and id of a cursor that was made under this key; anything else is refused."""
    content, _, mac = cursor.partition(".")
    try:
        raw = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))
        expected = hashlib.sha256(key + hashlib.sha256(key + raw).digest()).hexdigest()[:32]
        if not hmac.compare_digest(expected.encode(), mac.encode()):
            raise ValueError
        order, id_ = json.loads(raw)
    except (ValueError, TypeError) as error:
        raise RequestRefused(
            ErrorCode.BAD_CURSOR,
            "This cursor does not belong to this list, order and filter. Start from the first page.",
            status=422,
        ) from error
    return str(order), str(id_)
