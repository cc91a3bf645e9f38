"""What each of Procore's requests asks of the hub, as a table.

Source: Procore's guide to ERP events."""

from collections.abc import Mapping

from hub.erp.request import Meaning, Wish

_PEOPLE = ("member", "project_member")
_COMMITMENT = (*_PEOPLE, "commitment")
_ORDER = (*_COMMITMENT, "commitment_change_order")
_INVOICE = (*_ORDER, "subcontractor_invoice")
_BUDGET = ("member", "project_member", "budget", "budget_change")
_CODES = ("cost_type", "cost_code", "project_cost_code")
_NOT_TAKEN = "This ERP takes no {what} from the project tool."

MEANINGS: Mapping[str, Meaning] = {
    "create_commitment": Meaning(Wish.SEND, _COMMITMENT, item="commitment", object="commitment"),
    "unlink_commitment": Meaning(Wish.UNLINK, _COMMITMENT, item="commitment", object="commitment"),
    "create_commitment_change_order": Meaning(
        Wish.SEND, _ORDER, item="change_order", object="commitment_change_order"
    ),
    "unlink_commitment_change_order": Meaning(
        Wish.UNLINK, _ORDER, item="change_order", object="commitment_change_order"
    ),
    "create_requisitions": Meaning(Wish.SEND, _INVOICE, item="requisition", object="subcontractor_invoice"),
    "reset_requisition": Meaning(
        Wish.UNLINK, _INVOICE, item="requisition", object="subcontractor_invoice", reset=True
    ),
    "sync_contract_payments": Meaning(Wish.IMPORT, ("payment",)),
    "reset_payment": Meaning(Wish.READ_AGAIN, ("payment",)),
    "sync_standard_cost_codes": Meaning(Wish.IMPORT, ("cost_type", "cost_code")),
    "sync_standard_categories": Meaning(Wish.IMPORT, ("cost_type",)),
    "sync_vendors": Meaning(Wish.IMPORT, ("company",)),
    "sync_jobs": Meaning(Wish.IMPORT, ("project", *_CODES)),
    "sync_single_job": Meaning(Wish.IMPORT, ("project", *_CODES)),
    "sync_commitments": Meaning(Wish.READ_AGAIN, ("commitment",)),
    "create_vendor_in_procore": Meaning(Wish.READ_AGAIN, ("company",)),
    "create_job_in_procore": Meaning(Wish.READ_AGAIN, ("project",)),
    "link_vendor": Meaning(Wish.READ_AGAIN, ("company",)),
    "link_all_vendors": Meaning(Wish.READ_AGAIN, ("company",)),
    "unlink_vendor": Meaning(Wish.READ_AGAIN, ("company",)),
    "merge_vendors": Meaning(Wish.MERGE, ("company",)),
    "reset_job": Meaning(Wish.READ_AGAIN, ("project",)),
    "sync_metadata": Meaning(Wish.NOTHING),
    "create_vendor": Meaning(Wish.SEND, ("member", "company"), item="vendor", object="company"),
    "create_or_update_job": Meaning(
        Wish.SEND, (*_PEOPLE, "project", *_CODES), item="project", object="project"
    ),
    "create_standard_cost_codes": Meaning(
        Wish.SEND, ("member", "cost_type", "cost_code"), item="standard_cost_code", object="cost_code"
    ),
    "delete_cost_codes": Meaning(Wish.NOT_SUPPORTED, words="Cost codes are deleted in the ERP."),
    "delete_cost_type_assignments": Meaning(
        Wish.NOT_SUPPORTED, words="Cost types are taken from codes in the ERP."
    ),
    "create_budget": Meaning(Wish.SEND, _BUDGET, item="project", object="budget", along="budget_change"),
    "update_budget": Meaning(Wish.SEND, _BUDGET, item="project", object="budget", along="budget_change"),
    "create_contract_payment": Meaning(Wish.NOT_SUPPORTED, words=_NOT_TAKEN.format(what="payments")),
    "create_company_level_direct_cost": Meaning(
        Wish.NOT_SUPPORTED, words=_NOT_TAKEN.format(what="company-level direct costs")
    ),
    "unlink_company_level_direct_cost": Meaning(
        Wish.NOT_SUPPORTED, words=_NOT_TAKEN.format(what="company-level direct costs")
    ),
    "reset_company_level_direct_cost": Meaning(
        Wish.NOT_SUPPORTED, words=_NOT_TAKEN.format(what="company-level direct costs")
    ),
}


def meaning_of(name: str) -> Meaning:
    """What a request of this name asks; one that nobody knows is not supported, and says so."""
    unknown = Meaning(Wish.NOT_SUPPORTED, words=f"The hub does not know requests named {name or '(none)'}.")
    return MEANINGS.get(name, unknown)
