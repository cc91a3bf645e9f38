"""Every collection of the ledger, with its fields."""

from hub.sandboxes.reference.declare import Collection, Field, Kind

_ADDRESS = tuple(Field(name) for name in ("address", "city", "state", "zip", "country"))
_ACTIVE = Field("active", Kind.FLAG, usual=True)
_JOB, _NUMBER = Field("job", required=True), Field("number", required=True)
_TO_JOB = {"job": ("jobs", ("job",))}
_CODED = (
    Field("line_number", Kind.WHOLE),
    Field("cost_code", required=True),
    Field("cost_type", required=True),
    Field("description"),
    Field("amount", Kind.MONEY, required=True),
)
_UNITS = (Field("quantity", Kind.NUMBER), Field("unit"), Field("unit_cost", Kind.NUMBER))
_RETAINED = Field("retainage_amount", Kind.MONEY)
_NAMED = (Field("code", required=True), Field("name"), _ACTIVE)
_BOOKED = (Field("cost_types", Kind.TEXTS), Field("income_account"), Field("expense_account"))
_CONTRACT = (
    _JOB,
    _NUMBER,
    Field("title"),
    Field("status", usual="Approved"),
    Field("amount", Kind.MONEY, required=True),
    Field("contract_date", Kind.DAY, required=True),
    Field("start_date", Kind.DAY),
    Field("retainage_percent", Kind.MONEY),
)
_ORDER = (
    _JOB,
    Field("contract", required=True),
    _NUMBER,
    Field("title"),
    Field("description"),
    Field("status", usual="Approved"),
    Field("amount", Kind.MONEY, required=True),
    Field("date", Kind.DAY),
)
_BILL = (
    _JOB,
    Field("contract", required=True),
    _NUMBER,
    Field("amount", Kind.MONEY, required=True),
    _RETAINED,
    Field("date", Kind.DAY, required=True),
    Field("period", Kind.PERIOD),
)


def _list(name: str, prefix: str, *more: Field) -> Collection:
    return Collection(name, ("code",), (*_NAMED, *more), prefix, writable=False)


