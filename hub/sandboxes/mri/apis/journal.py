"""General Ledger: journal entries, one row per line; a reference is used again in another period."""

from hub.sandboxes.mri.apis.checks import exists
from hub.sandboxes.mri.apis.jobcost import JOBS
from hub.sandboxes.mri.apis.ledger import ACCOUNTS, ENTITIES
from hub.sandboxes.mri.apis.rules import off_chart, period_is_open
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, DateForm, Field, Kind, Param, Row
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.settings import GENERAL_LEDGER


def _job_cost_is_whole(books: Books, row: Row) -> None:
    """A line for a job names a code of its chart; one without a job names none."""
    given = [name for name in ("JOBCODE", "COSTCODE", "CATEGORY") if row[name]]
    if not given:
        return
    if len(given) < 3:
        raise EntryRefusedError(f"{given[0]}: A job, a cost code and a category are needed together.")
    refused = off_chart(books, row["JOBCODE"], {"CostCode": row["COSTCODE"], "Category": row["CATEGORY"]})
    if refused:
        raise EntryRefusedError(refused.replace("CostCode:", "COSTCODE:", 1))


JOURNAL_ENTRIES = Api(
    name="MRI_S-PMGL_JournalEntries",
    collection="JournalEntries",
    filters=True,
    module=GENERAL_LEDGER,
    verbs=("GET", "POST"),
    # MRI has no id of a line: these four together are it.
    fields=(
        Field("PERIOD", Kind.PERIOD, key=True),
        Field("GLREFERENCE", limit=15, key=True),
        Field("ITEM", Kind.COUNT, key=True),
        Field("GLSOURCE", limit=2, key=True, default="GL"),
        Field("ENTITYID", limit=12, required=True),
        Field("ACCOUNTNUMBER", limit=20, required=True),
        Field("DEPARTMENT", limit=20, default="@"),
        Field("AMOUNT", Kind.AMOUNT, required=True),
        Field("DESCRIPTION", limit=60),
        Field("ENTRYDATE", Kind.DATE, required=True),
        Field("BASIS", choices=("A", "C"), default="A"),
        Field("JOBCODE", limit=20),
        Field("COSTCODE", limit=20),
        Field("CATEGORY", limit=10),
        Field("STATUS", choices=("Posted", "Open", "Reversed"), default="Posted"),
        Field("LASTUPDATE", Kind.FINE_STAMP, made_here=True),
    ),
    params=(
        Param("PERIOD", "PERIOD"),
        Param("GLREFERENCE", "GLREFERENCE"),
        Param("ITEM", "ITEM"),
        Param("GLSOURCE", "GLSOURCE"),
        Param("ENTITYID", "ENTITYID"),
        Param("JOBCODE", "JOBCODE"),
    ),
    changed="LASTUPDATE",
    spans="ENTRYDATE",
    date_form=DateForm.MONTH_FIRST,
    nothing_found="PERIOD: There are no journal entries for the specified values.",
    duplicate="GLREFERENCE: Line {ITEM} of reference {GLREFERENCE}, source {GLSOURCE},"
    " already exists in period {PERIOD}.",
    checks=(
        period_is_open("PERIOD"),
        exists(ENTITIES, "entity", "ENTITYID"),
        exists(ACCOUNTS, "account", "ACCOUNTNUMBER"),
        exists(JOBS, "job", "JOBCODE"),
        _job_cost_is_whole,
    ),
)
