"""What other systems can do stands as their manuals tell it, and the reference connector can be as narrow as each of them."""

from decimal import Decimal

import pytest
from referencing import SOUND, facts, line, reference_side

from hub.codes import ErrorCode
from hub.connectors import capabilities
from hub.erp.capabilities import Direction
from hub.erp.profiles import PROFILES
from hub.errors import MappingError, Refused

# One row per system, as printed: < comes in, > goes out, = both ways, - neither way.
OBJECTS = (
    "cost_code", "project_cost_code", "company", "project", "sub_job", "budget", "budget_change", "commitment",
    "commitment_change_order", "subcontractor_invoice", "payment", "prime_contract", "prime_contract_change_order",
    "owner_invoice", "direct_cost",
)  # fmt: skip
PRINTED = {
    #                       std prj com pro sub bud chg con cco inv pay pri pco own cost
    "vista":              "  <   =   =   =   -   =   >   >   >   >   =   <   >   -   <",
    "spectrum":           "  <   =   =   =   -   =   >   >   >   -   -   <   >   -   <",
    "sage_300":           "  <   =   =   =   =   =   >   >   >   >   >   <   >   >   <",
    "sage_100":           "  <   =   =   =   <   =   >   >   >   >   -   -   -   -   <",
    "sage_intacct":       "  <   =   =   =   =   =   >   >   >   >   =   <   >   -   <",
    "quickbooks_online":  "  >   >   =   <   -   -   -   -   -   >   =   -   -   >   <",
    "quickbooks_desktop": "  >   >   =   =   -   >   >   >   >   >   =   -   -   -   <",
    "netsuite":           "  -   >   =   =   -   -   -   -   -   >   <   -   -   >   <",
    "acumatica_edge":     "  <   =   =   =   =   =   >   >   >   >   =   >   >   -   <",
    "acumatica_vision":   "  <   >   =   >   >   =   >   >   >   >   =   <   >   >   <",
    "yardi_voyager":      "  <   -   <   =   <   =   >   >   >   >   <   -   -   -   <",
    "cmic":               "  <   =   =   =   <   =   >   >   >   >   =   <   >   -   <",
    "xero":               "  -   >   =   =   -   -   -   >   >   >   <   -   -   -   <",
    "workday":            "  -   >   <   =   >   -   -   >   >   >   -   <   >   -   <",
    "myob":               "  <   <   =   =   =   =   >   >   >   >   <   >   >   -   <",
}  # fmt: skip
# How a purchase order goes out, and what else the last columns say.
ORDERS = {
    "vista": "native",
    "spectrum": "as_subcontract",
    "sage_300": "native",
    "sage_100": "native",
    "sage_intacct": "native",
    "quickbooks_online": "none",
    "quickbooks_desktop": "native",
    "netsuite": "none",
    "acumatica_edge": "native",
    "acumatica_vision": "native",
    "yardi_voyager": "by_module",
    "cmic": "none",
    "xero": "native",
    "workday": "native",
    "myob": "native",
}
FORECASTS = {"vista", "spectrum", "sage_300", "cmic"}
INSURANCE = {"vista", "sage_300"}
TIMECARDS = {"sage_300"}
OWN_SEGMENTS = {"quickbooks_online", "netsuite", "workday"}
LIMITS = {
    "vista": {"commitment_number_max": 30, "commitment_title_max": 60, "project_name_max": 60},
    "spectrum": {
        "commitment_number_max": 10,
        "project_name_max": 25,
        "commitment_uniform_cost_type": True,
    },
    "sage_300": {
        "commitment_title_max": 30,
        "co_number_max": 5,
        "co_title_max": 30,
        "co_description_max": 1000,
    },
    "sage_intacct": {
        "commitment_title_max": 35,
        "start_date_required": True,
        "co_title_max": 35,
        "co_description_max": 400,
        "project_name_max": 200,
        "zero_invoice": False,
        "direct_cost_follow_deletes": True,
    },
    "quickbooks_online": {"invoice_number_max": 21, "negative_invoice": False, "min_code_tiers": 2},
    "quickbooks_desktop": {"commitment_number_max": 11, "code_max_len": 96, "negative_invoice": False},
    "netsuite": {"min_code_tiers": 2},
    "acumatica_edge": {"project_name_max": 30, "invoice_arrival_status": ("On Hold",)},
    "acumatica_vision": {"commitment_title_max": 60, "invoice_arrival_status": ("On Hold",)},
    "yardi_voyager": {"job_id_max": 16, "code_delimiters": ("-",)},
    "cmic": {"co_title_max": 200},
    "xero": {"code_max_len": 30, "negative_invoice": False},
    "workday": {"min_code_tiers": 2},
}
WAYS = {"<": Direction.IMPORT, ">": Direction.EXPORT, "=": Direction.BOTH, "-": Direction.NONE}
# No system takes payments from this connector: it has no facts of one.
NEVER_WRITTEN = {"payment"}


def row(name):
    return dict(zip(OBJECTS, (WAYS[mark] for mark in PRINTED[name].split()), strict=True))


def way(can, key):
    return can.objects[key].direction if key in can.objects else Direction.NONE


