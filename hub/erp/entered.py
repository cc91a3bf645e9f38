"""What an approver decides about an invoice, judged alike for every ERP: the one attachment, the month that is open."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hub.codes import ErrorCode
from hub.errors import Refused

_ATTACHMENT, _PERIOD = "entries.attachment_url", "entries.expense_period"


def one_attachment(facts: Mapping[str, Any], entries: Mapping[str, Any]) -> str | None:
    """The one address that goes along: the only one, or the one that was chosen of several."""
    given: Sequence[str] = facts.get("attachment_urls") or ()
    listed = [str(facts["attachment_url"])] if facts.get("attachment_url") else list(given)
    chosen = str(entries.get("attachment_url") or "").strip()
    if chosen:
        if chosen not in listed:
            text = "That is no attachment of this invoice."
            raise Refused(ErrorCode.INVALID_VALUE, text, field=_ATTACHMENT, remedy=_one_of(listed))
        return chosen
    if len(listed) > 1:
        text = f"It has {len(listed)} attachments; the ERP keeps one address."
        raise Refused(ErrorCode.ONE_ATTACHMENT_ONLY, text, field=_ATTACHMENT, remedy=_one_of(listed))
    return listed[0] if listed else None


def refuse_closed(month: str, closed: Iterable[Any], spell: Callable[[Any], str]) -> None:
    """Refuses a month that the ERP had closed when its periods were last read; `spell` is the connector's spelling of one.

    A month that nobody has read is not known to be closed."""
    if month in {spell(each) for each in closed}:
        raise Refused(
            ErrorCode.PERIOD_CLOSED,
            f"The period {month} was closed when the ERP was last read.",
            field=_PERIOD,
            remedy="Enter another month, or have the period opened in the ERP and import the periods.",
        )


def _one_of(listed: Sequence[str]) -> str:
    return f"Enter one of {', '.join(listed)}." if listed else "Leave it out: the invoice has none."
