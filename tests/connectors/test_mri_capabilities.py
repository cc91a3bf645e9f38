"""What MRI says of itself: capabilities under settings, the tables beside its manual, and the connection test."""

from decimal import Decimal

import httpx
import pytest
from mri_site import Site, connector_on, said

from hub.connectors import CONNECTORS, capabilities
from hub.connectors.mri.mapping import MAPPINGS
from hub.erp.capabilities import Direction, IdSource, Schedule, Trigger, WriteClass
from hub.errors import MappingError, Refused


def fields(key, **settings):
    return {each.field: each for each in capabilities("mri", settings).objects[key].fields}


def test_every_object_travels_the_way_the_vendor_says():
    found = capabilities("mri", {})

    assert found.exports == {
        "budget",
        "budget_change",
        "commitment",
        "commitment_change_order",
        "subcontractor_invoice",
    }
    assert found.imports == {
        "company",
        "project",
        "cost_code",
        "cost_type",
        "project_cost_code",
        "direct_cost",
        "payment",
        "accounting_period",
        "gl_account",
        "entity",
        "bank",
    }
    for key in ("sub_job", "prime_contract", "prime_contract_change_order", "owner_invoice"):
        assert found.objects[key].direction is Direction.NONE


def test_identity_names_modules_version_and_rate():
    found = capabilities("mri", {}).identity

    assert (found.min_version, found.required_modules, found.optional_modules) == (
        "5",
        ("JC", "AP", "GL"),
        ("PO",),
    )
    assert [(each.count, each.window_s) for each in found.rate_limits] == [(1000, 300)]
    assert (found.auth_kind, found.supports_webhooks, found.delivery) == ("basic", False, "api")
    slower = capabilities("mri", {"calls_per_5_minutes": 200}).identity
    assert slower.rate_limits[0].count == 200


def test_costs_are_read_at_one_and_payments_at_three_in_the_zone_of_the_setting():
    found = capabilities("mri", {}).objects
    elsewhere = capabilities("mri", {"schedule_zone": "America/New_York"}).objects

    assert found["direct_cost"].default_schedule == Schedule("01:00", "EST")
    assert found["payment"].default_schedule == Schedule("03:00", "EST")
    assert elsewhere["payment"].default_schedule == Schedule("03:00", "America/New_York")


def test_what_each_export_needs_before_it():
    found = capabilities("mri", {}).objects

    assert found["budget"].requires_locked is True
    assert found["budget_change"].requires_synced == ("budget",)
    assert found["commitment_change_order"].requires_synced == ("commitment",)
    assert found["subcontractor_invoice"].requires_synced == ("commitment",)
    assert found["payment"].requires_synced == ("subcontractor_invoice",)
    assert set(found["commitment"].requires_status) == {"APPROVED", "COMPLETE"}
    assert found["commitment_change_order"].requires_status == ("APPROVED",)
    assert "PENDING_OWNER_APPROVAL" in found["subcontractor_invoice"].requires_status
    narrowed = capabilities("mri", {"sendable_invoice_statuses": ["APPROVED"]}).objects
    assert narrowed["subcontractor_invoice"].requires_status == ("APPROVED",)
    for key in ("commitment", "commitment_change_order", "subcontractor_invoice"):
        assert Trigger.DIRECT_EXPORT in found[key].triggers
    for key in ("budget", "budget_change"):
        assert found[key].triggers == (Trigger.ACCEPT,)


def test_who_names_a_document():
    found = capabilities("mri", {}).objects

    assert found["commitment"].id_source is IdSource.APPROVER
    assert found["budget_change"].id_source is IdSource.APPROVER
    assert found["company"].id_source is IdSource.ERP
    assert found["company"].id_max_len == 12


def test_limits_of_fields_come_from_the_settings():
    usual, own = fields("commitment"), fields("commitment", commitment_title_max=50, commitment_number_max=15)

    assert (usual["title"].max_len, usual["number"].max_len, usual["vendor_id"].max_len) == (35, 20, 12)
    assert (own["title"].max_len, own["number"].max_len) == (50, 15)
    assert usual["title"].theirs == "Description"
    assert usual["start_date"].required is True
    assert fields("commitment", start_date_required=False)["start_date"].required is False
    assert usual["number"].editable_at_accept is True
    assert usual["title"].editable_at_accept is False
    assert "lines.quantity" not in usual
    assert "lines.quantity" in fields("commitment", po_module=True)


def test_the_words_of_a_revision_are_shown():
    found = fields("budget_change")

    assert found["revision_type"].words == ("Scope Change", "Budget Transfer", "Contingency")
    assert found["revision_type"].required is True
    assert found["description"].required is False
    assert all(
        found[name].editable_at_accept
        for name in ("number", "revision_status", "revision_date", "description")
    )


