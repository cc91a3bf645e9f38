"""Mapping rows, single values, canonical payloads, page links and origin ids: all without a call."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from hub.connectors import CONNECTORS
from hub.erp import values
from hub.erp.canonical import canonical, digest, money_text
from hub.erp.mapping import Mapping, Row, Way
from hub.erp.origin import OriginIds, OriginKind
from hub.erp.paging import LinkHeader, LinkInBody
from hub.errors import MappingError

FIELDS = frozenset({"name", "amount", "day"})
ROWS = (
    Row("name", Way.BOTH, "Name", from_erp=values.text),
    Row("amount", Way.IMPORT, "Sums.Total", from_erp=values.money),
    Row("amount", Way.EXPORT, "Amount", to_erp=money_text),
    Row("day", Way.EXPORT, "Day", to_erp=str, note="never null"),
)
NAIVE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
TABLE = Mapping("thing", "Thing", FIELDS, ROWS)


def test_a_row_for_a_field_that_our_record_lacks_fails_at_once():
    with pytest.raises(TypeError, match="colour"):
        Mapping("thing", "Thing", FIELDS, (Row("colour", Way.IMPORT, "Colour"),))


def test_a_field_cannot_be_filled_twice_in_one_direction():
    with pytest.raises(TypeError, match="twice"):
        Mapping("thing", "Thing", FIELDS, (Row("name", Way.BOTH, "A"), Row("name", Way.IMPORT, "B")))


def test_their_record_becomes_our_values():
    found, problems = TABLE.from_erp({"Name": " Okafor ", "Sums": {"Total": "10.5"}, "Day": "ignored"})

    assert found == {"name": "Okafor", "amount": Decimal("10.50")}
    assert problems == []


def test_a_value_that_does_not_fit_is_a_problem_and_the_rest_goes_on():
    found, problems = TABLE.from_erp({"Name": "Okafor", "Sums": {"Total": "ten"}})

    assert found == {"name": "Okafor"}
    assert [(each.field, each.value, each.message) for each in problems] == [
        ("amount", "ten", "is not a decimal")
    ]


def test_what_they_lack_is_absent_and_what_they_leave_empty_is_none():
    assert TABLE.from_erp({})[0] == {}
    assert TABLE.from_erp({"Name": "", "Sums": None})[0] == {"name": None, "amount": None}


def test_our_values_become_their_record():
    ours = {"name": "Okafor", "amount": Decimal("-3"), "day": date(2026, 3, 2), "other": 1}

    assert TABLE.to_erp(ours) == {"Name": "Okafor", "Amount": "-3.00", "Day": "2026-03-02"}


def test_a_value_of_ours_that_does_not_fit_names_its_field():
    with pytest.raises(MappingError) as refused:
        TABLE.to_erp({"amount": Decimal("1.005")})

    assert refused.value.field == "amount"


def test_a_site_may_call_a_field_otherwise():
    renamed = TABLE.renamed({"name": "VENDNAME"})

    assert renamed.from_erp({"VENDNAME": "Okafor", "Name": "no"})[0] == {"name": "Okafor"}
    with pytest.raises(MappingError):
        TABLE.renamed({"colour": "X"})


def test_a_mapping_prints_as_a_table():
    assert TABLE.table() == (
        "| thing | | Thing | |\n"
        "| --- | --- | --- | --- |\n"
        "| name | ↔ | Name |  |\n"
        "| amount | ← | Sums.Total |  |\n"
        "| amount | → | Amount |  |\n"
        "| day | → | Day | never null |\n"
    )


@pytest.mark.parametrize("kind", ["mri", "procore"])
def test_every_connectors_tables_print_all_their_rows(kind):
    for table in CONNECTORS[kind].mappings:
        printed = table.table().splitlines()
        assert len(printed) == 2 + len(table.rows)
        assert all(row.theirs in table.table() for row in table.rows)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("1000.00", "1000.00"),
        ("-180.15", "-180.15"),
        (5, "5.00"),
        ("  7.5 ", "7.50"),
        ("", None),
        (None, None),
        ("-0.00", "0.00"),
        (Decimal("1E+3"), "1000.00"),
        ("1.500000", "1.50"),
        ("9999999999999999.99", "9999999999999999.99"),
        (".5", "0.50"),
    ],
)
def test_money_is_read_to_the_cent(given, expected):
    found = values.money(given)

    assert found == (None if expected is None else Decimal(expected))
    assert found is None or (str(found) == expected)


@pytest.mark.parametrize(
    "given",
    [
        1.5,
        True,
        "1.005",
        "1,000.00",
        "1e5",
        "NaN",
        "Infinity",
        "$5",
        "٣",
        "10000000000000000.00",
        "1" * 40,
        [],
        {},
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1E+1000"),
        "1 000",
    ],
)
def test_what_is_no_exact_amount_is_refused(given):
    with pytest.raises(ValueError):
        values.money(given)


@pytest.mark.parametrize(
    ("read", "given", "expected"),
    [
        (values.text, "  x ", "x"),
        (values.text, 12, "12"),
        (values.identifier, "null", None),
        (values.identifier, 9223372036854775999, "9223372036854775999"),
        (values.identifier, "0000009006", "0000009006"),
        (values.flag, "Y", True),
        (values.flag, "n", False),
        (values.flag, True, True),
        (values.flag, "", None),
        (values.percent, "10.0", Decimal("10.00")),
        (values.percent, "96.36%", Decimal("96.36")),
        (values.quantity, "1.2345", Decimal("1.2345")),
        (values.whole, "3.0", 3),
        (values.day, "2024-02-22T00:00:00", date(2024, 2, 22)),
        (values.day, "2024-02-22", date(2024, 2, 22)),
        (values.day, "", None),
        (values.instant, "2026-02-03T14:00:00Z", datetime(2026, 2, 3, 14, tzinfo=UTC)),
        (values.instant, "2026-02-03T14:00:00-07:00", datetime(2026, 2, 3, 21, tzinfo=UTC)),
        (values.instant, "2026-02-03T14:00:00.1234567", datetime(2026, 2, 3, 14, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_values_are_read_as_others_write_them(read, given, expected):
    assert read(given) == expected


@pytest.mark.parametrize(
    ("read", "given"),
    [
        (values.text, "a\x00b"),
        (values.text, ["x"]),
        (values.text, "\ud800"),
        (values.flag, "maybe"),
        (values.percent, "101"),
        (values.percent, "-1"),
        (values.whole, "3.5"),
        (values.day, "02/22/2024"),
        (values.day, "2024-02-30"),
        (values.day, "20240222"),
        (values.instant, "2026-02-03"),
        (values.instant, "yesterday"),
        (values.instant, "2026-02-03T25:00:00Z"),
    ],
)
def test_what_does_not_fit_is_refused(read, given):
    with pytest.raises(ValueError):
        read(given)


def test_a_time_without_zone_is_the_sites():
    eastern = ZoneInfo("America/New_York")

    assert values.instant("2026-07-01T12:00:00", eastern) == datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert values.instant("2026-01-01T12:00:00", eastern) == datetime(2026, 1, 1, 17, tzinfo=UTC)


def test_a_payload_has_one_spelling():
    one = {"b": [Decimal("1.50"), None, True], "a": {"é": date(2026, 3, 2)}, "n": 9223372036854775999}
    other = {"n": 9223372036854775999, "a": {"é": date(2026, 3, 2)}, "b": (Decimal("1.50"), None, True)}

    assert (
        canonical(one) == '{"a":{"é":"2026-03-02"},"b":["1.50",null,true],"n":9223372036854775999}'.encode()
    )
    assert canonical(one) == canonical(other)
    assert digest(canonical(one)) == digest(canonical(other))


def test_a_digest_is_sha256_in_hex():
    assert digest(b"{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_times_are_spelt_in_utc():
    moment = datetime(2026, 3, 2, 9, 15, tzinfo=timezone(timedelta(hours=-7)))

    assert canonical({"at": moment}) == b'{"at":"2026-03-02T16:15:00Z"}'


@pytest.mark.parametrize("value", [1.5, float("nan"), b"x", {1: 2}, NAIVE, {1}, Decimal("NaN"), object()])
def test_what_has_no_exact_text_is_refused(value):
    with pytest.raises(TypeError):
        canonical({"a": value})


def test_amounts_have_two_decimals():
    assert money_text(Decimal("1E+2")) == "100.00"
    assert money_text(Decimal("-0")) == "0.00"
    with pytest.raises(ValueError):
        money_text(Decimal("0.005"))


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<https://x/a?page=2>; rel="next", <https://x/a?page=9>; rel="last"', "https://x/a?page=2"),
        ('<https://x/a?page=1>; rel="first", <https://x/a?page=3,4>; rel="next"', "https://x/a?page=3,4"),
        ("<https://x/b>; rel=next", "https://x/b"),
        ('<https://x/b>; title="t"; rel="up next"', "https://x/b"),
        ('<https://x/a>; rel="first", <https://x/l>; rel="last"', None),
        ('<https://x/a>; rel="nextish"', None),
        ("", None),
    ],
)
def test_the_next_page_is_the_one_with_the_relation(link, expected):
    assert LinkHeader().next({"link": link}) == expected


def test_without_a_link_there_is_no_next_page():
    assert LinkHeader().next({}) is None
    assert LinkInBody(("nextLink",)).next({"value": []}) is None
    assert LinkInBody(("nextLink",)).next({"nextLink": ""}) is None
    assert LinkInBody(("nextLink",)).next({"nextLink": None}) is None
    assert LinkInBody(("nextLink", "next")).next({"next": "https://x/2"}) == "https://x/2"


def test_origin_ids_are_made_and_read():
    ids = OriginIds("MRI")

    assert ids.vendor("OKAF01") == "MRI:VEND:OKAF01"
    assert ids.job("24-101") == "MRI:JOB:24-101"
    assert ids.cost_code("03-300") == "MRI:CODE:03-300"
    assert ids.cost_type("L") == "MRI:CAT:L"
    assert ids.contract("24-101", "SC-1:2") == "MRI:CONT:24-101:SC-1:2"
    assert ids.contract_line("24-101", "SC-1:2", 3) == "MRI:LINE:24-101:3:SC-1:2"
    assert ids.key(OriginKind.VENDOR, "MRI:VEND:OKAF01") == "OKAF01"
    assert ids.key(OriginKind.CONTRACT, "MRI:CONT:24-101:SC-1:2") == "24-101/SC-1:2"


@pytest.mark.parametrize(
    "mark", [None, "", "null", "ACME:VEND:OKAF01", "MRI:JOB:OKAF01", "MRI:VEND:", "OKAF01", "xMRI:VEND:1"]
)
def test_a_foreign_mark_links_to_nothing(mark):
    assert OriginIds("MRI").key(OriginKind.VENDOR, mark) is None


@pytest.mark.parametrize("mark", ["MRI:CONT:24-101", "MRI:CONT::5", "MRI:CONT:24-101:"])
def test_half_a_contract_links_to_nothing(mark):
    assert OriginIds("MRI").key(OriginKind.CONTRACT, mark) is None


def test_a_key_with_an_empty_part_is_refused():
    for key in (("", "5"), ("24-101", "")):
        with pytest.raises(ValueError):
            OriginIds("MRI").contract(*key)


def test_a_colon_within_a_key_is_read_back():
    ids = OriginIds("MRI")

    mark = ids.make(OriginKind.ORDER, "24:101", "SC%1", "CO:7")

    assert mark == "MRI:ORDR:24%3A101:SC%251:CO:7"
    assert ids.parts(OriginKind.ORDER, mark) == ("24:101", "SC%1", "CO:7")
