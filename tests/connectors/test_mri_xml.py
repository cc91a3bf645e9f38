"""XML as MRI sends it: the same records as JSON, and none of the dangers of XML."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
import pytest
from driving import everything, pushed
from hypothesis import given, settings
from hypothesis import strategies as st
from mri_site import Site, connector_on, saying, xml_of

from hub.connectors.mri.wire.forms import Form, rendered
from hub.erp import xml
from hub.errors import ErpRefused, ErpUnexpected, MappingError

XML = "application/xml; charset=utf-8"


def test_a_document_is_read_with_its_attributes_texts_and_children():
    root = xml.parse(b'<a n="1&amp;2">x<b>&lt;y&gt;</b>z<c/></a>')

    assert (root.tag, root.attributes, root.text) == ("a", {"n": "1&2"}, "xz")
    assert [(each.tag, each.text) for each in root.children] == [("b", "<y>"), ("c", "")]


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY a "' + b"x" * 100 + b'"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "http://example.com/">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://example.com/"> %p;]><a/>',
    ],
)
def test_a_document_type_is_refused_before_anything_is_unfolded(document):
    with pytest.raises(ValueError, match="document type"):
        xml.parse(document)


@pytest.mark.parametrize(
    "document",
    [b"", b"<a>", b"<a></b>", b"<a/><b/>", b"<a>&nbsp;</a>", b"<a>\x00</a>", b"plain", b"<a>\xff</a>"],
)
def test_what_is_not_well_formed_is_refused(document):
    with pytest.raises(ValueError, match="well-formed"):
        xml.parse(document)


def test_depth_and_size_are_bounded():
    deep = b"<a>" * 33 + b"</a>" * 33
    with pytest.raises(ValueError, match="deeper"):
        xml.parse(deep)
    with pytest.raises(ValueError, match="larger"):
        xml.parse(b"<a>" + b"<b/>" * 10 + b"</a>", bounds=xml.Bounds(elements=10))
    assert len(xml.parse(b"<a>" + b"<b/>" * 9 + b"</a>", bounds=xml.Bounds(elements=10)).children) == 9


def test_the_charset_of_the_transport_beats_that_of_the_document():
    document = '<?xml version="1.0" encoding="utf-8"?><a>Béton</a>'.encode("cp1252")

    assert xml.parse(document, charset="windows-1252").text == "Béton"
    with pytest.raises(ValueError, match="well-formed"):
        xml.parse(document, charset="no-such-charset")


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_a_letter_that_xml_cannot_carry_is_refused(text):
    with pytest.raises(ValueError):
        xml.escaped(text)


_WRITABLE = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=["Cs"],
        exclude_characters=[*map(chr, range(0x20)), "\ufffe", "\uffff"],
    )
    | st.sampled_from("\t\n\r&<>\"']"),
    max_size=30,
)


@given(_WRITABLE, _WRITABLE)
@settings(max_examples=200, deadline=None)
def test_text_and_attributes_read_back_as_they_were_written(text, child):
    root = xml.Element("a", {}, text, [xml.Element("b", {}, child)])

    found = xml.parse(xml.written(root))

    assert (found.text, found.children[0].text) == (text, child)


# Answers

VENDOR = {"VendorID": "0000009006", "VendorName": "Smith & Sons <Ltd>", "Active": "Y", "ZipCode": "04360"}
VENDOR_XML = xml_of("MRI_S-PMAP_Vendors", [VENDOR])


@pytest.mark.parametrize("kind", [XML, "text/xml", "application/atom+xml", ""])
async def test_an_xml_site_gives_the_same_record_as_a_json_site(kind):
    (one,) = await everything(saying(VENDOR_XML, kind, format="xml"), "company")
    (other,) = await everything(saying({"value": [VENDOR]}), "company")

    assert one == other
    assert (one.external_id, one.values["name"]) == ("0000009006", "Smith & Sons <Ltd>")
    assert one.values["postal_code"] == "04360"


async def test_what_is_read_is_what_came_not_what_was_asked_for():
    (one,) = await everything(saying(VENDOR_XML, XML, format="json"), "company")
    (other,) = await everything(saying({"value": [VENDOR]}, format="xml"), "company")

    assert one == other


async def test_an_xml_site_is_asked_for_xml():
    site = Site(PMAP_Vendors=[VENDOR])

    await everything(site.connect(format="xml"), "company")

    assert site.calls[0].url.params["$format"] == "xml"
    assert site.calls[0].headers["accept"] == "application/xml"


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_all_pages_are_read_over_links_and_link_attributes(form):
    site = Site(PMAP_Vendors=[{"VendorID": f"V{n:03d}", "VendorName": f"N{n}"} for n in range(1, 8)])

    found = await everything(site.connect(format=form, page_size=3), "company")

    assert [each.external_id for each in found] == [f"V{n:03d}" for n in range(1, 8)]
    assert len(site.calls) == 3


_TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
_ROW = st.fixed_dictionaries(
    {
        "VendorID": st.from_regex(r"[0-9A-Z]{1,19}", fullmatch=True),
        "VendorName": _TEXT,
        "Address1": st.none() | _TEXT,
        "Address3": st.none() | _TEXT,
        "ZipCode": st.from_regex(r"0[0-9]{4}", fullmatch=True),
        "Active": st.sampled_from(["Y", "N", None]),
        "LastUpdate": st.sampled_from(["2026-02-03T14:00:00", "2026-02-03T14:00:00.1234567", None]),
    }
)


@given(st.lists(_ROW, max_size=6))
@settings(max_examples=60, deadline=None)
async def test_generated_rows_are_the_same_records_in_both_forms(rows):
    one = await everything(saying({"value": rows}), "company")
    other = await everything(saying(xml_of("MRI_S-PMAP_Vendors", rows), XML, format="xml"), "company")

    assert one == other
    assert [each.external_id for each in one] == [row["VendorID"] for row in rows]


CONTRACT = {"JobCode": "J1", "ContractNumber": "0007", "Description": "D", "OriginalAmount": "-180.15"}


@pytest.mark.parametrize(
    ("lines", "amounts"),
    [
        (None, []),
        ({"entry": {"LineNumber": "1", "Amount": "-180.15"}}, ["-180.15"]),
        (
            {"entry": [{"LineNumber": "1", "Amount": "1.00"}, {"LineNumber": "2", "Amount": "2"}]},
            ["1.00", "2.00"],
        ),
        ([{"LineNumber": "1", "Amount": "1.00"}], ["1.00"]),
        ({"entry": []}, []),
        ("", []),
    ],
)
async def test_nested_sets_of_none_one_and_many_are_lists(lines, amounts):
    row = {**CONTRACT, "ContractLines": lines}

    (found,) = await everything(saying({"value": [row]}), "commitment")

    assert [str(line.values["amount"]) for line in found.lines] == amounts
    assert found.values["original_amount"] == Decimal("-180.15")
    assert found.external_id == "J1/0007"


@pytest.mark.parametrize("count", [1, 2])
async def test_nested_sets_of_xml_are_lists_however_many_rows_they_have(count):
    lines = {"entry": [{"LineNumber": str(n), "Amount": "1.00"} for n in range(count)]}
    body = xml_of("MRI_S-PMJC_Contracts", [{**CONTRACT, "ContractLines": lines}])

    (found,) = await everything(saying(body, XML, format="xml"), "commitment")

    assert len(found.lines) == count


async def test_numbers_without_quotes_keep_their_digits():
    body = '{"value":[{"JobCode":"J1","ContractNumber":1234567890123456789,"OriginalAmount":-180.15}]}'

    (found,) = await everything(saying(body), "commitment")

    assert found.external_id == "J1/1234567890123456789"
    assert found.values["original_amount"] == Decimal("-180.15")


async def test_names_are_found_in_any_letter_case():
    row = {"VENDORID": "A1", "vendorname": "N", "LASTUPDATE": "2026-07-01T12:00:00.1234567"}

    (found,) = await everything(saying({"value": [row]}), "company")

    assert (found.external_id, found.values["name"]) == ("A1", "N")
    assert found.updated_at == datetime(2026, 7, 1, 16, 0, 0, 123456, tzinfo=UTC)


async def test_one_bare_row_is_a_list_of_one():
    bare = b"<mri_s-pmap_vendors><VendorID>A1</VendorID><VendorName>N</VendorName></mri_s-pmap_vendors>"

    (one,) = await everything(saying({"VendorID": "A1", "VendorName": "N"}), "company")
    (other,) = await everything(saying(bare, XML, format="xml"), "company")

    assert one == other
    assert one.external_id == "A1"


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    "kind", ["text/html", "text/html; charset=utf-8", "text/plain", "application/xhtml+xml"]
)
async def test_a_page_for_people_is_no_answer_and_nothing_is_taken_from_it(form, kind):
    connector = saying("<html><body>Sign in</body></html>", kind, format=form)

    with pytest.raises(ErpUnexpected, match="not an API answer"):
        await connector.fetch("company", {}, None)


async def test_a_page_for_people_that_calls_itself_xml_is_no_answer():
    with pytest.raises(ErpUnexpected, match="not an API answer"):
        await saying("<html><body>Sign in</body></html>", XML, format="xml").fetch("company", {}, None)


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY b "boom">]><x><entry><VendorID>&b;</VendorID></entry></x>',
        b"<x><entry>",
        b"<x>" + b"<entry>" * 40 + b"</entry>" * 40 + b"</x>",
    ],
)
async def test_xml_that_is_dangerous_or_cut_off_is_an_answer_that_cannot_be_read(body):
    with pytest.raises(ErpUnexpected, match="XML"):
        await saying(body, XML, format="xml").fetch("company", {}, None)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"value": [{"VendorID": "A", "Error": {"Message": "Locked."}}]}, "application/json"),
        (
            {"value": [{"VendorID": "A", "Inner": {"entry": {"Error": {"Message": "Locked."}}}}]},
            "application/json",
        ),
        ({"value": [{"VendorID": "A", "Inner": {"entry": [{}, {"error": "Locked."}]}}]}, "application/json"),
        ({"Result": "Locked."}, "application/json"),
        ({"error": {"code": 5, "message": "Locked."}}, "application/json"),
        ({"odata.error": {"code": "", "message": {"lang": "en", "value": "Locked."}}}, "application/json"),
        (b"<x><entry><Error><Message>Locked.</Message></Error></entry></x>", XML),
        (b"<x><entry><L><entry><Error><Message>Locked.</Message></Error></entry></L></entry></x>", XML),
        (b"<x><Result>Locked.</Result></x>", XML),
        (b"<error><code>1</code><message>Locked.</message></error>", XML),
        (b"<string>Locked.</string>", XML),
    ],
)
async def test_an_error_inside_a_200_spoils_the_page_at_any_depth(body, kind):
    with pytest.raises(ErpUnexpected, match="Locked"):
        await saying(body, kind).fetch("company", {}, None)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"value": [{"Error": {"Message": "VENDORID: There are no vendors."}}]}, "application/json"),
        ({"error": {"message": "No records found"}}, "application/json"),
        (b"<x><entry><Error><Message>There is no such row.</Message></Error></entry></x>", XML),
        (b"<x/>", XML),
        ({"value": None}, "application/json"),
        ({}, "application/json"),
    ],
)
async def test_nothing_found_is_an_empty_list_however_it_is_said(body, kind):
    assert (await saying(body, kind).fetch("company", {}, None)).records == []


async def test_the_words_for_nothing_found_are_the_sites():
    body = {"value": [{"Error": {"Message": "Keine Daten."}}]}

    with pytest.raises(ErpUnexpected):
        await saying(body).fetch("company", {}, None)
    known = {"company": {"nothing_found": ["keine daten"]}}
    assert (await saying(body, apis=known).fetch("company", {}, None)).records == []


# Writes

FACTS = {
    "job_code": "J1",
    "number": "0007",
    "title": "Smith & Sons <2>",
    "vendor_id": "V1",
    "status": "APPROVED",
    "contract_date": date(2026, 3, 2),
    "start_date": date(2026, 4, 1),
    "original_amount": Decimal("-180.15"),
    "lines": [
        {
            "line_number": 1,
            "cost_code": "03-100",
            "cost_type": "L",
            "amount": Decimal("-180.15"),
            "description": 'A "b"',
        }
    ],
}


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_a_contract_goes_out_in_the_sites_form_and_reads_back_equal(form):
    site = Site()
    connector = site.connect(format=form)
    (step,) = connector.steps("commitment", FACTS, {})

    answer = await pushed(connector, step)
    found = await connector.find(step)

    assert answer.external_id == "J1/0007"
    assert site.calls[0].headers["content-type"] == f"application/{form}"
    assert found.differences == {}
    (kept,) = site.tables["MRI_S-PMJC_Contracts"]
    assert kept["Description"] == "Smith & Sons <2>"
    assert kept["OriginalAmount"] == "-180.15"


async def test_what_was_approved_is_the_record_also_where_xml_leaves():
    (json_step,) = Site().connect(format="json").steps("commitment", FACTS, {})
    (xml_step,) = Site().connect(format="xml").steps("commitment", FACTS, {})

    assert xml_step.body == json_step.body
    assert "$format=xml" in xml_step.target
    once = rendered(Form.XML, "MRI_S-PMJC_Contracts", json.dumps(xml_step.body).encode())
    again = rendered(Form.XML, "MRI_S-PMJC_Contracts", json.dumps(xml_step.body).encode())
    assert once == again
    assert once.startswith(
        b'<?xml version="1.0" encoding="utf-8"?><mri_s-pmjc_contracts><entry>'
        b"<JobCode>J1</JobCode><ContractNumber>0007</ContractNumber><Description>Smith &amp; Sons &lt;2&gt;"
    )


def test_a_letter_that_the_sites_form_cannot_carry_is_refused_while_it_can_be_mended():
    Site().connect(format="json").steps("commitment", {**FACTS, "title": "a\x0bb"}, {})
    with pytest.raises(MappingError, match="XML cannot carry"):
        Site().connect(format="xml").steps("commitment", {**FACTS, "title": "a\x0bb"}, {})


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=35))
@settings(max_examples=60, deadline=None)
async def test_generated_titles_survive_both_forms(title):
    if not title.strip():
        return
    for form in ("json", "xml"):
        site = Site()
        connector = site.connect(format=form)
        (step,) = connector.steps("commitment", {**FACTS, "title": title}, {})
        await pushed(connector, step)
        assert site.tables["MRI_S-PMJC_Contracts"][0]["Description"] == title
        assert (await connector.find(step)).differences == {}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("Bad date.", "application/json"),
        (b"<string>Bad date.</string>", XML),
        (b"<error><message>Bad date.</message></error>", XML),
        (b"<x><entry><Error><Message>Bad date.</Message></Error></entry></x>", XML),
    ],
)
async def test_a_refused_request_is_told_in_its_words_in_every_form(body, kind):
    content = json.dumps(body) if isinstance(body, str) else body
    connector = connector_on(lambda _: httpx.Response(400, content=content, headers={"Content-Type": kind}))
    (step,) = connector.steps("commitment", FACTS, {})

    with pytest.raises(ErpRefused, match="Bad date"):
        await pushed(connector, step)
