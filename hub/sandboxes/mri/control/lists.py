"""What an accountant keeps in order: vendors, jobs, the codes on a job's chart, and the periods."""

from collections.abc import Iterator

from hub.sandboxes.mri.apis import COST_CODES, JOB_COST_CODES, JOBS, PERIODS, VENDORS
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.control.action import Action, ActionRefusedError, by_the_rules, row_of, take
from hub.sandboxes.mri.declare import Api, Row
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.incoming import read_row
from hub.sandboxes.mri.outgoing import outgoing_entry


def _put(books: Books, api: Api, sent: Row, code: str) -> Row:
    """Adds a row, or changes the sent fields of one, and stamps it as updated now."""
    try:
        kept = books.row(api, {name: sent.get(name) for name in api.key_fields}) or {}
        row = read_row(api, {**kept, **sent})
    except EntryRefusedError as error:
        raise ActionRefusedError(code, str(error)) from error
    if api.changed:
        row[api.changed] = books.now()
    books.keep(api, row)
    return outgoing_entry(api, row)


def _put_vendor(books: Books, sent: Row) -> Row:
    return _put(books, VENDORS, sent, "BAD_VENDOR")


def _put_job(books: Books, sent: Row) -> Row:
    codes = sent.pop("Codes", [])
    method = "PUT" if books.row(JOBS, {"JobCode": sent.get("JobCode")}) else "POST"
    job = by_the_rules(books, JOBS, sent, method)
    added = [_put_code(books, {**code, "JobCode": job["JobCode"]}) for code in _codes(books, codes)]
    return {**job, "Codes": added}


def _codes(books: Books, wanted: object) -> Iterator[Row]:
    """The pairs that were sent, or with `all` every pair of the company's list."""
    if wanted == "all":
        for code in books.rows(COST_CODES):
            for category in code["Categories"]:
                yield {"CostCode": code["CostCode"], "Category": category["Category"]}
    elif isinstance(wanted, list) and all(isinstance(one, dict) for one in wanted):
        yield from wanted
    else:
        raise ActionRefusedError("BAD_CODES", 'Codes must be "all" or a list of CostCode and Category')


def _put_code(books: Books, sent: Row) -> Row:
    """On the chart unless InterfaceChart says N; what isn't sent comes from the company's list."""
    take(sent, JOB_COST_CODES.key_fields, ("Description", "ParentCode", "DefaultCategory", "InterfaceChart"))
    row_of(books, JOBS, sent, "job")
    company = books.row(COST_CODES, sent) or {}
    known = {name: company.get(name) for name in ("Description", "ParentCode", "DefaultCategory")}
    kept = books.row(JOB_COST_CODES, sent) or {}
    return _put(books, JOB_COST_CODES, {**known, **kept, "InterfaceChart": "Y", **sent}, "BAD_CODE")


def _set_period(books: Books, sent: Row) -> Row:
    take(sent, ("Period", "Status"))
    row_of(books, PERIODS, sent, "period")
    return _put(books, PERIODS, {**(books.row(PERIODS, sent) or {}), **sent}, "BAD_PERIOD")


ACTIONS = (
    Action(
        "vendors",
        "Adds a vendor, or changes the sent fields of one (Active N makes it inactive); stamped as updated now.",
        {"VendorID": "OKAF01", "Active": "N"},
        _put_vendor,
    ),
    Action(
        "jobs",
        'Adds or changes a job; Codes (a list, or "all") go on its interface chart.',
        {
            "JobCode": "26-900",
            "Description": "Pier Shed",
            "EntityID": "HV01",
            "Status": "Open",
            "Codes": [{"CostCode": "03-300", "Category": "S"}],
        },
        _put_job,
    ),
    Action(
        "codes",
        "Puts a cost code with a category on a job's interface chart, or with InterfaceChart N takes it off.",
        {"JobCode": "24-101", "CostCode": "03-300", "Category": "S", "InterfaceChart": "N"},
        _put_code,
    ),
    Action(
        "periods",
        "Closes or opens an accounting period.",
        {"Period": "202602", "Status": "Closed"},
        _set_period,
    ),
)
