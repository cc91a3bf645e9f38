"""Cost codes, cost types and a job's codes, row by row: what each system says and what becomes of it, typed from the mapping."""

from typing import Any

import pytest
from driving import everything
from mri_site import connector_on, said
from procore_double import Double
from referencing import reference_side

FORMS = pytest.mark.parametrize("form", ["json", "xml"])

# MRI's list, a row of it, and the record: external id, code, name.
PLAIN: list[tuple[str, dict[str, Any], str, str, str | None]] = [
    ("cost_code", {"CostCode": "03-100", "Description": "Footings"}, "03-100", "03-100", "Footings"),
    (
        "cost_code",
        {"CostCode": "01 100", "Description": "General & plant"},
        "01 100",
        "01 100",
        "General & plant",
    ),
    ("cost_code", {"CostCode": "03-1000", "Description": "Walls"}, "03-1000", "03-1000", "Walls"),
    ("cost_code", {"CostCode": "03.100", "Description": "Slabs"}, "03.100", "03.100", "Slabs"),
    ("cost_code", {"CostCode": "0310", "Description": "Béton armé"}, "0310", "0310", "Béton armé"),
    ("cost_type", {"Category": "L", "Description": "Labor"}, "L", "L", "Labor"),
    ("cost_type", {"Category": "M", "Description": "Material"}, "M", "M", "Material"),
    ("cost_type", {"Category": "SUB", "Description": "Subcontract"}, "SUB", "SUB", "Subcontract"),
]


@FORMS
@pytest.mark.parametrize(("key", "row", "external_id", "code", "name"), PLAIN)
async def test_a_code_or_type_of_mri_is_read_as_it_is_written_there(
    form: str, key: str, row: dict[str, Any], external_id: str, code: str, name: str | None
):
    connector = connector_on(lambda request: said(request.url.params["$api"], [row], form), format=form)

    [found] = await everything(connector, key)

    assert (found.external_id, found.external_code) == (external_id, code)
    assert (found.values["code"], found.values["name"]) == (code, name)
    assert found.problems == ()


def chart(code: str, category: str, shown: str = "Y") -> dict[str, Any]:
    return {"JobCode": "J100", "CostCode": code, "Category": category, "InterfaceChart": shown}


# Rows of a job's chart, and what becomes of them: code, whether it is active, the types that may be booked on.
CHARTS: list[tuple[list[dict[str, Any]], list[tuple[str, bool, list[str]]]]] = [
    ([chart("03-100", "L")], [("03-100", True, ["L"])]),
    ([chart("03-100", "L"), chart("03-100", "M")], [("03-100", True, ["L", "M"])]),
    ([chart("03-100", "L"), chart("03-200", "L")], [("03-100", True, ["L"]), ("03-200", True, ["L"])]),
    ([chart("03-100", "L"), chart("03-100", "M", "N")], [("03-100", True, ["L"])]),
    ([chart("03-100", "L", "N")], [("03-100", False, [])]),
    ([chart("03-100", "L"), chart("03-100", "L")], [("03-100", True, ["L"])]),
    ([chart("03-100", "L"), chart("03-200", "L"), chart("03-100", "M")], [
        ("03-100", True, ["L", "M"]), ("03-200", True, ["L"]),
    ]),
    ([chart("03-100", "L"), chart("03-1000", "L")], [("03-100", True, ["L"]), ("03-1000", True, ["L"])]),
    ([], []),
]  # fmt: skip


@FORMS
@pytest.mark.parametrize(("rows", "expected"), CHARTS)
async def test_a_code_is_active_on_a_project_while_the_jobs_interface_chart_shows_it(
    form: str, rows: list[dict[str, Any]], expected: list[tuple[str, bool, list[str]]]
):
    connector = connector_on(lambda request: said(request.url.params["$api"], rows, form), format=form)

    found = await everything(connector, "project_cost_code", project="J100")

    assert [
        (each.values["code"], each.values["is_active"], [line.refs["cost_type"] for line in each.lines])
        for each in found
    ] == expected
    assert {each.external_id for each in found} == {f"J100/{code}" for code, _, _ in expected}


async def test_rows_of_another_job_are_none_of_the_jobs_codes():
    rows = [chart("03-100", "L"), {**chart("03-200", "L"), "JobCode": "J1000"}]
    connector = connector_on(lambda request: said(request.url.params["$api"], rows))

    found = await everything(connector, "project_cost_code", project="J100")

    assert [each.external_code for each in found] == ["03-100"]


# A row of the project tool, and the record: code, name, the ERP's own id where it is marked with one.
PROCORE: list[tuple[dict[str, Any], str, str, str | None]] = [
    ({"id": 1, "full_code": "03-100", "code": "100", "name": "Footings"}, "03-100", "Footings", None),
    ({"id": 2, "code": "100", "name": "Footings"}, "100", "Footings", None),
    (
        {"id": 3, "full_code": "03-200", "name": "Walls", "origin_id": "MRI:CODE:03-200"},
        *("03-200", "Walls", "03-200"),
    ),
]


@pytest.mark.parametrize(("row", "code", "name", "linked_to"), PROCORE)
async def test_a_standard_code_of_the_project_tool_is_known_by_its_full_code(
    row: dict[str, Any], code: str, name: str, linked_to: str | None
):
    double = Double({"/rest/v1.0/standard_cost_codes": [row]})

    [found] = await everything(double.connector(standard_cost_code_list_id="8"), "cost_code")

    assert (found.external_id, found.values["code"], found.values["name"]) == (str(row["id"]), code, name)
    assert found.linked_to == linked_to


async def test_the_reference_erp_gives_codes_types_and_the_base_type_of_each():
    side = reference_side()
    codes = {each.external_code: each for each in await side.all("cost_code")}
    types = {each.external_code: each for each in await side.all("cost_type")}
    await side.close()

    assert codes["01-100"].values == {"code": "01-100", "name": codes["01-100"].values["name"]}
    assert types["L"].values["code"] == "L"
    assert set(types["L"].values) == {"code", "name", "base_type"}
