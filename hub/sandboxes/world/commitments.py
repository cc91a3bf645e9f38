"""The 150 subcontracts and six purchase orders: a hundred that may be sent, the rest broken on purpose."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from hub.sandboxes.world.ids import IdKind, procore_id
from hub.sandboxes.world.jobs import ONLY_IN_PROCORE
from hub.sandboxes.world.lines import LineMaker
from hub.sandboxes.world.model import Commitment, Job, Line, Rule, Vendor

PURCHASE_ORDERS = 6
SOUND = 100

# How often each set of rules is broken.
BROKEN: tuple[tuple[int, tuple[Rule, ...]], ...] = (
    (4, (Rule.TITLE_TOO_LONG,)),
    (4, (Rule.NO_START_DATE,)),
    (5, (Rule.VENDOR_NOT_LINKED,)),
    (4, (Rule.VENDOR_ONLY_IN_PROCORE,)),
    (6, (Rule.STATUS_NOT_SENDABLE,)),
    (3, (Rule.NO_LINES,)),
    (3, (Rule.ONLY_ZERO_LINES,)),
    (4, (Rule.COST_CODE_NOT_IN_ERP,)),
    (4, (Rule.LINE_WITHOUT_COST_TYPE,)),
    (4, (Rule.NUMBER_TOO_LONG,)),
    # Codes of an unlinked project are unlinked too.
    (5, (Rule.COST_CODE_NOT_IN_ERP, Rule.PROJECT_NOT_LINKED)),
    (1, (Rule.TITLE_TOO_LONG, Rule.NO_START_DATE)),
    (1, (Rule.VENDOR_NOT_LINKED, Rule.NO_LINES, Rule.STATUS_NOT_SENDABLE)),
    (1, (Rule.COST_CODE_NOT_IN_ERP, Rule.LINE_WITHOUT_COST_TYPE, Rule.NUMBER_TOO_LONG)),
    (1, (Rule.TITLE_TOO_LONG, Rule.NO_START_DATE, Rule.VENDOR_ONLY_IN_PROCORE, Rule.ONLY_ZERO_LINES)),
)

# What the first of the sound ones show; the rest are plain.
TRAITS = (
    "title_of_35", "title_of_35", "zero_line", "zero_line", "negative_line", "negative_line", "retainage_10",
    "retainage_10", "complete", "complete", "complete", "cents", "cents", "one_line", "many_lines",
)  # fmt: skip
TITLE_OF_35 = "Façade, Änderung & Brüstung – Los 7"
LONG_TAIL = " – base bid, alternates and allowances"
WORK = ("Furnish & install", "Complete", "Package:", "Phase 1", "Phase 2", "Labor & material:")
DAYS_AFTER_START = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """What one commitment is to be before its words and amounts are made up."""

    broken: tuple[Rule, ...] = ()
    trait: str | None = None
    kind: str = "work_order_contract"


def drafts() -> Iterator[Draft]:
    for number in range(SOUND):
        yield Draft(trait=TRAITS[number] if number < len(TRAITS) else None)
    for times, rules in BROKEN:
        yield from (Draft(broken=rules) for _ in range(times))
    yield from (Draft(kind="purchase_order_contract") for _ in range(PURCHASE_ORDERS))


def build_commitments(
    rng: Random, jobs: tuple[Job, ...], vendors: tuple[Vendor, ...], lines: LineMaker
) -> tuple[Commitment, ...]:
    maker = CommitmentMaker(rng, jobs, vendors, lines)
    return tuple(maker.make(number, draft) for number, draft in enumerate(drafts(), start=1))


class CommitmentMaker:
    """Makes up one commitment after another; every project gets its own run of numbers."""

    def __init__(
        self, rng: Random, jobs: tuple[Job, ...], vendors: tuple[Vendor, ...], lines: LineMaker
    ) -> None:
        self.rng = rng
        self.lines = lines
        self.jobs = [job for job in jobs if job.linked]
        self.unlinked_job = next(job for job in jobs if job.code == ONLY_IN_PROCORE)
        known = [vendor for vendor in vendors if vendor.procore_id and vendor.procore_active]
        self.linked = [vendor for vendor in known if vendor.linked and vendor.erp_active]
        self.unlinked = [vendor for vendor in known if not vendor.linked and vendor.erp_active]
        self.foreign = [vendor for vendor in known if not vendor.in_erp]
        self.numbers: dict[str, int] = {}

    def make(self, number: int, draft: Draft) -> Commitment:
        job = (
            self.unlinked_job
            if Rule.PROJECT_NOT_LINKED in draft.broken
            else self.jobs[number % len(self.jobs)]
        )
        lines = self.lines.make(job, draft.broken, draft.trait, draft.kind)
        start = job.start + timedelta(days=self.rng.randint(0, DAYS_AFTER_START))
        plain = Commitment(
            procore_id=procore_id(IdKind.COMMITMENT, number),
            kind=draft.kind,
            project_id=job.procore_id or 0,
            job_code=job.code,
            vendor_id=self._vendor(draft.broken).procore_id or 0,
            number=self._number(draft.kind, job),
            title=self._title(lines),
            description=f"{job.name}: work as listed in the schedule of values.",
            status="Approved",
            executed=True,
            contract_date=start - timedelta(days=self.rng.randint(5, 30)),
            start=start,
            completion=start + timedelta(days=self.rng.randint(60, 400)),
            retainage=Decimal(self.rng.choice(("0.00", "5.00", "5.00"))),
            lines=lines,
            broken=draft.broken,
            traits=(draft.trait,) if draft.trait else (),
        )
        return self._spoil(self._adorn(plain, draft.trait), draft.broken)

    def _vendor(self, broken: tuple[Rule, ...]) -> Vendor:
        if Rule.VENDOR_NOT_LINKED in broken:
            return self.rng.choice(self.unlinked)
        return self.rng.choice(self.foreign if Rule.VENDOR_ONLY_IN_PROCORE in broken else self.linked)

    def _number(self, kind: str, job: Job) -> str:
        prefix = "SC" if kind == "work_order_contract" else "PO"
        key = f"{prefix}-{job.code}"
        self.numbers[key] = self.numbers.get(key, 0) + 1
        return f"{key}-{self.numbers[key]:03d}"

    def _title(self, lines: tuple[Line, ...]) -> str:
        about = lines[0].description if lines else "Trade work"
        return f"{self.rng.choice(WORK)} {about}"[:35].strip()

    def _adorn(self, plain: Commitment, trait: str | None) -> Commitment:
        if trait == "title_of_35":
            return replace(plain, title=TITLE_OF_35)
        if trait == "retainage_10":
            return replace(plain, retainage=Decimal("10.00"))
        return replace(plain, status="Complete") if trait == "complete" else plain

    def _spoil(self, sound: Commitment, broken: tuple[Rule, ...]) -> Commitment:
        spoiled = sound
        if Rule.TITLE_TOO_LONG in broken:
            spoiled = replace(spoiled, title=spoiled.title + LONG_TAIL)
        if Rule.NO_START_DATE in broken:
            spoiled = replace(spoiled, start=None)
        if Rule.STATUS_NOT_SENDABLE in broken:
            status = self.rng.choice(("Draft", "Out For Signature"))
            spoiled = replace(spoiled, status=status, executed=False)
        if Rule.NUMBER_TOO_LONG in broken:
            spoiled = replace(spoiled, number=f"{spoiled.number}-REVISED-2026")
        return spoiled
