"""What a list must answer, worked out in Python over rows that ordinary SELECTs read. Shares no code with the API."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

Row = dict[str, Any]
READ_ONLY, ADMIN = 1, 3
_OWN = (
    "commitment",
    "company",
    "project",
    "project_cost_code",
    "link",
    "member",
    "project_member",
    "cost_code",
    "cost_type",
)
_WITH_LINES = (
    "budget", "budget_change", "prime_contract", "prime_contract_change_order", "owner_invoice", "commitment_change_order",
    "subcontractor_invoice", "direct_cost",
)  # fmt: skip
TABLES = (
    *_OWN,
    *("commitment_line", "payment", "sub_job", "project_template"),
    *_WITH_LINES,
    *(f"{table}_line" for table in _WITH_LINES),
)
OPEN_TO_SEND = {"NOT_SENT", "REJECTED", "RETRIEVED", "UNLINKED"}
SENDABLE = {"SUBCONTRACT": {"APPROVED", "COMPLETE"}, "PURCHASE_ORDER": {"APPROVED"}}


@dataclass(frozen=True)
class Books:
    """All rows of one account, by table."""

    rows: dict[str, list[Row]]

    @classmethod
    async def read(cls, connection: Any, account: UUID) -> "Books":
        found = {}
        for table in TABLES:
            records = await connection.fetch(f'select * from "{table}" where account_id = $1', account)
            found[table] = [dict(record) for record in records]
        return cls(found)

    def one(self, table: str, id_: UUID | None) -> Row | None:
        return next((row for row in self.rows[table] if row["id"] == id_), None)

    def link_of(self, id_: UUID | None) -> Row | None:
        return next((row for row in self.rows["link"] if row["object_id"] == id_), None)


@dataclass(frozen=True)
class Viewer:
    """A member, and what they may see and do."""

    books: Books
    member: Row

    @property
    def reads_all(self) -> bool:
        return bool(self.member["is_bulk_reader"]) or self.member["erp_level"] >= READ_ONLY

    @property
    def reads_sub_jobs(self) -> bool:
        mine, makes = self.member, "create_new_project" in (self.member["granular"] or ())
        may_make = mine["directory_level"] >= 3 or (mine["directory_level"] >= 2 and makes)
        return bool(mine["is_bulk_reader"]) or (mine["erp_level"] >= 2 and may_make)

    def on(self, project: UUID) -> Row | None:
        mine = (r for r in self.books.rows["project_member"] if r["member_id"] == self.member["id"])
        return next((row for row in mine if row["project_id"] == project), None)

    def commitments_level(self, project: UUID) -> int:
        rights = self.on(project)
        return rights["commitments_level"] if rights else 0

    def sees_commitment(self, row: Row) -> bool:
        return self.reads_all or self.commitments_level(row["project_id"]) >= READ_ONLY

    def sees_company(self, row: Row) -> bool:
        link = self.books.link_of(row["id"])
        approves = self.member["erp_level"] >= 2 and self.member["can_push_to_accounting"]
        if link is not None and link["state"] == "ARCHIVED" and not approves:
            return False
        return self.reads_all or self.member["directory_level"] >= READ_ONLY

    def sees_project(self, row: Row) -> bool:
        return self.reads_all or self.on(row["id"]) is not None

    def against_sending(self, row: Row) -> list[str]:
        """Codes of all that stands against sending a commitment, in the order they are explained."""
        lines = [line for line in self.books.rows["commitment_line"] if line["commitment_id"] == row["id"]]
        checks = (
            ("FORBIDDEN", self.commitments_level(row["project_id"]) >= ADMIN),
            ("WRONG_STATE", self._state(row["id"]) in OPEN_TO_SEND),
            ("CAPABILITY_NOT_SUPPORTED", row["kind"] != "PURCHASE_ORDER"),
            ("DELETED_AT_ORIGIN", row["origin_deleted_at"] is None),
            ("PROJECT_NOT_LINKED", self._linked(row["project_id"])),
            ("VENDOR_MISSING", row["company_id"] is not None),
            ("VENDOR_NOT_LINKED", row["company_id"] is None or self._linked(row["company_id"])),
            ("STATUS_NOT_SENDABLE", row["status"] in SENDABLE[row["kind"]]),
            ("TITLE_MISSING", row["title"].strip(" ") != ""),
            ("TITLE_TOO_LONG", len(row["title"]) <= 35),
            ("NUMBER_MISSING", row["number"].strip(" ") != ""),
            ("NUMBER_TOO_LONG", len(row["number"]) <= 15),
            (
                "CONTRACT_DATE_MISSING",
                row["contract_date"] is not None or row["origin_created_at"] is not None,
            ),
            ("START_DATE_MISSING", row["start_date"] is not None),
            ("RETAINAGE_OUT_OF_RANGE", 0 <= (row["retainage_percent"] or 0) <= 100),
            ("NO_NONZERO_LINE", any(line["amount"] != 0 for line in lines)),
            ("LINE_CODE_UNKNOWN", all(self._booked(row["project_id"], line) for line in lines)),
            (
                "AMOUNT_NOT_SUM_OF_LINES",
                sum((line["amount"] for line in lines), Decimal(0)) == row["original_amount"],
            ),
        )
        return [code for code, holds in checks if not holds]

    def _state(self, id_: UUID) -> str:
        link = self.books.link_of(id_)
        assert link is not None
        return str(link["state"])

    def _linked(self, id_: UUID) -> bool:
        link = self.books.link_of(id_)
        return link is not None and link["state"] == "LINKED" and link["external_id"] is not None

    def _booked(self, project: UUID, line: Row) -> bool:
        return any(
            (known["project_id"], known["cost_code_id"], known["cost_type_id"])
            == (project, line["cost_code_id"], line["cost_type_id"])
            and known["in_erp"]
            for known in self.books.rows["project_cost_code"]
        )


# --- filters and orders -----------------------------------------------------------------------------------------------

COLUMNS = {"isActive": "is_active", "originalAmount": "original_amount", "startDate": "start_date"}
RELATIONS = {"company": "company_id", "project": "project_id"}
SEARCHED = {"commitments": ("number", "title"), "companies": ("name",)}


def fits(books: Books, list_: str, row: Row, given: dict[str, Any]) -> bool:
    """Whether a row fits all that a filter says."""
    return all(
        _fits_one(books, list_, row, name, value) for name, value in given.items() if value is not None
    )


def _fits_one(books: Books, list_: str, row: Row, name: str, value: Any) -> bool:
    if name == "search":
        return value.lower() in " ".join(row[column] for column in SEARCHED[list_]).lower()
    if name == "linkState":
        link = books.link_of(row["id"])
        held: Any = link and link["state"]
    else:
        held = row[RELATIONS.get(name) or COLUMNS.get(name) or name]
    return all(compares(held, operator, _plain(name, operand)) for operator, operand in value.items())


def _plain(name: str, operand: Any) -> Any:
    if isinstance(operand, list):
        return [_plain(name, inner) for inner in operand]
    if operand is None:
        return None
    if name in RELATIONS:
        return UUID(operand.partition("_")[2])
    if name == "originalAmount":
        return Decimal(operand)
    return date.fromisoformat(operand) if name == "startDate" else operand


def compares(held: Any, operator: str, operand: Any) -> bool:
    if operator == "eq" and operand is None:
        return held is None
    if operand is None:
        return True
    if held is None:
        return False
    tests: dict[str, Callable[[], bool]] = {
        "eq": lambda: held == operand,
        "in": lambda: held in operand,
        "gte": lambda: held >= operand,
        "lte": lambda: held <= operand,
    }
    return bool(tests[operator]())


def ordered(rows: Sequence[Row], order: str | None) -> list[Row]:
    """In the order's own column, ties by id in the same direction; newest first where nothing is said."""
    word = order or "NEWEST_FIRST"
    backwards = word == "NEWEST_FIRST" or word.endswith("_DESC")
    column = word.removesuffix("_ASC").removesuffix("_DESC").lower()
    if word in ("NEWEST_FIRST", "OLDEST_FIRST"):
        return sorted(rows, key=lambda row: row["id"].int, reverse=backwards)
    return sorted(rows, key=lambda row: (row[column], row["id"].int), reverse=backwards)