STRUCTURE = (
    Collection(
        "vendors",
        ("code",),
        (
            Field("code", required=True),
            Field("name", required=True),
            *_ADDRESS,
            Field("phone"),
            Field("email"),
            _ACTIVE,
        ),
        "VEN",
    ),
    Collection(
        "jobs",
        ("code",),
        (
            Field("code", required=True),
            Field("name", required=True),
            Field("status", words=("Active", "Planned", "Closed"), usual="Active"),
            Field("start_date", Kind.DAY),
            Field("completion_date", Kind.DAY),
            *_ADDRESS,
        ),
        "JOB",
    ),
    Collection(
        "sub-jobs",
        ("job", "code"),
        (_JOB, Field("code", required=True), Field("name"), _ACTIVE),
        "SUB",
        points=_TO_JOB,
    ),
    Collection(
        "cost-codes",
        ("code",),
        (*_NAMED, *_BOOKED),
        "COD",
    ),
    Collection(
        "job-cost-codes",
        ("job", "code"),
        (_JOB, *_NAMED, *_BOOKED),
        "JCC",
        points=_TO_JOB,
    ),
    _list("cost-types", "TYP", Field("base_type")),
    _list("customers", "CUS"),
    _list("gl-accounts", "GLA"),
    _list("entities", "ENT"),
    _list("banks", "BNK"),
    Collection(
        "accounting-periods",
        ("code",),
        (
            Field("code"),
            Field("open", Kind.FLAG, usual=True),
            Field("starts_on", Kind.DAY),
            Field("ends_on", Kind.DAY),
        ),
        "PER",
        writable=False,
    ),
)
BUDGETS = (
    Collection(
        "budgets",
        ("job",),
        (_JOB, Field("amount", Kind.MONEY)),
        "BUD",
        lines=_CODED + _UNITS,
        points=_TO_JOB,
        amount="amount",
        coded=True,
    ),
    Collection(
        "budget-revisions",
        ("job", "number"),
        (
            _JOB,
            _NUMBER,
            Field("title"),
            Field("description"),
            Field("status", usual="Approved"),
            Field("type"),
            Field("date", Kind.DAY, required=True),
        ),
        "REV",
        lines=_CODED,
        points=_TO_JOB | {"budget": ("budgets", ("job",))},
        dated=("date",),
        coded=True,
    ),
)
COMMITMENTS = (
    Collection(
        "contracts",
        ("job", "number"),
        (
            Field("kind", required=True, words=("subcontract", "purchase_order")),
            Field("vendor", required=True),
            *_CONTRACT,
        ),
        "CON",
        lines=_CODED + _UNITS,
        points=_TO_JOB | {"vendor": ("vendors", ("vendor",))},
        amount="amount",
        zero_refused=True,
        dated=("contract_date",),
        coded=True,
    ),
    Collection(
        "change-orders",
        ("job", "contract", "number"),
        _ORDER,
        "ORD",
        lines=_CODED,
        points=_TO_JOB | {"contract": ("contracts", ("job", "contract"))},
        amount="amount",
        zero_refused=True,
        dated=("date",),
        coded=True,
    ),
    Collection(
        "invoices",
        ("vendor", "number"),
        (
            Field("vendor", required=True),
            *_BILL,
            Field("due_date", Kind.DAY),
            Field("description"),
            Field("attachment_url"),
            Field("status", words=("Pending", "Approved", "On Hold", "Paid"), usual="Pending"),
        ),
        "INV",
        lines=(*_CODED, _RETAINED, Field("order_number")),
        points=_TO_JOB | {"vendor": ("vendors", ("vendor",)), "contract": ("contracts", ("job", "contract"))},
        amount="amount",
        zero_refused=True,
        dated=("period", "date"),
        coded=True,
    ),
    Collection(
        "payments",
        ("vendor", "invoice", "number"),
        (
            *(Field(name) for name in ("job", "contract", "vendor", "invoice", "number", "method")),
            Field("amount", Kind.MONEY),
            Field("date", Kind.DAY),
        ),
        "PAY",
        writable=False,
    ),
    Collection(
        "direct-costs",
        ("job", "vendor", "number"),
        (
            Field("job"),
            Field("kind", words=("payable", "journal"), usual="payable"),
            *(Field(name) for name in ("vendor", "contract", "number", "description", "terms")),
            Field("status", usual="Posted"),
            *(Field(name, Kind.DAY) for name in ("date", "received_date", "paid_date")),
            Field("amount", Kind.MONEY),
        ),
        "DIR",
        lines=_CODED + _UNITS,
        writable=False,
    ),
)
PRIME = (
    Collection(
        "prime-contracts",
        ("job", "number"),
        (Field("customer", required=True), *_CONTRACT),
        "PRI",
        lines=_CODED + _UNITS,
        points=_TO_JOB | {"customer": ("customers", ("customer",))},
        amount="amount",
        zero_refused=True,
        dated=("contract_date",),
        coded=True,
    ),
    Collection(
        "prime-change-orders",
        ("job", "contract", "number"),
        (*_ORDER, Field("transaction_date", Kind.DAY)),
        "PCO",
        lines=_CODED,
        points=_TO_JOB | {"contract": ("prime-contracts", ("job", "contract"))},
        amount="amount",
        zero_refused=True,
        dated=("transaction_date", "date"),
        coded=True,
    ),
    Collection(
        "owner-invoices",
        ("job", "number"),
        (Field("customer", required=True), *_BILL, Field("status", usual="Pending")),
        "OIN",
        lines=(*_CODED, _RETAINED),
        points=_TO_JOB
        | {
            "customer": ("customers", ("customer",)),
            "contract": ("prime-contracts", ("job", "contract")),
        },
        amount="amount",
        zero_refused=True,
        dated=("period", "date"),
        coded=True,
    ),
)
COLLECTIONS = {one.name: one for one in (*STRUCTURE, *BUDGETS, *COMMITMENTS, *PRIME)}
# Who hangs on a document: collection -> (collection, its field -> the field of ours it names).
DEPENDENTS: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "vendors": (("contracts", {"vendor": "code"}), ("invoices", {"vendor": "code"})),
    "jobs": tuple(
        (name, {"job": "code"}) for name in ("sub-jobs", "budgets", "contracts", "prime-contracts")
    ),
    "budgets": (("budget-revisions", {"job": "job"}),),
    "contracts": tuple(
        (name, {"job": "job", "contract": "number"}) for name in ("change-orders", "invoices")
    ),
    "invoices": (("payments", {"vendor": "vendor", "invoice": "number"}),),
    "prime-contracts": tuple(
        (name, {"job": "job", "contract": "number"}) for name in ("prime-change-orders", "owner-invoices")
    ),
}
