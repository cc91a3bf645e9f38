"""Companies and projects as the two systems name their fields, typed by hand from the tables of the mapping page."""

from datetime import date

import pytest
from driving import everything
from procore_double import Double

from hub.connectors.mri import mapping as mri
from hub.connectors.procore.mapping import directory
from hub.erp.connector import Incoming
from hub.erp.mapping import Mapping, Way

TEMPLATE = {"id": 5, "name": "Tower"}

# MRI's field and ours; all of them come in, none goes out.
VENDOR = {
    "VendorName": "name",
    "Address1": "address",
    "City": "city",
    "State": "state_code",
    "ZipCode": "postal_code",
    "Country": "country_code",
    "Phone": "phone",
    "Email": "email",
    "Active": "is_active",
}
JOB = {
    "Description": "name",
    "JobCode": "number",
    "Status": "status",
    "Phase": "phase",
    "StartDate": "start_date",
    "CompletionDate": "completion_date",
    "Address1": "address",
    "City": "city",
    "State": "state_code",
    "ZipCode": "postal_code",
    "Country": "country_code",
}
# Procore's field of the directory for ours; what the hub makes there it tells too, but for what Procore decides.
COMPANY = {
    "name": "name",
    "address": "address",
    "city": "city",
    "state_code": "state_code",
    "zip": "postal_code",
    "country_code": "country_code",
    "business_phone": "phone",
    "email_address": "email",
    "is_active": "is_active",
    "origin_code": "code",
}


@pytest.mark.parametrize(("table", "rows"), [(mri.COMPANY, VENDOR), (mri.PROJECT, JOB)])
def test_vendors_and_jobs_only_come_in_from_mri(table: Mapping, rows: dict[str, str]):
    assert {row.theirs: row.field for row in table.rows} == rows
    assert {row.way for row in table.rows} == {Way.IMPORT}


def test_companies_of_procore_have_these_fields():
    assert {row.theirs: row.field for row in directory.COMPANY.rows} == COMPANY
    assert {row.field for row in directory.COMPANY.rows if row.way is Way.IMPORT} == {"code"}


def test_a_vendor_of_mri_becomes_this_company():
    found, problems = mri.COMPANY.from_erp(
        {
            "VendorID": "OKAF01",
            "VendorName": " Okafor Concrete ",
            "Address1": "12 Quay St",
            "City": "Toledo",
            "State": "OH",
            "ZipCode": "04360",
            "Country": "US",
            "Phone": "419 555 0100",
            "Email": "ap@okafor.example",
            "Active": "Y",
        }
    )

    assert problems == []
    assert found == {
        "name": "Okafor Concrete",
        "address": "12 Quay St",
        "city": "Toledo",
        "state_code": "OH",
        "postal_code": "04360",
        "country_code": "US",
        "phone": "419 555 0100",
        "email": "ap@okafor.example",
        "is_active": True,
    }


def test_a_job_of_mri_becomes_this_project():
    found, problems = mri.PROJECT.from_erp(
        {
            "JobCode": "J100",
            "Description": "Harbor Point Clinic",
            "Status": "Open",
            "Phase": "01",
            "StartDate": "2026-03-02T00:00:00",
            "CompletionDate": "2027-01-29T00:00:00",
            "City": "Portland",
        }
    )

    assert problems == []
    assert {name: value for name, value in found.items() if value is not None} == {
        "number": "J100",
        "name": "Harbor Point Clinic",
        "status": "Open",
        "phase": "01",
        "start_date": date(2026, 3, 2),
        "completion_date": date(2027, 1, 29),
        "city": "Portland",
    }


@pytest.mark.parametrize(
    ("phase", "read", "refused"),
    [
        ("01", "01", False),
        (["01"], "01", False),
        ([], None, False),
        (None, None, False),
        (["01", "02"], None, True),
    ],
)
def test_a_project_has_one_phase_of_mri(phase: object, read: str | None, refused: bool):
    found, problems = mri.PROJECT.from_erp({"JobCode": "J100", "Phase": phase})

    assert found.get("phase") == read
    assert [each.field for each in problems] == (["phase"] if refused else [])


async def template(pages: dict[str, object]) -> Incoming:
    [found] = await everything(
        Double({"/rest/v1.0/project_templates": [TEMPLATE], **pages}).connector(), "project_template"
    )
    return found


async def test_a_template_comes_with_its_cost_codes():
    found = await template(
        {"/rest/v1.0/cost_codes": [{"id": 9, "full_code": "03-100"}, {"id": 10, "code": "05-100"}]}
    )

    assert [(line.external_id, line.values) for line in found.lines] == [
        ("9", {"code": "03-100"}),
        ("10", {"code": "05-100"}),
    ]


async def test_where_a_site_tells_no_codes_of_templates_the_template_is_read_all_the_same():
    found = await template({})

    assert (found.values, found.lines) == ({"name": "Tower"}, ())