# --- answers ----------------------------------------------------------------------------------------------------------


def commitments(viewer: Viewer, given: dict[str, Any], order: str | None) -> list[Row]:
    """Every commitment the list holds, as `SHOWN` selects it."""
    books = viewer.books
    rows = [
        r
        for r in books.rows["commitment"]
        if viewer.sees_commitment(r) and fits(books, "commitments", r, given)
    ]
    return [_commitment(viewer, row) for row in ordered(rows, order)]


def _commitment(viewer: Viewer, row: Row) -> Row:
    company, project = (
        viewer.books.one("company", row["company_id"]),
        viewer.books.one("project", row["project_id"]),
    )
    lines = [line for line in viewer.books.rows["commitment_line"] if line["commitment_id"] == row["id"]]
    link = viewer.books.link_of(row["id"])
    against = viewer.against_sending(row)
    assert project is not None
    assert link is not None
    return {
        "id": f"cmt_{row['id']}",
        "number": row["number"],
        "originalAmount": str(row["original_amount"]),
        "startDate": row["start_date"] and row["start_date"].isoformat(),
        "linkState": link["state"],
        "company": {"name": company["name"]} if company and viewer.sees_company(company) else None,
        "project": {"number": project["number"]} if viewer.sees_project(project) else None,
        "lines": [
            {"amount": str(line["amount"])} for line in sorted(lines, key=lambda line: line["line_number"])
        ],
        "viewerCan": {"send": {"allowed": not against, "reasons": [{"code": code} for code in against]}},
    }


def companies(viewer: Viewer, given: dict[str, Any], order: str | None) -> list[Row]:
    books = viewer.books
    rows = [r for r in books.rows["company"] if viewer.sees_company(r) and fits(books, "companies", r, given)]
    return [
        {
            "id": f"com_{row['id']}",
            "name": row["name"],
            "isActive": row["is_active"],
            "commitments": {
                "totalCount": sum(
                    commitment["company_id"] == row["id"] and viewer.sees_commitment(commitment)
                    for commitment in books.rows["commitment"]
                )
            },
        }
        for row in ordered(rows, order)
    ]


SHOWN = {
    "commitments": """id number originalAmount startDate linkState company { name } project { number } lines { amount }
        viewerCan { send { allowed reasons { code } } }""",
    "companies": "id name isActive commitments(first: 1) { totalCount }",
}
LISTS: dict[str, Callable[[Viewer, dict[str, Any], str | None], list[Row]]] = {
    "commitments": commitments,
    "companies": companies,
}
