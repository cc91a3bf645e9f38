"""How a staged record's names of other records become our ids.

The ERP's records are named by the external id of their link. So are those of lists that the ERP keeps, on both
sides; the project tool names its own records by their origin id."""

from collections.abc import Mapping

from hub.core.spec import ErpObject
from hub.objects import BY_KEY


def joins(references: Mapping[str, str], *, from_erp: bool) -> str:
    """Joins that give each reference `column` of stage `s` a row `f_column` with our id. Takes $account, $erp."""
    return "\n".join(_join(column, BY_KEY[key], from_erp) for column, key in references.items())


def resolved(column: str) -> str:
    return f"f_{column}.id"


def _join(column: str, named: ErpObject, from_erp: bool) -> str:
    if from_erp or named.kept_in_erp:
        return f"""left join lateral (
        select x.object_id as id from link x where x.account_id = $account and x.connection_id = $erp
            and x.object_type = '{named.name}' and x.external_id = s.r_{column}) f_{column} on true"""
    return f"""left join lateral (
        select x.id from {named.table.name} x where x.account_id = $account and x.origin_id = s.r_{column}) f_{column} on true"""