def test_behaviour_is_that_of_mri():
    found = capabilities("mri", {"po_module": True, "negative_invoice": False}).behaviour

    assert (found.supports_sub_jobs, found.supports_custom_wbs, found.supports_project_cost_codes) == (
        False,
    ) * 3
    assert (found.cost_codes_origin, found.copy_codes_from_template) == ("erp", True)
    assert (found.in_progress_projects, found.phases_per_project_max) == (False, 1)
    assert (found.po_mode, found.po_module, found.co_on_po, found.zero_amount_co) == (
        "by_module",
        True,
        False,
        False,
    )
    assert (found.budget_import_closed_after_export, found.budget_unlock_requires_posting) == (True, True)
    assert (found.budget_zero_lines, found.budget_units) == (True, False)
    assert found.revision_types == ("Scope Change", "Budget Transfer", "Contingency")
    assert found.revision_fields_at_accept == (
        "number",
        "revision_type",
        "revision_status",
        "revision_date",
        "description",
    )
    assert (found.start_date_required, found.commitment_uniform_cost_type) == (True, False)
    assert (found.vendor_id_required, found.vendor_id_max, found.commitment_title_max) == (True, 12, 35)
    assert (found.zero_invoice, found.negative_invoice) == (False, False)
    assert (found.retainage_hold, found.retainage_release, found.stored_materials) == (True, False, False)
    assert (found.tax, found.attachments, found.attachments_max) == ("none", "url", 1)
    assert found.invoice_arrival_status == ("pending", "approved")
    assert found.direct_cost_types == ("invoice", "subcontractor_invoice", "expense")
    assert (found.payment_import, found.payment_export, found.check_number_max) == (True, False, 9)
    assert found.direct_export_objects == ("commitment", "commitment_change_order", "subcontractor_invoice")
    assert found.sendable_statuses["SUBCONTRACT"] == ("APPROVED", "COMPLETE")
    assert found.sendable_statuses["PURCHASE_ORDER"] == ("APPROVED",)


def test_documents_are_of_the_third_class_and_a_put_of_budgets_of_the_second():
    found = capabilities("mri", {}).write_classes

    assert found.pop("budget.export") is WriteClass.K2
    assert set(found.values()) == {WriteClass.K3}
    assert set(found) == {
        "budget_change.create",
        "commitment.create",
        "purchase_order.create",
        "commitment_change_order.create",
        "subcontractor_invoice.create",
    }
    assert capabilities("mri", {"budget_verb": "POST"}).write_classes["budget.export"] is WriteClass.K3


def test_a_list_is_incremental_where_its_apis_can_be_asked_for_changes():
    assert set(capabilities("mri", {}).incremental) == {"company", "project", "direct_cost", "payment"}


def test_capabilities_are_plain_data():
    document = capabilities("mri", {}).document()

    assert document["behaviour"]["revision_types"] == ["Scope Change", "Budget Transfer", "Contingency"]
    assert "mri" in CONNECTORS


PAIRS = {
    "Contract": {"number": "ContractNumber", "title": "Description", "vendor_id": "VendorID", "status": "Status",
                 "original_amount": "OriginalAmount", "contract_date": "ContractDate"},
    "Original budget": {"amount": "OriginalBudget", "job_code": "JobCode", "cost_code": "CostCode", "cost_type": "Category"},
    "Budget revision": {"revision_date": "RevisionDate", "number": "RevisionNumber", "revision_type": "RevisionType",
                        "revision_status": "RevisionStatus", "description": "Description"},
    "Budget revision line": {"amount": "Value"},
    "Contract order": {"title": "Title", "description": "Description", "number": "OrderNumber", "created_on": "OrderDate"},
    "AP invoice or contract draw": {"vendor_id": "VendorID", "invoice_number": "InvoiceNumber", "amount": "InvoiceAmount",
                                    "billing_date": "InvoiceDate", "expense_period": "ExpensePeriod", "status": "Status",
                                    "attachment_url": "ScannedCopyURL"},
    "Payment": {"amount": "AmountPaid", "paid_on": "PaymentDate", "check_number": "CheckNumber", "is_void": "Voided"},
}  # fmt: skip


@pytest.mark.parametrize("theirs", PAIRS)
def test_a_table_pairs_the_fields_as_the_manual_does(theirs):
    (table,) = [each for each in MAPPINGS if each.theirs == theirs]
    pairs = {row.field: row.theirs for row in table.rows}

    assert PAIRS[theirs].items() <= pairs.items()


def test_quantities_travel_without_digits_that_say_nothing():
    (table,) = [each for each in MAPPINGS if each.theirs == "Purchase order line"]

    assert table.to_erp({"quantity": Decimal("10.0000"), "unit_cost": Decimal("0.3333")}) == {
        "Units": "10",
        "UnitCost": "0.3333",
    }
    with pytest.raises(MappingError):
        table.to_erp({"amount": Decimal("0.005")})


