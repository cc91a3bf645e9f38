"""What must be true of an owner invoice before it may be sent to the ERP.

Source: the project tool's pages on sending owner invoices. Released retainage and stored materials stay in the project tool."""

from sqlalchemy import exists, or_, select

from hub.codes import ErrorCode as Code
from hub.core.expression import flag
from hub.core.link import LinkState
from hub.core.rule import Rule
from hub.core.spec import table_of
from hub.objects.owner_invoice import OWNER_INVOICE, OwnerInvoiceLine
from hub.objects.prerequisites import conditions
from hub.objects.prime_contract import PrimeContract
from hub.objects.prime_contract_change_order import PrimeContractChangeOrderLine
from hub.objects.subcontractor_invoice import InvoiceStatus

_invoice, _line = OWNER_INVOICE.table.c, table_of(OwnerInvoiceLine).c
_contract = table_of(PrimeContract)
_ordered = table_of(PrimeContractChangeOrderLine)
_due = conditions.line_sum(OWNER_INVOICE, "completed_amount") - conditions.line_sum(
    OWNER_INVOICE, "retainage_held_amount"
)
_customer_known = exists(
    select(1).where(
        _contract.c.account_id == _invoice.account_id,
        _contract.c.id == _invoice.prime_contract_id,
        conditions.has_link(_contract, _contract.c.company_id, LinkState.LINKED),
    )
)
_bills_unsynced_order = exists(
    select(1).where(
        conditions.own_lines(OWNER_INVOICE),
        _ordered.c.account_id == _line.account_id,
        _ordered.c.origin_id == _line.contract_line_id,
        ~conditions.has_link(_ordered, _ordered.c.prime_contract_change_order_id, LinkState.SYNCED),
    )
)

SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(OWNER_INVOICE),
    conditions.alive(OWNER_INVOICE),
    conditions.tool_active(OWNER_INVOICE, "prime_contracts"),
    conditions.project_linked(OWNER_INVOICE),
    conditions.parent_synced(OWNER_INVOICE, "prime_contract_id", "prime contract"),
    conditions.need(
        Code.VENDOR_NOT_LINKED,
        _customer_known,
        "The owner on its prime contract is not linked to the ERP.",
        "Choose the owner on the prime contract in the project tool, and link that company.",
        "primeContract",
    ),
    conditions.need(
        Code.PARENT_NOT_SYNCED,
        ~_bills_unsynced_order,
        "It bills a change order that is not in the ERP.",
        "Send the change order and have it accepted first.",
        "lines",
    ),
    conditions.status_sendable(OWNER_INVOICE, "Approved", [InvoiceStatus.APPROVED.value]),
    conditions.present(OWNER_INVOICE, Code.NUMBER_MISSING, "invoice_number", "invoice number"),
    conditions.present(OWNER_INVOICE, Code.DATE_MISSING, "billing_date", "billing date"),
    conditions.present(OWNER_INVOICE, Code.DATE_MISSING, "period_end", "billing period"),
    conditions.need(
        Code.ZERO_INVOICE,
        or_(_due != 0, flag("zero_invoice")),
        "Work completed less retainage held is zero; the ERP takes no such invoice.",
        "Correct the lines in the project tool, then import owner invoices.",
        "amount",
    ),
    conditions.need(
        Code.NEGATIVE_INVOICE,
        or_(_due >= 0, flag("negative_invoice")),
        "Work completed less retainage held is negative; the ERP takes no such invoice.",
        "Correct the lines in the project tool, then import owner invoices.",
        "amount",
    ),
    conditions.lines_on_codes(
        OWNER_INVOICE, or_(_line.completed_amount != 0, _line.retainage_held_amount != 0)
    ),
)
