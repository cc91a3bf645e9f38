"""What a case is: an id, the sentence it proves, the check, what it needs, and when it does not apply."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from tests.conformance.subject import Subject, Write


class Need(StrEnum):
    """What a case cannot do without."""

    CONTROL = "control"  # the control interface of a sandbox
    WRITE = "write"  # leave to write, and to leave behind what was written


class NotApplicable(Exception):
    """A case means nothing for this connector; the text says why."""


Variants = Callable[[Subject], Mapping[str, Any]]
Reason = Callable[[Subject], str | None]
WriteReason = Callable[[Write], str | None]


def _once(_subject: Subject) -> Mapping[str, Any]:
    return {"": None}


def _always(_subject: Subject) -> str | None:
    return None


@dataclass(frozen=True)
class Case:
    """`over` gives the variants that the check is run with, each by its name; `unless` why it does not apply."""

    id: str
    proves: str
    check: Callable[..., Awaitable[None]]
    needs: frozenset[Need] = frozenset()
    over: Variants = _once
    unless: Reason = _always


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
    variants = {} if reason else case.over(subject)
    if not variants:
        return [Run(case, idle=reason or "There is nothing of this kind to try.")]
    return [Run(case, name, given) for name, given in variants.items()]


def sandboxed(name: str, proves: str, check: Any, **more: Any) -> Case:
    """Needs a sandbox, writes nothing itself."""
    return Case(name, proves, check, frozenset({Need.CONTROL}), **more)


def writing(name: str, proves: str, check: Any, *, unless: WriteReason = lambda _write: None) -> Case:
    """Needs a sandbox and is run for each write to which it applies."""
    needs = frozenset({Need.CONTROL, Need.WRITE})
    return Case(name, proves, check, needs, over=_fitting(unless), unless=_reason(unless))


def written(name: str, proves: str, check: Any) -> Case:
    """Writes for each write, and needs nothing but the connector to see what came of it."""
    return replace(writing(name, proves, check), needs=frozenset({Need.WRITE}))


def drafting(name: str, proves: str, check: Any, *, unless: WriteReason = lambda _write: None) -> Case:
    """Is run for each write to which it applies, and sends none."""
    return Case(name, proves, check, over=_fitting(unless), unless=_reason(unless))


def except_where(unless: Reason, case: Case) -> Case:
    """The same case, for the connectors alone to which it applies."""
    return replace(case, unless=unless)


def _fitting(unless: WriteReason) -> Variants:
    return lambda subject: {write.name: write for write in subject.writes if unless(write) is None}


def _reason(unless: WriteReason) -> Reason:
    def reason(subject: Subject) -> str | None:
        reasons = [unless(write) for write in subject.writes]
        return reasons[0] if reasons and all(reasons) else None

    return reason
