"""GET: the rows that the parameters ask for, one page of them."""

import re
from collections.abc import Iterator
from datetime import datetime

from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.call import Call
from hub.sandboxes.mri.declare import Api, DateForm, Field, Row
from hub.sandboxes.mri.errors import RequestRefusedError
from hub.sandboxes.mri.filtering import filtered
from hub.sandboxes.mri.outgoing import Entry, Page, error_entry, outgoing_entry
from hub.sandboxes.mri.settings import Oddity
from hub.sandboxes.mri.values import read_moment

_CHANGED_SINCE, _FROM, _UNTIL = "LastUpdateDate", "StartDate", "EndDate"
_FORMS = {
    DateForm.YEAR_FIRST: re.compile(r"\d{4}-\d\d-\d\d.*"),
    DateForm.MONTH_FIRST: re.compile(r"\d\d-\d\d-\d{4}"),
}


def read(books: Books, api: Api, call: Call) -> Page:
    rows = filtered(api, call.filter, _wanted(books, api, call))
    rows = _changed_since(books, api, call, _spanned(books, api, call, rows))
    if not rows and api.nothing_found and Oddity.EMPTY_IS_ERROR in books.oddities:
        return Page([error_entry(api.nothing_found)])
    entries = (outgoing_entry(api, row) for row in rows)
    if api.bare or (Oddity.BARE_ROW in books.oddities and len(rows) == 1 and call.skip == 1):
        return Page(list(entries), bare=True)
    if not api.paged or Oddity.UNPAGED in books.oddities:
        return Page(list(entries))
    return _page_of(rows, api, call, Oddity.LINK_TO_EMPTY_PAGE in books.oddities)


def _page_of(rows: list[Row], api: Api, call: Call, links_to_nothing: bool) -> Page:
    """A site may notice only on the empty page after a full last one that there is nothing more."""
    first = call.skip - 1
    shown = [outgoing_entry(api, row) for row in rows[first : first + call.top]]
    next_row = call.skip + call.top
    more = next_row <= len(rows) or (links_to_nothing and len(shown) == call.top)
    return Page(shown, next_row=next_row if more else None)


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
    whole_key = api.key_fields and all(name in wanted for name in api.key_fields)
    if not whole_key or api.finds or api.only or Oddity.FOLDED_KEYS in books.oddities:
        return books.where(api, wanted)
    found = books.row(api, wanted)
    return [row for row in [found] if row and all(row.get(name) == value for name, value in wanted.items())]


def _changed_since(books: Books, api: Api, call: Call, rows: list[Row]) -> list[Row]:
    since = _moment(books, api, call, _CHANGED_SINCE)
    if since is None or api.changed is None:
        return rows
    return [row for row in rows if row[api.changed] >= since.isoformat(timespec="microseconds")]


def _spanned(books: Books, api: Api, call: Call, rows: list[Row]) -> list[Row]:
    if api.spans is None:
        return rows
    first, last = (_moment(books, api, call, name) for name in (_FROM, _UNTIL))
    lowest, highest = (moment.date().isoformat() if moment else None for moment in (first, last))
    return [
        row
        for row in rows
        if (lowest is None or (row[api.spans] or "") >= lowest)
        and (highest is None or (row[api.spans] or "") <= highest)
    ]


def _moment(books: Books, api: Api, call: Call, name: str) -> datetime | None:
    text = call.params.get(name.lower())
    if not text:
        return None
    moment = read_moment(text)
    strict = Oddity.STRICT_DATES in books.oddities
    if moment is None or (strict and not _FORMS[api.date_form].fullmatch(text)):
        raise RequestRefusedError(
            400, f"{name} {text} is not a date{f' of the form {api.date_form}' * strict}."
        )
    return moment


def describe(api: Api) -> Page:
    """The API's own fields, as $metadata tells them."""
    return Page(list(_descriptions(api)))


def _descriptions(api: Api) -> Iterator[Entry]:
    for field in api.fields:
        yield _description(field, "")
    for nested in api.nested:
        for field in nested.fields:
            yield _description(field, f"{nested.name}/")


def _description(field: Field, inside: str) -> Entry:
    return {
        "Name": inside + field.name,
        "Type": str(field.kind),
        "MaxLength": str(field.limit) if field.limit else None,
        "Key": "Y" if field.key else "N",
        "Required": "Y" if field.is_needed else "N",
    }
