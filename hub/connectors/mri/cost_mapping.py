"""Our costs, payments and the ledger's own lists beside MRI's fields, in the manual's order."""

from hub.connectors.mri.words import method
from hub.erp import values
from hub.erp.fields import FIELDS
from hub.erp.mapping import Mapping, Row, Way

IN = Way.IMPORT

# Direct costs

PAYABLE = Mapping(
    "direct_cost",
    "AP invoice",
    FIELDS["direct_cost"],
    (
        Row("invoice_number", IN, "InvoiceNumber", from_erp=values.text),
        Row("description", IN, "Description", from_erp=values.text),
        Row("cost_date", IN, "InvoiceDate", from_erp=values.day),
        Row("received_date", IN, "ReceivedDate", from_erp=values.day, note="decides the billing period"),
        Row("paid_date", IN, "PaymentDate", from_erp=values.day, note="empty until paid"),
    ),
)

PAYABLE_LINE = Mapping(
    "direct_cost_line",
    "AP invoice item",
    FIELDS["direct_cost_line"],
    (
        Row("line_number", IN, "ItemNumber", from_erp=values.whole),
        Row("description", IN, "Notes", from_erp=values.text),
        Row("amount", IN, "Amount", from_erp=values.money, note="as one unit"),
    ),
)

JOURNAL = Mapping(
    "direct_cost",
    "Journal entry",
    FIELDS["direct_cost"],
    (
        Row("description", IN, "DESCRIPTION", from_erp=values.text, note="of its first line"),
        Row("cost_date", IN, "ENTRYDATE", from_erp=values.day),
    ),
)

JOURNAL_LINE = Mapping(
    "direct_cost_line",
    "Journal entry line",
    FIELDS["direct_cost_line"],
    (
        Row("line_number", IN, "ITEM", from_erp=values.whole),
        Row("description", IN, "DESCRIPTION", from_erp=values.text),
        Row("amount", IN, "AMOUNT", from_erp=values.money, note="signed, as one unit"),
    ),
)

# Payments

PAYMENT = Mapping(
    "payment",
    "Payment",
    FIELDS["payment"],
    (
        Row("invoice_number", IN, "InvoiceNumber", from_erp=values.text),
        Row("number", IN, "CheckNumber", from_erp=values.text),
        Row("check_number", IN, "CheckNumber", from_erp=values.text),
        Row("amount", IN, "AmountPaid", from_erp=values.money, note="of all items of one check"),
        Row("paid_on", IN, "PaymentDate", from_erp=values.day),
        Row("method", IN, "PaymentMethod", from_erp=method, note="where the site tells it"),
        Row("is_void", IN, "Voided", from_erp=values.flag, note="Y, or taken back by a later row"),
    ),
)

# The ledger's lists

PERIOD = Mapping(
    "accounting_period",
    "Period",
    FIELDS["accounting_period"],
    (
        Row("code", IN, "Period", from_erp=values.text, note="YYYYMM"),
        Row("is_open", IN, "Status", note="a word or a flag"),
        Row("starts_on", IN, "StartDate", from_erp=values.day),
        Row("ends_on", IN, "EndDate", from_erp=values.day),
    ),
)

GL_ACCOUNT = Mapping(
    "gl_account",
    "GL account",
    FIELDS["gl_account"],
    (
        Row("code", IN, "AccountNumber", from_erp=values.text),
        Row("name", IN, "AccountName", from_erp=values.text),
        Row("is_active", IN, "Active", from_erp=values.flag),
    ),
)

ENTITY = Mapping(
    "entity",
    "Entity",
    FIELDS["entity"],
    (
        Row("code", IN, "EntityID", from_erp=values.text),
        Row("name", IN, "EntityName", from_erp=values.text),
    ),
)

BANK = Mapping(
    "bank",
    "Bank",
    FIELDS["bank"],
    (
        Row("code", IN, "BankID", from_erp=values.text),
        Row("name", IN, "BankName", from_erp=values.text),
    ),
)

COST_MAPPINGS = (
    PAYABLE, PAYABLE_LINE, JOURNAL, JOURNAL_LINE, PAYMENT, PERIOD, GL_ACCOUNT, ENTITY, BANK,
)  # fmt: skip
