"""What the hub itself keeps in Procore: webhooks, tickets of requests, budget transactions. None of it is a record of ours."""

from typing import Any

from hub.erp import values
from hub.erp.mapping import Mapping, Row, Way

IN = Way.IMPORT


def words(value: Any) -> list[str]:
    """Messages, one or many."""
    listed = value if isinstance(value, list) else [value]
    return [str(each) for each in listed if each not in (None, "")]


HOOK = Mapping(
    "hook",
    "webhook hook",
    frozenset({"namespace", "destination_url", "api_version"}),
    (
        Row("namespace", IN, "namespace", from_erp=values.text),
        Row("destination_url", IN, "destination_url", from_erp=values.text),
        Row("api_version", IN, "api_version", from_erp=values.text),
    ),
)
HOOK_TRIGGER = Mapping(
    "hook_trigger",
    "webhook trigger",
    frozenset({"resource_name", "event_type"}),
    (
        Row("resource_name", IN, "resource_name", from_erp=values.text),
        Row("event_type", IN, "event_type", from_erp=values.text),
    ),
)
REQUEST_DETAIL = Mapping(
    "request_detail",
    "ERP request detail",
    frozenset({"status", "item_type", "item_id", "messages"}),
    (
        Row("status", IN, "status", from_erp=values.text),
        Row("item_type", IN, "item_type", from_erp=values.text),
        Row("item_id", IN, "item_id", from_erp=values.identifier),
        Row("messages", IN, "messages", from_erp=words),
    ),
)
ERP_TRANSACTION = Mapping(
    "erp_transaction",
    "budget transaction",
    frozenset({"is_synced"}),
    (Row("is_synced", IN, "synced", from_erp=values.flag),),
)
