"""Whether a site's own field names are for fields that the API has to do with: a slip would go unseen until a field stays empty."""

from collections.abc import Mapping

from hub.codes import ErrorCode
from hub.connectors.mri import mapping as tables
from hub.connectors.mri.cost_mapping import (
    BANK,
    ENTITY,
    GL_ACCOUNT,
    JOURNAL,
    JOURNAL_LINE,
    PAYABLE,
    PAYABLE_LINE,
    PAYMENT,
    PERIOD,
)
from hub.connectors.mri.wire.names import Source
from hub.erp.mapping import Mapping as Table
from hub.errors import Refused

_INVOICE, _ITEM = (tables.INVOICE, tables.INVOICE_READ), (tables.INVOICE_LINE, tables.INVOICE_LINE_READ)
# Logical name of an API -> the tables of its rows, and of their lines.
_TABLES: Mapping[str, tuple[tuple[Table, ...], tuple[Table, ...]]] = {
    "company": ((tables.COMPANY,), ()),
    "project": ((tables.PROJECT,), ()),
    "cost_code": ((tables.COST_CODE,), ()),
    "cost_type": ((tables.COST_TYPE,), ()),
    "project_cost_code": ((tables.PROJECT_COST_CODE,), ()),
    "budget_line": ((tables.BUDGET, tables.BUDGET_READ), ()),
    "budget_change": (
        (tables.REVISION, tables.REVISION_READ),
        (tables.REVISION_LINE, tables.REVISION_LINE_READ),
    ),
    "commitment": (
        (tables.CONTRACT, tables.CONTRACT_READ),
        (tables.CONTRACT_LINE, tables.CONTRACT_LINE_READ),
    ),
    "purchase_order": (
        (tables.PURCHASE_ORDER, tables.CONTRACT_READ),
        (tables.PURCHASE_ORDER_LINE, tables.CONTRACT_LINE_READ),
    ),
    "commitment_change_order": (
        (tables.ORDER, tables.ORDER_READ),
        (tables.ORDER_LINE, tables.ORDER_LINE_READ),
    ),
    "subcontractor_invoice": (_INVOICE, _ITEM),
    "create_invoice": (_INVOICE, _ITEM),
    "payable": ((PAYABLE, *_INVOICE), (PAYABLE_LINE, *_ITEM)),
    "payment": ((PAYMENT,), ()),
    "journal": ((JOURNAL,), (JOURNAL_LINE,)),
    "accounting_period": ((PERIOD,), ()),
    "gl_account": ((GL_ACCOUNT,), ()),
    "entity": ((ENTITY,), ()),
    "bank": ((BANK,), ()),
    "entity_bank": ((BANK,), ()),
}


def check_fields(sources: Mapping[str, Source]) -> None:
    """Raises `Refused` for a name given to a field that no table of the API has."""
    for name, source in sources.items():
        rows, lines = _TABLES.get(name, ((), ()))
        _check(name, "fields", source.fields, rows)
        _check(name, "line_fields", source.line_fields, lines)


def _check(name: str, where: str, own: Mapping[str, str], listed: tuple[Table, ...]) -> None:
    known = {row.field for table in listed for row in table.rows}
    unknown = sorted(set(own) - known)
    if unknown:
        place = f"settings.apis.{name}.{where}"
        text = f"There is no field {unknown[0]} to give a name to."
        raise Refused(ErrorCode.INVALID_VALUE, text, field=place)
