"""What an accountant deletes in MRI itself, since the web services have no verb for it."""

from hub.sandboxes.mri.apis import (
    BUDGET_REVISIONS,
    CONTRACT_ORDERS,
    CONTRACTS,
    INVOICES,
    JOB_BUDGETS,
    PAYMENTS,
    PURCHASE_ORDERS,
)
from hub.sandboxes.mri.apis.budgets import revise_budgets
from hub.sandboxes.mri.apis.contracts import contract_of, raise_current_amount
from hub.sandboxes.mri.apis.invoices import bill_contract
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.control.action import Action, ActionRefusedError, in_the_way, row_of, take
from hub.sandboxes.mri.declare import Api, Row


def _delete(books: Books, api: Api, sent: Row, thing: str) -> Row:
    """The deleted row."""
    take(sent, api.key_fields)
    row = row_of(books, api, sent, thing)
    books.remove(api, sent)
    return row


def _delete_contract(books: Books, sent: Row) -> Row:
    take(sent, CONTRACTS.key_fields)
    orders = [f"order {one['OrderNumber']}" for one in books.where(CONTRACT_ORDERS, contract_of(sent))]
    draws = [f"invoice {one['InvoiceNumber']}" for one in books.where(INVOICES, contract_of(sent))]
    if orders or draws:
        raise in_the_way("contract", orders + draws)
    return {"deleted": CONTRACTS.key_of(_delete(books, CONTRACTS, sent, "contract"))}


def _delete_order(books: Books, sent: Row) -> Row:
    raise_current_amount(books, _delete(books, CONTRACT_ORDERS, sent, "order"))
    return {"deleted": CONTRACT_ORDERS.key_of(sent)}


def _delete_invoice(books: Books, sent: Row) -> Row:
    take(sent, INVOICES.key_fields)
    checks = [f"check {one['CheckNumber']}" for one in books.where(PAYMENTS, {**sent, "Voided": "N"})]
    if checks:
        raise in_the_way("invoice", checks)
    bill_contract(books, _delete(books, INVOICES, sent, "invoice"))
    return {"deleted": INVOICES.key_of(sent)}


def _delete_revision(books: Books, sent: Row) -> Row:
    """All lines of it."""
    take(sent, ("JobCode", "RevisionNumber"))
    lines = books.where(BUDGET_REVISIONS, sent)
    if not lines:
        named = f"{sent['JobCode']}/{sent['RevisionNumber']}"
        raise ActionRefusedError("NOT_FOUND", f"there is no revision {named}", status=404)
    for line in lines:
        books.remove(BUDGET_REVISIONS, line)
    for line in lines:
        revise_budgets(books, line)
    return {"deleted": f"{sent['JobCode']}/{sent['RevisionNumber']}"}


def _post_budget(books: Books, sent: Row) -> Row:
    """All entries of the job's budget, revisions included."""
    take(sent, ("JobCode",))
    entries = books.where(JOB_BUDGETS, sent)
    if not entries:
        raise ActionRefusedError("NOT_FOUND", f"job {sent['JobCode']} has no budget", status=404)
    for entry in entries:
        books.keep(JOB_BUDGETS, {**entry, "Posted": "Y", "LastUpdate": books.now()})
    return {"posted": len(entries)}


def _delete_budget(books: Books, sent: Row) -> Row:
    """All entries of a job's budget that no revision changes."""
    take(sent, ("JobCode",))
    revisions = {one["RevisionNumber"] for one in books.where(BUDGET_REVISIONS, sent)}
    if revisions:
        raise in_the_way("budget", [f"revision {number}" for number in sorted(revisions)])
    entries = books.where(JOB_BUDGETS, sent)
    for entry in entries:
        books.remove(JOB_BUDGETS, entry)
    return {"deleted": len(entries)}


def _delete_purchase_order(books: Books, sent: Row) -> Row:
    return {"deleted": PURCHASE_ORDERS.key_of(_delete(books, PURCHASE_ORDERS, sent, "purchase order"))}


_CONTRACT = {"JobCode": "24-101", "ContractNumber": "SC-24-101-001"}
_INVOICE = {"VendorID": "OKAF01", "InvoiceNumber": "INV-7"}

ACTIONS = (
    Action(
        "contracts/delete",
        "Deletes a contract that has no orders and no invoices.",
        _CONTRACT,
        _delete_contract,
    ),
    Action(
        "orders/delete",
        "Deletes a contract order; the contract's current amount falls.",
        {**_CONTRACT, "OrderNumber": "CO-1"},
        _delete_order,
    ),
    Action(
        "invoices/delete",
        "Deletes an invoice whose checks, if any, are void; the contract's billed amount falls.",
        _INVOICE,
        _delete_invoice,
    ),
    Action(
        "revisions/delete",
        "Deletes all lines of a budget revision; the budgets go back.",
        {"JobCode": "24-101", "RevisionNumber": "1"},
        _delete_revision,
    ),
    Action("budgets/post", "Posts all entries of a job's budget.", {"JobCode": "24-101"}, _post_budget),
    Action(
        "budgets/delete",
        "Deletes a job's budget that has no revisions.",
        {"JobCode": "24-101"},
        _delete_budget,
    ),
    Action(
        "purchase-orders/delete",
        "Deletes a purchase order.",
        {"JobCode": "24-101", "PONumber": "PO-1"},
        _delete_purchase_order,
    ),
)
