"""The schedules of values: lines on codes the job's chart carries, unless a rule says otherwise."""

from collections.abc import Iterable
from decimal import Decimal
from random import Random

from hub.sandboxes.world.ids import IdKind, procore_id
from hub.sandboxes.world.jobs import OWN_CODE
from hub.sandboxes.world.model import CostType, Job, Line, ProjectCode, Rule

CENT = Decimal("0.01")
LINE_COUNTS = {"one_line": 1, "many_lines": 14}


class LineMaker:
    """Makes up the lines of one commitment after another."""

    def __init__(self, rng: Random, codes: Iterable[ProjectCode], types: Iterable[CostType]) -> None:
        self.rng = rng
        self.types = {cost_type.category: cost_type.procore_id for cost_type in types}
        self.codes: dict[int, list[ProjectCode]] = {}
        self.made = 0
        for code in codes:
            self.codes.setdefault(code.project_id, []).append(code)

    def make(self, job: Job, broken: tuple[Rule, ...], trait: str | None, kind: str) -> tuple[Line, ...]:
        if Rule.NO_LINES in broken:
            return ()
        count = LINE_COUNTS.get(trait or "", self.rng.randint(2, 6))
        wanted = self.rng.sample(
            [code for code in self.codes[job.procore_id or 0] if code.code != OWN_CODE[0]], count
        )
        if Rule.COST_CODE_NOT_IN_ERP in broken and Rule.PROJECT_NOT_LINKED not in broken:
            wanted[-1] = next(code for code in self.codes[job.procore_id or 0] if code.code == OWN_CODE[0])
        amounts = self._amounts(count, broken, trait)
        units = kind == "purchase_order_contract"
        return tuple(
            self._line(position, code, amount, untyped, units)
            for position, (code, amount, untyped) in enumerate(
                zip(wanted, amounts, self._untyped(count, broken), strict=True), start=1
            )
        )

    def _amounts(self, count: int, broken: tuple[Rule, ...], trait: str | None) -> list[Decimal]:
        if Rule.ONLY_ZERO_LINES in broken:
            return [Decimal("0.00")] * count
        cents = trait == "cents" or self.rng.random() < 0.25
        amounts = [self._amount(cents) for _ in range(count)]
        if trait == "zero_line":
            amounts[-1] = Decimal("0.00")
        if trait == "negative_line":
            amounts[-1] = -(amounts[0] / 10).quantize(CENT)
        return amounts

    def _amount(self, cents: bool) -> Decimal:
        whole = Decimal(self.rng.randint(4, 900) * 250)
        return (whole + (Decimal(self.rng.randint(1, 99)) * CENT if cents else 0)).quantize(CENT)

    def _untyped(self, count: int, broken: tuple[Rule, ...]) -> list[bool]:
        return [Rule.LINE_WITHOUT_COST_TYPE in broken and place == 0 for place in range(count)]

    def _line(self, position: int, code: ProjectCode, amount: Decimal, untyped: bool, units: bool) -> Line:
        self.made += 1
        category = None if untyped else self.rng.choice(code.categories)
        quantity = Decimal(10) if units else Decimal(0)
        return Line(
            procore_id=procore_id(IdKind.LINE, self.made),
            position=position,
            code=code.code,
            cost_code_id=code.procore_id,
            category=category,
            line_item_type_id=None if category is None else self.types[category],
            description=code.name,
            amount=amount,
            quantity=quantity,
            unit_cost=amount / 10 if units else Decimal(0),
            uom="ea" if units else None,
        )
