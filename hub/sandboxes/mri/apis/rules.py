"""Rules of the ledger that several APIs share: jobs, vendors, open periods, and codes of a job's chart."""

from hub.sandboxes.mri.apis.checks import exists, refuse_nested
from hub.sandboxes.mri.apis.jobcost import JOB_COST_CODES, JOBS
from hub.sandboxes.mri.apis.ledger import PERIODS
from hub.sandboxes.mri.apis.payables import VENDORS
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Check, Row
from hub.sandboxes.mri.errors import EntryRefusedError

job_exists = exists(JOBS, "job", "JobCode")


def vendor_is_active(books: Books, row: Row) -> None:
    vendor = books.row(VENDORS, row)
    if vendor is None:
        raise EntryRefusedError(f"VendorID: The specified vendor {row['VendorID']} does not exist.")
    if vendor["Active"] != "Y":
        raise EntryRefusedError(f"VendorID: The specified vendor {row['VendorID']} is not active.")


def period_is_open(field: str) -> Check:
    def check(books: Books, row: Row) -> None:
        period = books.row(PERIODS, {"Period": row[field]}) if row[field] else {"Status": "Open"}
        if period is None or period["Status"] != "Open":
            raise EntryRefusedError(f"{field}: The specified period {row[field]} is not open for posting.")

    return check


def codes_on_chart(name: str) -> Check:
    """Every line that names a pair the job's interface chart lacks is refused in its own place."""

    def check(books: Books, row: Row) -> None:
        refuse_nested(name, row[name], lambda _index, line: off_chart(books, row["JobCode"], line))

    return check


def code_on_chart(books: Books, row: Row) -> None:
    """Of a row that is a line itself."""
    refused = off_chart(books, row["JobCode"], row)
    if refused:
        raise EntryRefusedError(refused)


def off_chart(books: Books, job: str, line: Row) -> str | None:
    """Why the line's code can't be used on the job; None when it can."""
    key = {"JobCode": job, "CostCode": line["CostCode"], "Category": line["Category"]}
    code = books.row(JOB_COST_CODES, key)
    if code is not None and code["InterfaceChart"] == "Y":
        return None
    return (
        f"CostCode: The specified cost code {line['CostCode']} with category {line['Category']}"
        f" is not on the interface chart of job {job}."
    )
