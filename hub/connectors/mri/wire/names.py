"""What an MRI installation calls things: an API per list or document, its key, its parameters. A site may override each.

MRI publishes few of these names; the table's stand in for the site's own until its settings name them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from hub.codes import ErrorCode
from hub.errors import Refused


class DateForm(StrEnum):
    """How an API wants the dates in its parameters, in the site's own time."""

    MOMENT = "yyyy-mm-ddThh:mm:ss"
    DAY = "yyyy-mm-dd"
    AMERICAN = "mm-dd-yyyy"

    @property
    def pattern(self) -> str:
        return {"yyyy-mm-dd": "%Y-%m-%d", "mm-dd-yyyy": "%m-%d-%Y"}.get(self, "%Y-%m-%dT%H:%M:%S")


@dataclass(frozen=True, slots=True)
class Source:
    """One API. `parameters` are ours -> theirs, `fields` and `line_fields` our field -> their name.

    `key` has the fields that name a row. `lines` is the nested set of a document's lines; a document without one is
    a row per line, told apart by `line_key`. `aliases` are usual names -> the site's, for what is read and no field of
    ours, such as a row's job. `constants` are sent with every entry, `fixed` with every read.
    `nothing_found`: words of an error that means "none"."""

    api: str
    key: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    verb: str = "POST"
    changed: str = "LastUpdate"
    date_format: DateForm = DateForm.MOMENT
    lines: str | None = None
    line_key: tuple[str, ...] = ()
    paged: bool = True
    fixed: Mapping[str, str] = field(default_factory=dict)
    nothing_found: tuple[str, ...] = ("there is no", "there are no", "no records found")
    fields: Mapping[str, str] = field(default_factory=dict)
    line_fields: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    line_constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def module(self) -> str:
        """The two letters of the module: `MRI_S-PMJC_Jobs` is of Job Cost."""
        return self.api.partition("-PM")[2][:2]


_SINCE = {"since": "LastUpdateDate"}
_JOB = {"job_code": "JOBCODE"}
_CONTRACT = {**_JOB, "contract_number": "CONTRACTNUMBER"}
_INVOICE = {"vendor_id": "VENDORID", "invoice_number": "INVOICENUMBER"}

SOURCES: Mapping[str, Source] = {
    # Directory and structure
    "company": Source("MRI_S-PMAP_Vendors", ("VendorID",), _SINCE),
    "project": Source("MRI_S-PMJC_Jobs", ("JobCode",), _SINCE),
    "cost_code": Source("MRI_S-PMJC_CostCodes", ("CostCode",)),
    "cost_type": Source("MRI_S-PMJC_Categories", ("Category",)),
    "project_cost_code": Source("MRI_S-PMJC_JobCostCodes", ("CostCode",), _JOB),
    # Budgets
    "budget_line": Source("MRI_S-PMJC_JobBudgets", ("JobCode", "CostCode", "Category"), _JOB),
    "budget_change": Source(
        "MRI_S-PMJC_BudgetRevisions",
        ("JobCode", "RevisionNumber"),
        {**_JOB, "number": "REVISIONNUMBER"},
        line_key=("LineNumber", "CostCode", "Category", "Value"),
    ),
    # Contracts
    "commitment": Source(
        "MRI_S-PMJC_Contracts",
        ("JobCode", "ContractNumber"),
        {**_SINCE, **_JOB, "number": "CONTRACTNUMBER"},
        lines="ContractLines",
    ),
    "purchase_order": Source(
        "MRI_S-PMAP_PurchaseOrders",
        ("JobCode", "PONumber"),
        {**_SINCE, **_JOB, "number": "PONUMBER"},
        lines="PurchaseOrderLines",
    ),
    "commitment_change_order": Source(
        "MRI_S-PMJC_ContractOrders",
        ("JobCode", "ContractNumber", "OrderNumber"),
        {**_CONTRACT, "number": "ORDERNUMBER"},
        lines="OrderLines",
        line_key=("LineNumber", "CostCode", "Category", "Amount"),
    ),
    "subcontractor_invoice": Source(
        "MRI_S-PMJC_ContractDraws",
        ("VendorID", "InvoiceNumber"),
        {**_CONTRACT, **_INVOICE},
        lines="InvoiceItems",
    ),
    # Payables
    "create_invoice": Source("MRI_S-PMAP_CreateInvoice", ("VendorID", "InvoiceNumber"), lines="InvoiceItems"),
    "payable": Source(
        "MRI_S-PMAP_Invoices",
        ("VendorID", "InvoiceNumber"),
        {**_SINCE, **_CONTRACT, **_INVOICE},
        lines="InvoiceItems",
    ),
    "invoice_status": Source("MRI_S-PMAP_UpdateInvoiceStatus", ("VendorID", "InvoiceNumber"), verb="PUT"),
    "pay_invoice": Source("MRI_S-PMAP_PayInvoice", ("VendorID", "InvoiceNumber"), verb="PUT"),
    "payment": Source(
        "MRI_S-PMAP_Payments",
        ("VendorID", "InvoiceNumber", "CheckNumber"),
        {**_SINCE, **_JOB, **_INVOICE},
        line_key=("ItemNumber", "PaymentDate", "AmountPaid", "Voided"),
    ),
    "bank": Source("MRI_S-PMAP_Bank", ("BankID",)),
    "entity_bank": Source("MRI_S-PMAP_BankAccountMapping", ("BankID",), {"entity": "EntityId"}),
    # Ledger
    "journal": Source(
        "MRI_S-PMGL_JournalEntries",
        ("PERIOD", "GLREFERENCE", "GLSOURCE"),
        {**_SINCE, **_JOB, "period": "PERIOD"},
        changed="LASTUPDATE",
        line_key=("ITEM",),
    ),
    "accounting_period": Source("MRI_S-PMGL_Periods", ("Period",)),
    "gl_account": Source("MRI_S-PMGL_ChartOfAccounts", ("AccountNumber",)),
    "entity": Source("MRI_S-PMGL_Entities", ("EntityID",)),
    "site": Source("MRI_S-PMSY_SystemInformation", ("Database",), lines="Modules", paged=False),
    "property": Source("MRI_S-PMRM_PropertyIDByNameOrAddress", ("PropertyID",)),
}