# The connection test


async def checks(answer, **settings):
    return {each.name: each for each in await connector_on(answer, **settings).verify()}


def deny(*parts):
    def answer(request):
        denied = any(part in request.url.params["$api"] for part in parts)
        return httpx.Response(401) if denied else said("x", [])

    return answer


async def test_each_api_that_is_needed_is_asked_once_and_named():
    found = await checks(deny("PMJC_Contracts", "PMSY"))

    wrong = {name for name, each in found.items() if not each.ok}
    assert wrong == {"MRI_S-PMJC_Contracts"}
    assert "right to MRI_S-PMJC_Contracts" in found["MRI_S-PMJC_Contracts"].message
    assert {name for name in found if name.startswith("MRI")} == {
        "MRI_S-PMAP_Vendors",
        "MRI_S-PMJC_Jobs",
        "MRI_S-PMJC_CostCodes",
        "MRI_S-PMJC_Categories",
        "MRI_S-PMJC_JobCostCodes",
        "MRI_S-PMJC_JobBudgets",
        "MRI_S-PMJC_BudgetRevisions",
        "MRI_S-PMJC_Contracts",
        "MRI_S-PMJC_ContractOrders",
        "MRI_S-PMAP_Invoices",
        "MRI_S-PMAP_CreateInvoice",
        "MRI_S-PMAP_Payments",
        "MRI_S-PMAP_Bank",
        "MRI_S-PMGL_JournalEntries",
        "MRI_S-PMGL_Periods",
        "MRI_S-PMGL_ChartOfAccounts",
        "MRI_S-PMGL_Entities",
    }


async def test_the_module_of_which_no_api_answers_is_missing():
    found = await checks(deny("PMGL", "PMSY"))

    assert found["module JC"].ok
    assert found["module AP"].ok
    assert not found["module GL"].ok
    assert "General Ledger (GL) is missing" in found["module GL"].message


async def test_a_declared_module_is_believed_and_one_not_declared_is_missing():
    found = await checks(deny("PMSY"), modules=["JC", "AP"])

    assert (found["module JC"].ok, found["module AP"].ok, found["module GL"].ok) == (True, True, False)


@pytest.mark.parametrize(
    ("version", "ok"), [("5", True), ("10.4.3", True), ("X7", True), ("4.5", False), ("?", False)]
)
async def test_a_declared_version_below_five_is_refused(version, ok):
    assert (await checks(deny("PMSY"), platform_version=version))["version"].ok is ok


async def test_version_and_modules_are_asked_of_the_site_where_it_tells():
    modules = {"entry": [{"Module": "JC"}, {"Module": "AP"}]}
    told = {"Database": "LIVE", "Version": "4.5", "Modules": modules}

    found = await checks(lambda request: said("x", [told] if "PMSY" in request.url.params["$api"] else []))

    assert found["version"].ok is False
    assert (found["module JC"].ok, found["module GL"].ok) == (True, False)


async def test_purchase_orders_and_draws_are_asked_where_the_site_has_them():
    usual = await checks(deny())
    more = await checks(deny(), po_module=True, invoice_api="contract_draw")

    assert "MRI_S-PMAP_PurchaseOrders" not in usual
    assert {"MRI_S-PMAP_PurchaseOrders", "MRI_S-PMJC_ContractDraws"} <= set(more)
    assert "MRI_S-PMAP_CreateInvoice" not in more


async def test_an_api_that_only_writes_counts_as_there_when_it_says_that_it_is_not_read():
    def answer(request):
        if "CreateInvoice" in request.url.params["$api"]:
            return httpx.Response(405, html="<html>Not allowed</html>")
        return said("x", [])

    assert (await checks(answer))["MRI_S-PMAP_CreateInvoice"].ok


async def test_a_page_for_people_is_no_api_that_answers():
    html = httpx.Response(200, html="<html>Sign in</html>")

    found = await checks(lambda _: html)

    assert not any(each.ok for each in found.values())
    assert "not an API answer" in found["MRI_S-PMAP_CreateInvoice"].message


async def test_what_mri_does_not_have_makes_no_call():
    site = Site()
    connector = site.connect()

    for key in ("prime_contract", "sub_job", "owner_invoice", "wbs_code", "member"):
        with pytest.raises(Refused):
            await connector.fetch(key, {}, None)
        with pytest.raises(Refused):
            connector.steps(key, {}, {})
    assert site.calls == []


def test_nothing_is_written_for_what_only_comes_in():
    for key in ("company", "project", "cost_code", "payment", "direct_cost"):
        with pytest.raises(Refused):
            Site().connect().steps(key, {}, {})
