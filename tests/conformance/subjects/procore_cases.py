"""What Procore alone asks of its connector."""

from typing import Any

from hub.erp.canonical import canonical
from hub.erp.fields import RECORDS
from hub.errors import ErpError, ErpRefused, ErpUnauthorized
from tests.conformance.case import Case, Need, sandboxed
from tests.conformance.side import Side, failure, push
from tests.conformance.tapped import Tapped

VENDORS = {"method": "GET", "path": "/rest/v1.0/vendors"}
SYNC = {"method": "PATCH", "path": "/rest/v1.0/vendors/sync"}
ROW = {"id": 9223372036854775999, "name": "Big", "is_active": True, "unheard_of": {"a": [1]}}
WRITES = frozenset({Need.CONTROL, Need.WRITE})


def companies(*numbers: int) -> dict[str, Any]:
    items = [
        {"erp_id": f"MANY{number}", "vendor_id": f"MANY{number}", "name": f"Many {number}"}
        for number in numbers
    ]
    return {"items": items}


async def every_call_names_the_company(side: Side) -> None:
    wire = Tapped()
    connector = side.open(transport=wire)
    await connector.verify()
    for resource in sorted(side.capabilities.imports & set(RECORDS)):
        await side.all(resource, connector, **side.subject.scopes.get(resource, side.subject.scope))
    named = {
        request.headers.get("procore-company-id") for request in wire.requests if "/rest/" in request.url.path
    }

    assert named == {side.subject.settings["company_id"]}


async def bare_and_under_data_are_one(side: Side) -> None:
    for body in ([ROW], {"data": [ROW]}):
        await side.fault("status", VENDORS, status=200, body=body)
        assert [record.external_id for record in await side.sample()] == ["9223372036854775999"]


async def numbers_keep_every_digit(side: Side) -> None:
    await side.fault("status", VENDORS, status=200, body=[ROW])
    (record,) = await side.sample()

    assert record.external_id == "9223372036854775999"


async def ranges_have_three_dots(side: Side) -> None:
    await side.sample(since="2026-03-02T11:30:00+02:30")
    (asked,) = await side.requests(VENDORS)
    (span,) = [part for part in asked["query"].split("&") if part.startswith("filters[updated_at]=")]
    start, dots, end = span.partition("=")[2].strip('"').partition("...")

    assert dots == "..."
    assert start.endswith("Z")
    assert start <= "2026-03-02T09:00:00Z"
    assert end.endswith("Z")


async def slices_stay_below_the_limit(side: Side) -> None:
    steps = side.connector.steps("company", companies(*range(2300)), {})

    assert max(len(step.body["updates"]) for step in steps) <= 1000
    assert sum(len(step.body["updates"]) for step in steps) == 2300


async def only_the_lost_slice_is_sent_again(side: Side) -> None:
    connector = side.open(settings={"batch_size": 10})
    steps = connector.steps("company", companies(*range(30)), {})
    await side.fault("drop_before", SYNC, nth=2)
    done: dict[str, str] = {}
    for step in steps:
        try:
            done |= (await push(connector, step)).entries
        except ErpError:
            done |= (await push(connector, step)).entries

    assert len(steps) == 3
    assert len(done) == 30
    assert len(await side.requests(SYNC)) == 4


SHAPES = {
    "text": {"errors": "No such thing."},
    "list": {"errors": ["No such thing."]},
    "error": {"error": {"message": "No such thing."}},
    "message": {"message": "No such thing."},
    "fields": {"errors": {"base": ["No such thing."]}},
    "v2": {"error": {"code": "BAD_REQUEST", "message": "No such thing.", "details": []}},
}


async def every_shape_means_the_same(side: Side, shape: Any) -> None:
    (step,) = side.connector.steps("company", companies(1), {})
    for status in (400, 404, 406, 409, 422):
        await side.mend()
        await side.fault("status", SYNC, status=status, body=shape)
        error = await failure(side.connector, step)
        assert isinstance(error, ErpRefused), repr(error)
        assert "No such thing." in error.words


