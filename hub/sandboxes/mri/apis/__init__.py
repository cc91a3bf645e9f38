"""The installation's APIs, one module per part of the ledger; `CATALOGUE` has all by lower-case name."""

from hub.sandboxes.mri.apis.budgets import BUDGET_REVISIONS, JOB_BUDGETS
from hub.sandboxes.mri.apis.contracts import CONTRACT_ORDERS, CONTRACTS
from hub.sandboxes.mri.apis.invoices import CONTRACT_DRAWS, CREATE_INVOICE, INVOICES
from hub.sandboxes.mri.apis.jobcost import CATEGORIES, COST_CODES, JOB_COST_CODES, JOBS
from hub.sandboxes.mri.apis.journal import JOURNAL_ENTRIES
from hub.sandboxes.mri.apis.ledger import ACCOUNTS, ENTITIES, PERIODS
from hub.sandboxes.mri.apis.payables import BANK_MAPPING, BANKS, VENDORS
from hub.sandboxes.mri.apis.payments import PAY_INVOICE, PAYMENTS, UPDATE_INVOICE_STATUS
from hub.sandboxes.mri.apis.purchasing import PURCHASE_ORDERS
from hub.sandboxes.mri.apis.site import PROPERTIES, SYSTEM
from hub.sandboxes.mri.declare import Api

_ALL = (
    SYSTEM,
    PROPERTIES,
    ENTITIES,
    ACCOUNTS,
    PERIODS,
    JOURNAL_ENTRIES,
    VENDORS,
    BANKS,
    BANK_MAPPING,
    CREATE_INVOICE,
    UPDATE_INVOICE_STATUS,
    PAY_INVOICE,
    INVOICES,
    PAYMENTS,
    PURCHASE_ORDERS,
    JOBS,
    COST_CODES,
    JOB_COST_CODES,
    CATEGORIES,
    JOB_BUDGETS,
    BUDGET_REVISIONS,
    CONTRACTS,
    CONTRACT_ORDERS,
    CONTRACT_DRAWS,
)
CATALOGUE: dict[str, Api] = {api.name.lower(): api for api in _ALL}

# What the ledger keeps, each by the API that shows all of it.
COLLECTIONS: dict[str, Api] = {
    api.collection: api for api in _ALL if "GET" in api.verbs and not api.only and not api.finds
}

__all__ = [
    "ACCOUNTS",
    "BANKS",
    "BANK_MAPPING",
    "BUDGET_REVISIONS",
    "CATALOGUE",
    "CATEGORIES",
    "COLLECTIONS",
    "CONTRACTS",
    "CONTRACT_DRAWS",
    "CONTRACT_ORDERS",
    "COST_CODES",
    "CREATE_INVOICE",
    "ENTITIES",
    "INVOICES",
    "JOBS",
    "JOB_BUDGETS",
    "JOB_COST_CODES",
    "JOURNAL_ENTRIES",
    "PAYMENTS",
    "PAY_INVOICE",
    "PERIODS",
    "PROPERTIES",
    "PURCHASE_ORDERS",
    "SYSTEM",
    "UPDATE_INVOICE_STATUS",
    "VENDORS",
]
