"""Job Cost: contracts with their lines, and the rules by which a contract is refused."""

from decimal import Decimal

from hub.sandboxes.mri.apis.jobcost import JOB_COST_CODES, JOBS
from hub.sandboxes.mri.apis.payables import VENDORS
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Field, Kind, NestedSet, Param, Row
from hub.sandboxes.mri.errors import EntryRefusedError

LINES = "ContractLines"


def _job_exists(books: Books, row: Row) -> None:
    if books.row(JOBS, row) is None:
        raise EntryRefusedError(f"JobCode: The specified job {row['JobCode']} does not exist.")


def _vendor_is_active(books: Books, row: Row) -> None:
    vendor = books.row(VENDORS, row)
    if vendor is None:
        raise EntryRefusedError(f"VendorID: The specified vendor {row['VendorID']} does not exist.")
    if vendor["Active"] != "Y":
        raise EntryRefusedError(f"VendorID: The specified vendor {row['VendorID']} is not active.")


def _has_lines(_books: Books, row: Row) -> None:
    if not row[LINES]:
        raise EntryRefusedError("ContractLines: A contract needs at least one line.")


def _line_numbers_differ(_books: Books, row: Row) -> None:
    numbers = [line["LineNumber"] for line in row[LINES]]
    repeated = {
        (LINES, index): f"LineNumber: The specified line number {number} is used twice."
        for index, number in enumerate(numbers)
        if number in numbers[:index]
    }
    if repeated:
        raise EntryRefusedError(nested=repeated)


def _codes_on_chart(books: Books, row: Row) -> None:
    """Every line that names a pair the job's interface chart lacks is refused in its own place."""
    missing = {
        (
            LINES,
            index,
        ): f"CostCode: The specified cost code {line['CostCode']} with category {line['Category']}"
        f" is not on the interface chart of job {row['JobCode']}."
        for index, line in enumerate(row[LINES])
        if not _is_on_chart(books, row, line)
    }
    if missing:
        raise EntryRefusedError(nested=missing)


def _is_on_chart(books: Books, row: Row, line: Row) -> bool:
    code = books.row(JOB_COST_CODES, {"JobCode": row["JobCode"], **line})
    return code is not None and code["InterfaceChart"] == "Y"


def _amount_is_sum_of_lines(_books: Books, row: Row) -> None:
    total = sum((Decimal(line["Amount"]) for line in row[LINES]), Decimal(0))
    if total != Decimal(row["OriginalAmount"]):
        raise EntryRefusedError(
            f"OriginalAmount: The specified amount {row['OriginalAmount']}"
            f" is not the sum of the lines, {total}."
        )


def _complete(books: Books, row: Row) -> None:
    row["TransactionID"] = books.next_transaction_id()
    row["CurrentAmount"] = row["OriginalAmount"]
    row["LastUpdate"] = books.now()


CONTRACTS = Api(
    name="MRI_S-PMJC_Contracts",
    collection="Contracts",
    verbs=("GET", "POST"),
    fields=(
        Field("JobCode", limit=20, key=True),
        Field("ContractNumber", limit=20, key=True),
        Field("TransactionID", made_here=True),
        Field("Description", limit=35, required=True),
        Field("VendorID", limit=12, required=True),
        Field("Status", default="Approved", choices=("Approved", "Open", "Pending", "Closed")),
        Field("OriginalAmount", Kind.AMOUNT, required=True),
        Field("CurrentAmount", Kind.AMOUNT, made_here=True),
        Field("ContractDate", Kind.DATE, required=True),
        Field("StartDate", Kind.DATE),
        Field("RetentionPercent", Kind.PERCENT),
        Field("LastUpdate", Kind.FINE_STAMP, made_here=True),
    ),
    nested=(
        NestedSet(
            LINES,
            (
                Field("LineNumber", Kind.COUNT, required=True),
                Field("CostCode", limit=20, required=True),
                Field("Category", limit=10, required=True),
                Field("Description", limit=255),
                Field("Units", limit=20),
                Field("UnitDescription", limit=20),
                Field("UnitCost", limit=20),
                Field("Amount", Kind.AMOUNT, required=True),
            ),
        ),
    ),
    params=(
        Param("JOBCODE", "JobCode"),
        Param("CONTRACTNUMBER", "ContractNumber"),
        Param("VENDORID", "VendorID"),
    ),
    changed="LastUpdate",
    nothing_found="CONTRACTNUMBER: There is no contract for the specified values.",
    duplicate="ContractNumber: Contract {ContractNumber} already exists for job {JobCode}.",
    checks=(
        _job_exists,
        _vendor_is_active,
        _has_lines,
        _line_numbers_differ,
        _codes_on_chart,
        _amount_is_sum_of_lines,
    ),
    complete=_complete,
)