async def disconnected_is_a_matter_of_credentials(side: Side) -> None:
    await side.sandbox.post("/__control/access", json={"connected": False})
    (step,) = side.connector.steps("company", companies(1), {})

    assert isinstance(await failure(side.connector, step), ErpUnauthorized)


async def known_company_is_linked_by_its_id(side: Side) -> None:
    known, *_ = [record for record in await side.sample() if record.linked_to is None]
    (step,) = side.connector.steps(
        "company", {"external_id": known.external_id, "erp_id": "TAKEN1", "vendor_id": "TAKEN1"}, {}
    )
    answer = await push(side.connector, step)
    (linked,) = [record for record in await side.sample() if record.linked_to == "TAKEN1"]

    assert answer.external_id == linked.external_id == known.external_id


async def other_prefix_is_nobodys(side: Side) -> None:
    connector = side.open(settings={"origin_prefix": "OTHER"})

    assert {record.linked_to for record in await side.sample(connector)} == {None}


async def ids_travel_as_integers(side: Side) -> None:
    facts = {"external_id": "9223372036854775999", "erp_id": "BIG1", "vendor_id": "BIG1", "name": "Big"}
    (step,) = side.connector.steps("company", facts, {})

    assert b'"id":9223372036854775999' in canonical(step.body)


async def link_elsewhere_is_not_followed(side: Side) -> None:
    query = f"company_id={side.subject.settings['company_id']}&page=2&per_page=100"
    link = {"Link": f'<https://elsewhere.example.com/rest/v1.0/vendors?{query}>; rel="next"'}
    await side.fault("status", VENDORS, status=200, body=[ROW], headers=link)
    await side.sample()

    assert len(await side.requests(VENDORS)) == 2  # the second page was asked of our own host


async def link_to_itself_is_no_endless_list(side: Side) -> None:
    page = await side.connector.fetch("company", {}, None)
    assert page.cursor is not None
    link = {"Link": f'<{side.url}{page.cursor}>; rel="next"'}
    await side.fault("status", VENDORS, times=0, status=200, body=[ROW], headers=link)
    try:
        await side.connector.fetch("company", {}, page.cursor)
    except ErpError:
        return
    raise AssertionError("A page that names itself as the next was gone along with.")


CASES: tuple[Case, ...] = (
    sandboxed("procore.company", "Every call names the company", every_call_names_the_company),
    sandboxed("procore.data", "A list is read bare and under data", bare_and_under_data_are_one),
    sandboxed(
        "procore.digits", "An id beyond 63 bits and fields nobody knows do no harm", numbers_keep_every_digit
    ),
    sandboxed(
        "procore.range", "Changes are asked for as a range in UTC with three dots", ranges_have_three_dots
    ),
    Case("procore.slices", "2300 records go in slices of at most a thousand", slices_stay_below_the_limit),
    Case("procore.integers", "Ids travel as integers, whatever their size", ids_travel_as_integers),
    sandboxed(
        "procore.link",
        "The next page is asked of our own host, whatever the link says",
        link_elsewhere_is_not_followed,
    ),
    sandboxed(
        "procore.circle",
        "A page that names itself as the next ends the read",
        link_to_itself_is_no_endless_list,
    ),
    sandboxed("procore.prefix", "Marks of another ERP are nobody's", other_prefix_is_nobodys),
    Case(
        "procore.lost_slice",
        "Only the slice that was lost is sent again",
        only_the_lost_slice_is_sent_again,
        WRITES,
    ),
    Case(
        "procore.shapes",
        "Every shape of a refusal means the same",
        every_shape_means_the_same,
        WRITES,
        over=lambda _: SHAPES,
    ),
    Case(
        "procore.disconnected",
        "A disconnected application is a matter of credentials",
        disconnected_is_a_matter_of_credentials,
        WRITES,
    ),
    Case(
        "procore.known",
        "A company that is there already is linked by its own id",
        known_company_is_linked_by_its_id,
        WRITES,
    ),
)