_TEXTS = frozenset({"api", "changed"})
_TABLES = frozenset(
    {"aliases", "parameters", "fixed", "fields", "line_fields", "constants", "line_constants"}
)
_LISTS = frozenset({"key", "line_key"})


def sources(overrides: Mapping[str, Any]) -> Mapping[str, Source]:
    """The table with a site's own names in it: logical name -> any of the entries of `Source`."""
    unknown = sorted(set(overrides) - set(SOURCES))
    if unknown:
        raise _bad(unknown[0])
    return {key: _overridden(key, source, overrides.get(key) or {}) for key, source in SOURCES.items()}


def _overridden(key: str, source: Source, own: Any) -> Source:
    if not isinstance(own, Mapping):
        raise _bad(key)
    changes = {name: _read(source, name, value) for name, value in own.items()}
    wrong = [name for name, value in changes.items() if value is _MEANINGLESS]
    if not wrong and len(changes.get("key", source.key)) != len(source.key):
        wrong.append("key")  # a key of fewer parts names several rows
    if wrong:
        raise _bad(f"{key}.{wrong[0]}")
    return replace(source, **changes)


_MEANINGLESS = object()


def _read(source: Source, name: str, value: Any) -> Any:
    """What a site states for one entry, as the table keeps it."""
    if name in _TEXTS and isinstance(value, str) and value:
        return value
    if name in _TABLES and isinstance(value, Mapping):
        return {**getattr(source, name), **value}
    if name in _LISTS and isinstance(value, str | list | tuple) and value:
        return (value,) if isinstance(value, str) else tuple(map(str, value))
    if name == "nothing_found" and isinstance(value, list | tuple):
        return tuple(str(words).lower() for words in value)
    return _choice(name, value)


def _choice(name: str, value: Any) -> Any:
    if name == "verb" and value in ("POST", "PUT"):
        return value
    if name == "date_format" and value in tuple(DateForm):
        return DateForm(value)
    if name == "paged" and isinstance(value, bool):
        return value
    if name == "lines" and (value is None or isinstance(value, str)):
        return value or None
    return _MEANINGLESS


def _bad(name: str) -> Refused:
    return Refused(
        ErrorCode.INVALID_VALUE, f"The table of names has no entry {name}.", field=f"settings.apis.{name}"
    )
