"""What MRI alone asks of its connector."""

import base64
import json
import xml.etree.ElementTree as ET
from functools import partial
from typing import Any

from hub.erp.canonical import canonical
from hub.errors import ErpError, ErpUnexpected, Refused
from tests.conformance.case import Case, sandboxed, writing
from tests.conformance.side import Side, push, read_failure, refusal, step_of
from tests.conformance.subject import Depth, Write
from tests.conformance.tapped import Tapped

VENDORS = {"method": "GET", "api": "MRI_S-PMAP_Vendors"}
ROW = {"VendorID": "OKAF01", "VendorName": "Okafor", "Active": "Y"}


async def signature_has_four_parts(side: Side) -> None:
    wire = Tapped()
    await side.sample(side.open(transport=wire))
    user, _, password = (
        base64.b64decode(wire.requests[0].headers["authorization"].removeprefix("Basic "))
        .decode()
        .partition(":")
    )
    given = side.subject.credentials

    assert user.split("/") == [given["client_id"], given["database"], given["user"], given["key"]]
    assert password == given["password"]


async def slash_names_another_database(side: Side) -> None:
    for part in ("client_id", "database", "user", "key"):
        other = {**side.subject.credentials, part: "a/b"}
        refused = refusal(partial(side.open, credentials=other), f"A slash in {part} was taken.")
        assert isinstance(refused, Refused)
        assert refused.field == f"credentials.{part}"


async def json_is_asked_for(side: Side) -> None:
    await side.sample(side.open(settings={"page_size": 40}))

    assert all("$format=json" in entry["query"] for entry in await side.requests(VENDORS))


async def odd_links_lead_to_the_same(side: Side, oddity: str) -> None:
    answer = await side.sandbox.post("/__control/oddities", json={"oddities": [oddity]})
    assert answer.status_code == 200, answer.text
    records = await side.sample(side.open(settings={"page_size": 40}))

    assert sorted(record.external_id for record in records) == sorted(side.subject.listing.truth())


async def link_elsewhere_is_not_followed(side: Side) -> None:
    link = "https://elsewhere.example.com/MRIAPIServices/api.asp?$api=MRI_S-PMAP_Vendors&$top=300&$skip=301"
    await side.fault("status", VENDORS, status=200, body={"value": [ROW], "nextLink": link})
    await side.sample()

    assert len(await side.requests(VENDORS)) == 2  # the second page was asked of our own host


async def link_to_itself_is_no_endless_list(side: Side) -> None:
    page = await side.open(settings={"page_size": 40}).fetch("company", {}, None)
    assert page.cursor is not None
    await side.fault(
        "status", VENDORS, times=0, status=200, body={"value": [ROW], "nextLink": side.url + page.cursor}
    )
    try:
        await side.connector.fetch("company", {}, page.cursor)
    except ErpError:
        return
    raise AssertionError("A page that names itself as the next was gone along with.")


ROWS = {"list": [ROW], "bare row": ROW, "none": []}


async def one_row_is_a_list(side: Side, rows: Any) -> None:
    await side.fault("status", VENDORS, status=200, body={"value": rows})

    assert [record.external_id for record in await side.sample()] == (["OKAF01"] if rows else [])


async def nothing_found_is_an_empty_list(side: Side) -> None:
    said = {"Error": {"Message": "There are no records found."}}
    await side.fault("status", VENDORS, status=200, body={"value": [said]})

    assert await side.sample() == []


async def another_error_is_no_empty_list(side: Side, error: Any) -> None:
    await side.fault("status", VENDORS, times=0, status=200, body={"value": [ROW, {"Error": error}]})
    unexpected = await read_failure(side)

    assert isinstance(unexpected, ErpUnexpected)
    assert "locked" in unexpected.message


ERRORS = {
    "one": {"Message": "locked"},
    "several": [{"Message": "locked"}, {"Message": "No."}],
    "text": "locked",
}


async def times_without_zone_are_the_sites(side: Side) -> None:
    row = {**ROW, "LastUpdate": "2026-07-01T08:00:00.1234567"}
    await side.fault("status", VENDORS, status=200, body={"value": [row]})
    (record,) = await side.sample()

    assert record.updated_at is not None
    assert record.updated_at.isoformat() == "2026-07-01T12:00:00.123456+00:00"


async def site_may_use_its_own_names(side: Side) -> None:
    own = {"company": {"fields": {"name": "SITENAME"}, "key": "SITEID"}}
    row = {"SITEID": "X1", "SITENAME": "Named here", "Active": "Y"}
    await side.fault("status", VENDORS, status=200, body={"value": [row]})
    (record,) = await side.sample(side.open(settings={"apis": own}))

    assert (record.external_id, record.values["name"]) == ("X1", "Named here")


async def xml_is_asked_for(side: Side) -> None:
    await side.sample(side.open(settings={"page_size": 40}))

    assert all("$format=xml" in entry["query"] for entry in await side.requests(VENDORS))


async def every_approved_value_leaves(side: Side, write: Write) -> None:
    wire = Tapped()
    connector = await side.ready(write, transport=wire)
    step = step_of(connector, write)
    await push(connector, step)
    (sent,) = [request for request in wire.requests if request.method != "GET"]

    assert sent.headers["content-type"].startswith("application/xml")
    assert _texts(ET.fromstring(sent.content)) == _leaves(json.loads(canonical(step.body))["value"])


def _texts(element: ET.Element) -> list[str]:
    return [part.text or "" for part in element.iter() if not len(part)]


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(inner)]
    return ["" if value is None else str(value)]


LINKS = {"format": "wrong_format_in_link", "escaped": "doubly_escaped_link"}

CASES: tuple[Case, ...] = (
    sandboxed(
        "mri.signature",
        "The user of the signature has four parts, the password may hold a colon",
        signature_has_four_parts,
    ),
    Case("mri.slash", "A slash in a part of the sign-in is refused", slash_names_another_database),
    sandboxed("mri.format", "JSON is asked for on every page", json_is_asked_for),
    sandboxed(
        "mri.links",
        "A link that is written oddly leads to the same rows",
        odd_links_lead_to_the_same,
        over=lambda _: LINKS,
    ),
    sandboxed(
        "mri.link",
        "The next page is asked of our own host, whatever the link says",
        link_elsewhere_is_not_followed,
    ),
    sandboxed(
        "mri.circle", "A page that names itself as the next ends the read", link_to_itself_is_no_endless_list
    ),
    sandboxed("mri.rows", "One row, several and none are lists", one_row_is_a_list, over=lambda _: ROWS),
    sandboxed(
        "mri.nothing", "Nothing found, said as an error, is an empty list", nothing_found_is_an_empty_list
    ),
    sandboxed(
        "mri.error",
        "Any other error inside a list spoils it",
        another_error_is_no_empty_list,
        over=lambda _: ERRORS,
    ),
    sandboxed("mri.zone", "Times without a zone are the site's", times_without_zone_are_the_sites),
    sandboxed("mri.names", "A site may use names of its own", site_may_use_its_own_names),
)
IN_XML: tuple[Case, ...] = (
    *(case for case in CASES if case.id != "mri.format"),
    sandboxed("mri.format", "XML is asked for on every page", xml_is_asked_for),
    writing(
        "mri.rendered",
        "An XML site is sent every approved value, in its place",
        every_approved_value_leaves,
        depth=Depth.TRIP,
    ),
)