@pytest.fixture(params=sorted(PRINTED))
async def narrowed(request):
    side = reference_side(profile=request.param)
    yield request.param, side
    await side.close()


def test_there_is_a_profile_for_each_printed_system_and_no_other():
    assert set(PROFILES) == set(PRINTED) == set(ORDERS)


@pytest.mark.parametrize("name", PRINTED)
def test_a_profile_says_the_printed_directions(name):
    assert {key: way(PROFILES[name], key) for key in OBJECTS} == row(name)


@pytest.mark.parametrize("name", PRINTED)
def test_a_profile_says_the_printed_rest(name):
    known = PROFILES[name].behaviour

    assert known.po_mode == ORDERS[name]
    assert (known.forecast_export != "none") == (name in FORECASTS)
    assert (known.insurance == "import") == (name in INSURANCE)
    assert (known.timecards == "export") == (name in TIMECARDS)
    assert known.supports_custom_wbs == (name in OWN_SEGMENTS)
    assert known.supports_sub_jobs == (row(name)["sub_job"] is not Direction.NONE)
    assert known.payment_import == row(name)["payment"].comes_in
    assert known.payment_export == row(name)["payment"].goes_out


@pytest.mark.parametrize("name", LIMITS)
def test_a_profile_says_the_printed_limits(name):
    known = PROFILES[name].behaviour

    assert {flag: getattr(known, flag) for flag in LIMITS[name]} == LIMITS[name]


@pytest.mark.parametrize("name", PRINTED)
def test_a_profile_is_named_and_kept_with_the_connection(name):
    document = capabilities("reference", {"profile": name}).document()

    assert document["identity"]["key"] == "reference"
    assert document["identity"]["display_name"] == f"Reference ERP as {PROFILES[name].identity.display_name}"
    assert "payment" not in document["exports"]


async def test_what_a_system_does_not_list_is_refused_before_any_call_and_the_rest_is_read(narrowed):
    name, side = narrowed
    for key, printed in row(name).items():
        listed = "budget_line" if key == "budget" else key
        if printed.comes_in:
            page = await side.connector.fetch(listed, {"project": "24-101"}, None)
            assert all(not record.problems for record in page.records)
            continue
        before = len(await side.requests())
        with pytest.raises(Refused) as refused:
            await side.connector.fetch(listed, {"project": "24-101"}, None)
        assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED, (name, key)
        assert len(await side.requests()) == before


async def test_what_a_system_does_not_take_is_refused_before_any_call_and_the_rest_is_drafted(narrowed):
    name, side = narrowed
    for key, printed in row(name).items():
        asked = "cost_code" if key == "project_cost_code" else key
        given = SOUND.get(key, {})
        if printed.goes_out and key not in NEVER_WRITTEN:
            [step] = side.connector.steps(asked, given, {})
            assert step.operation == f"{key}.create"
            continue
        with pytest.raises(Refused) as refused:
            side.connector.steps(asked, given, {})
        assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED, (name, key)
    assert await side.requests() == []


async def test_every_document_a_system_takes_reaches_the_ledger(narrowed):
    name, side = narrowed
    written = 0
    for key, printed in row(name).items():
        if not printed.goes_out or key in NEVER_WRITTEN:
            continue
        if key == "subcontractor_invoice" and not row(name)["commitment"].goes_out:
            continue  # its contract has to be made there by hand
        asked = "cost_code" if key == "project_cost_code" else key
        await side.write(asked, **SOUND[key])
        written += 1
    assert written >= 4


# --- the general cases


def test_lines_of_two_cost_types_are_refused_by_one_system_and_taken_by_others():
    two = [line(1, "600.00"), line(2, "400.00", cost_type="L")]

    with pytest.raises(MappingError) as refused:
        reference_side(profile="spectrum").step("commitment", number="SC-1", lines=two)
    assert refused.value.field == "lines.cost_type"

    for settings in ({}, {"profile": "vista"}):
        assert len(reference_side(**settings).step("commitment", lines=two).body["lines"]) == 2


async def test_a_system_without_commitments_refuses_one_before_any_call():
    side = reference_side(profile="quickbooks_online")
    with pytest.raises(Refused) as refused:
        side.step("commitment")
    calls = await side.requests()
    await side.close()

    assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED
    assert calls == []


@pytest.mark.parametrize("name", ["acumatica_edge", "acumatica_vision"])
async def test_a_bill_arrives_on_hold_where_the_system_does_so(name):
    side = reference_side(profile=name)
    await side.write("commitment")
    answer = await side.write("subcontractor_invoice")
    [kept] = await side.kept("invoices")
    await side.close()

    assert (answer.snapshot["status"], kept["status"]) == ("On Hold", "On Hold")


# --- purchase orders


def test_a_purchase_order_becomes_a_subcontract_where_all_do():
    step = reference_side(profile="spectrum").step("commitment", kind="PURCHASE_ORDER", number="PO-1")

    assert step.body["kind"] == "subcontract"


