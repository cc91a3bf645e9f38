"""The life of a link between our record and the ERP's: its states and the only moves it may make."""

from enum import StrEnum

from hub.codes import Word


class LinkState(Word):
    """Where an item stands with the ERP."""

    NOT_SENT = "NOT_SENT", "Known in the project tool only; never sent, or parted from its vendor."
    READY_TO_EXPORT = (
        "READY_TO_EXPORT",
        "Sent, and waiting for an accounting approver. Its fields are locked.",
    )
    EXPORTING = "EXPORTING", "Accepted; the hub is writing exactly the payload that was approved."
    SYNCED = "SYNCED", "The ERP holds the document, and its answer agreed with what was sent."
    FAILED = "FAILED", "The ERP holds no such document; an approver may export again or reject."
    IN_DOUBT = (
        "IN_DOUBT",
        "A write was sent and nobody can tell whether the ERP holds it. The hub does not write again by itself.",
    )
    REJECTED = "REJECTED", "An approver sent it back with a comment. Its fields are open again."
    RETRIEVED = "RETRIEVED", "The sender took it back before an answer."
    UNLINKED = "UNLINKED", "It was in the ERP once; the ERP no longer holds the document."
    ORPHANED = "ORPHANED", "It was in the ERP, whose document was found gone."
    READY_TO_IMPORT = "READY_TO_IMPORT", "Known in the ERP only."
    LINKED = "LINKED", "One record on both sides."
    ARCHIVED = "ARCHIVED", "Known in the ERP only, and put aside by somebody."


class Event(StrEnum):
    """What moves a link."""

    KNOWN_HERE = "KNOWN_HERE"
    KNOWN_IN_ERP = "KNOWN_IN_ERP"
    SEND = "SEND"
    RETRIEVE = "RETRIEVE"
    REJECT = "REJECT"
    ACCEPT = "ACCEPT"
    CONFIRM = "CONFIRM"
    FAIL = "FAIL"
    LOSE_SIGHT = "LOSE_SIGHT"
    RESOLVE_ABSENT = "RESOLVE_ABSENT"
    UNLINK = "UNLINK"
    VANISH = "VANISH"
    REAPPEAR = "REAPPEAR"
    LINK = "LINK"
    ARCHIVE = "ARCHIVE"
    RESTORE = "RESTORE"
    REVISE = "REVISE"  # sent again with what has changed since the export
    STAND = "STAND"  # what was sent again is taken back or sent back: the earlier export stands


S, E = LinkState, Event

# Sources: the workflow tables of the project tool's ERP pages; ORPHANED and IN_DOUBT are the hub's own.
MOVES: dict[tuple[LinkState | None, Event], LinkState] = {
    (None, E.KNOWN_HERE): S.NOT_SENT,
    (None, E.KNOWN_IN_ERP): S.READY_TO_IMPORT,
    **{(state, E.SEND): S.READY_TO_EXPORT for state in (S.NOT_SENT, S.REJECTED, S.RETRIEVED, S.UNLINKED)},
    (S.READY_TO_EXPORT, E.RETRIEVE): S.RETRIEVED,
    (S.READY_TO_EXPORT, E.REJECT): S.REJECTED,
    (S.FAILED, E.REJECT): S.REJECTED,
    (S.READY_TO_EXPORT, E.ACCEPT): S.EXPORTING,
    (S.FAILED, E.ACCEPT): S.EXPORTING,
    (S.EXPORTING, E.CONFIRM): S.SYNCED,
    (S.EXPORTING, E.FAIL): S.FAILED,
    (S.EXPORTING, E.LOSE_SIGHT): S.IN_DOUBT,
    (S.IN_DOUBT, E.CONFIRM): S.SYNCED,
    (S.IN_DOUBT, E.RESOLVE_ABSENT): S.FAILED,
    # What both sides may make known is one record on both from the moment the ERP has taken it.
    **{(state, E.LINK): S.LINKED for state in (S.EXPORTING, S.IN_DOUBT)},
    (S.SYNCED, E.REVISE): S.READY_TO_EXPORT,
    **{(state, E.STAND): S.SYNCED for state in (S.READY_TO_EXPORT, S.FAILED)},
    (S.SYNCED, E.UNLINK): S.UNLINKED,
    (S.ORPHANED, E.UNLINK): S.UNLINKED,
    (S.SYNCED, E.VANISH): S.ORPHANED,
    (S.ORPHANED, E.REAPPEAR): S.SYNCED,
    **{
        (state, E.LINK): S.LINKED
        for state in (S.NOT_SENT, S.REJECTED, S.RETRIEVED, S.UNLINKED, S.READY_TO_IMPORT)
    },
    (S.LINKED, E.UNLINK): S.NOT_SENT,
    (S.READY_TO_IMPORT, E.ARCHIVE): S.ARCHIVED,
    (S.ARCHIVED, E.RESTORE): S.READY_TO_IMPORT,
}

# Fields of an item are locked for the project tool's changes while its link is in one of these.
LOCKED = frozenset({S.READY_TO_EXPORT, S.EXPORTING, S.SYNCED, S.FAILED, S.IN_DOUBT, S.ORPHANED})


def move(state: LinkState | None, event: Event) -> LinkState | None:
    """The state after the event, or None where the event is not open from here."""
    return MOVES.get((state, event))


def sources(event: Event) -> tuple[LinkState, ...]:
    """The states from which an event is open."""
    return tuple(state for state, known in MOVES if known is event and state is not None)


def pairs() -> list[tuple[str, str]]:
    """All moves as (from, to) words for the database's own guard; empty for the first state of a new link."""
    return sorted({((state or ""), after.value) for (state, _), after in MOVES.items()})
