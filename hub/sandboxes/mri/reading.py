"""GET: the rows that the parameters ask for, one page of them."""

from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.call import Call
from hub.sandboxes.mri.declare import Api, Field, Row
from hub.sandboxes.mri.errors import RequestRefusedError
from hub.sandboxes.mri.outgoing import Page, error_entry, outgoing_entry
from hub.sandboxes.mri.settings import Oddity
from hub.sandboxes.mri.values import read_moment

_CHANGED_SINCE = "lastupdatedate"


def read(books: Books, api: Api, call: Call) -> Page:
    rows = _changed_since(api, call, _wanted(books, api, call))
    if not rows and api.nothing_found and Oddity.EMPTY_IS_ERROR in books.oddities:
        return Page([error_entry(api.nothing_found)])
    shown = rows[call.skip - 1 : call.skip - 1 + call.top]
    next_row = call.skip + call.top
    entries = [outgoing_entry(api, row) for row in shown]
    return Page(entries, next_row=next_row if next_row <= len(rows) else None)


def asked_for(api: Api, call: Call) -> dict[str, str]:
    """Field to wanted value, for those parameters of the API that were given."""
    return {
        param.field: call.params[param.name.lower()]
        for param in api.params
        if call.params.get(param.name.lower())
    }


def _wanted(books: Books, api: Api, call: Call) -> list[Row]:
    for param in api.params:
        if param.required and not call.params.get(param.name.lower()):
            raise RequestRefusedError(400, f"The parameter {param.name} is required.")
    wanted = asked_for(api, call)
    if all(name in wanted for name in api.key_fields):
        found = books.row(api, wanted)
        rows = [found] if found else []
    else:
        rows = books.rows(api)
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def _changed_since(api: Api, call: Call, rows: list[Row]) -> list[Row]:
    text = call.params.get(_CHANGED_SINCE)
    if not text or api.changed is None:
        return rows
    since = read_moment(text)
    if since is None:
        raise RequestRefusedError(400, f"LastUpdateDate {text} is not a date.")
    return [row for row in rows if row[api.changed] >= since.isoformat(timespec="microseconds")]


def describe(api: Api) -> Page:
    """The API's own fields, as $metadata tells them."""
    rows = [_description(field, "") for field in api.fields]
    rows += [_description(field, f"{nested.name}/") for nested in api.nested for field in nested.fields]
    return Page(rows)


def _description(field: Field, inside: str) -> dict[str, str | None]:
    return {
        "Name": inside + field.name,
        "Type": str(field.kind),
        "MaxLength": str(field.limit) if field.limit else None,
        "Key": "Y" if field.key else "N",
        "Required": "Y" if field.is_needed else "N",
    }
