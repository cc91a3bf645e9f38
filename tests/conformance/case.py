"""What a case is: an id, the sentence it proves, the check, what it needs, and when it does not apply."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from tests.conformance.subject import Depth, Subject, Write


class Need(StrEnum):
    """What a case cannot do without."""

    CONTROL = "control"  # the control interface of a sandbox
    WRITE = "write"  # leave to write, and to leave behind what was written


class NotApplicable(Exception):
    """A case means nothing for this connector; the text says why."""


Variants = Callable[[Subject], Mapping[str, Any]]
Reason = Callable[[Subject], str | None]
Reasons = Callable[[Subject], Sequence[str]]
WriteReason = Callable[[Write], str | None]


def _once(_subject: Subject) -> Mapping[str, Any]:
    return {"": None}


def _always(_subject: Subject) -> str | None:
    return None


def _all_the_rest(_subject: Subject) -> Sequence[str]:
    return ()


def _any(_write: Write) -> str | None:
    return None


@dataclass(frozen=True)
class Case:
    """`over` gives the variants that the check is run with, each by its name; `unless` why it does not apply.

    `beside` are the reasons for which it does not apply to some of what it would be run with."""

    id: str
    proves: str
    check: Callable[..., Awaitable[None]]
    needs: frozenset[Need] = frozenset()
    over: Variants = _once
    unless: Reason = _always
    beside: Reasons = _all_the_rest


@dataclass(frozen=True)
class Run:
    """A case with one of its variants. `idle` is the reason why it does not apply."""

    case: Case
    variant: str = ""
    given: Any = field(default=None, repr=False)
    idle: str | None = None

    @property
    def id(self) -> str:
        return f"{self.case.id}[{self.variant}]" if self.variant else self.case.id

    @property
    def writes(self) -> bool:
        return Need.WRITE in self.case.needs


def runs_of(subject: Subject, cases: tuple[Case, ...]) -> list[Run]:
    """All that is to be run for a connector, reads before writes."""
    found = [run for case in cases for run in _expanded(subject, case)]
    return sorted(found, key=lambda run: run.writes)


def _expanded(subject: Subject, case: Case) -> list[Run]:
    reason = case.unless(subject)
    if reason:
        return [Run(case, idle=reason)]
    runs = [Run(case, name, given) for name, given in case.over(subject).items()]
    idle = [Run(case, idle=words) for words in case.beside(subject)]
    return [*runs, *idle] or [Run(case, idle="There is nothing of this kind to try.")]


def sandboxed(name: str, proves: str, check: Any, **more: Any) -> Case:
    """Needs a sandbox, writes nothing itself."""
    return Case(name, proves, check, frozenset({Need.CONTROL}), **more)


def writing(
    name: str, proves: str, check: Any, *, unless: WriteReason = _any, depth: Depth = Depth.WHOLE
) -> Case:
    """Needs a sandbox and is run for each write that goes so deep and to which it applies."""
    needs = frozenset({Need.CONTROL, Need.WRITE})
    return Case(name, proves, check, needs, over=_fitting(unless, depth), beside=_reasons(unless, depth))


def written(name: str, proves: str, check: Any, **more: Any) -> Case:
    """Writes for each write, and needs nothing but the connector to see what came of it."""
    return replace(writing(name, proves, check, **more), needs=frozenset({Need.WRITE}))


def drafting(name: str, proves: str, check: Any, *, unless: WriteReason = _any) -> Case:
    """Is run for each write to which it applies, and sends none."""
    over, beside = _fitting(unless, Depth.TRIP), _reasons(unless, Depth.TRIP)
    return Case(name, proves, check, over=over, beside=beside)


def except_where(unless: Reason, case: Case) -> Case:
    """The same case, for the connectors alone to which it applies."""
    return replace(case, unless=unless)


def varied(by_depth: Mapping[Depth, Mapping[str, Any]]) -> Variants:
    """Each write with variants: those of its depth and of all that are less deep."""

    def over(subject: Subject) -> Mapping[str, Any]:
        return {
            f"{write.name}, {name}": (write, given)
            for write in subject.writes
            for depth, variants in by_depth.items()
            if write.depth >= depth
            for name, given in variants.items()
        }

    return over


def unread(write: Write) -> str | None:
    """The reason for which a write takes no part in what is about reading back."""
    return None if write.looks else "What it makes cannot be read back."


def both(*reasons: WriteReason) -> WriteReason:
    """The first reason of several."""
    return lambda write: next((found for reason in reasons if (found := reason(write))), None)


def _fitting(unless: WriteReason, depth: Depth) -> Variants:
    return lambda subject: {one.name: one for one in _deep(subject, depth) if unless(one) is None}


def _reasons(unless: WriteReason, depth: Depth) -> Reasons:
    def beside(subject: Subject) -> Sequence[str]:
        named: dict[str, list[str]] = {}
        for write in _deep(subject, depth):
            if reason := unless(write):
                named.setdefault(reason, []).append(write.name)
        return [f"{reason} ({_several(names)})" for reason, names in named.items()]

    return beside


def _deep(subject: Subject, depth: Depth) -> list[Write]:
    return [write for write in subject.writes if write.depth >= depth]


def _several(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{names[0]} and {len(names) - 1} more"