@pytest.mark.parametrize("name", ["cmic", "yardi_voyager"])
def test_a_purchase_order_is_refused_where_there_is_none_or_its_module_is_not_there(name):
    side = reference_side(profile=name)

    with pytest.raises(Refused) as refused:
        side.step("commitment", kind="PURCHASE_ORDER")

    assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED
    assert side.step("commitment").body["kind"] == "subcontract"


def test_a_purchase_order_goes_out_where_the_connection_has_the_module():
    step = reference_side(profile="yardi_voyager", po_module=True).step("commitment", kind="PURCHASE_ORDER")

    assert step.body["kind"] == "purchase_order"


# --- limits


@pytest.mark.parametrize(
    ("name", "object_key", "field", "longest"),
    [
        ("vista", "commitment", "number", 30),
        ("vista", "commitment", "title", 60),
        ("vista", "project", "name", 60),
        ("spectrum", "commitment", "number", 10),
        ("spectrum", "project", "name", 25),
        ("sage_300", "commitment", "title", 30),
        ("sage_300", "commitment_change_order", "number", 5),
        ("sage_300", "commitment_change_order", "title", 30),
        ("sage_intacct", "commitment", "title", 35),
        ("sage_intacct", "project", "name", 200),
        ("quickbooks_online", "subcontractor_invoice", "invoice_number", 21),
        ("quickbooks_desktop", "commitment", "number", 11),
        ("quickbooks_desktop", "project_cost_code", "code", 96),
        ("acumatica_edge", "project", "name", 30),
        ("acumatica_edge", "prime_contract", "number", 7),
        ("acumatica_vision", "commitment", "title", 60),
        ("yardi_voyager", "project", "job_code", 16),
        ("cmic", "commitment_change_order", "title", 200),
        ("xero", "project_cost_code", "code", 30),
    ],
)
def test_one_character_more_than_a_system_takes_is_refused(name, object_key, field, longest):
    side = reference_side(profile=name)
    asked = "cost_code" if object_key == "project_cost_code" else object_key

    def drafted(length):
        [step] = side.connector.steps(asked, facts(object_key, **{field: "ü" * length}), {})
        return step

    assert "ü" * longest in drafted(longest).body.values()
    with pytest.raises(MappingError) as refused:
        drafted(longest + 1)
    assert refused.value.field == field


def test_a_title_is_cut_where_the_system_cuts_it():
    step = reference_side(profile="yardi_voyager").step("commitment", title="x" * 31)

    assert step.body["title"] == step.expected["title"] == "x" * 30


@pytest.mark.parametrize("number", ["SC/1", "SC\\1"])
def test_a_number_with_a_slash_is_refused_where_the_system_takes_none(number):
    with pytest.raises(MappingError) as refused:
        reference_side(profile="vista").step("commitment", number=number)
    assert refused.value.field == "number"

    assert reference_side().step("commitment", number=number).body["number"] == number


def test_a_start_date_is_missed_where_the_system_needs_one():
    with pytest.raises(MappingError) as refused:
        reference_side(profile="sage_intacct").step("commitment", start_date=None)
    assert refused.value.field == "start_date"

    assert "start_date" not in reference_side(profile="vista").step("commitment", start_date=None).body


@pytest.mark.parametrize(
    ("name", "amount", "taken"),
    [
        ("sage_intacct", "0.00", False),
        ("sage_intacct", "-5.00", True),
        ("quickbooks_online", "-5.00", False),
        ("quickbooks_online", "0.00", True),
        ("xero", "-5.00", False),
        ("vista", "-5.00", True),
    ],
)
def test_a_sign_is_refused_where_the_system_takes_none(name, amount, taken):
    side = reference_side(profile=name)
    if taken:
        assert side.step("subcontractor_invoice", amount=Decimal(amount)).body["amount"] == amount
        return
    with pytest.raises(MappingError) as refused:
        side.step("subcontractor_invoice", amount=Decimal(amount))
    assert refused.value.field == "amount"


@pytest.mark.parametrize("name", ["quickbooks_online", "netsuite", "workday"])
def test_a_code_of_one_part_is_refused_where_the_system_wants_two(name):
    side = reference_side(profile=name)

    def drafted(code):
        return side.connector.steps("cost_code", facts("project_cost_code", code=code), {})

    assert len(drafted("01-100")) == 1
    for code in ("01100", "01-", ""):
        with pytest.raises(MappingError) as refused:
            drafted(code)
        assert refused.value.field == "code"


def test_changes_of_one_code_are_one_change_where_a_line_may_be_touched_once():
    lines = [line(1, "600.00"), line(2, "300.00", cost_type="L"), line(3, "100.00")]

    def drafted(**settings):
        step = reference_side(**settings).step("commitment_change_order", lines=lines)
        return [(one["line_number"], one["cost_type"], one["amount"]) for one in step.body["lines"]]

    assert drafted(profile="vista") == [(1, "O", "700.00"), (2, "L", "300.00")]
    assert drafted() == [(1, "O", "600.00"), (2, "L", "300.00"), (3, "O", "100.00")]
    assert [one["amount"] for one in lines] == [Decimal("600.00"), Decimal("300.00"), Decimal("100.00")]
