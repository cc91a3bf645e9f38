"""Fills in the seeded projects' finances: budgets, orders, invoices, payments and costs, a few of each."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Protocol

from hub.sandboxes.procore.records import Record
from hub.sandboxes.procore.resource import Resource
from hub.sandboxes.procore.resources import KNOWN
from hub.sandboxes.procore.resources.change_orders import COMMITMENT, POTENTIALS, PRIME, PRIME_ORDERS
from hub.sandboxes.procore.resources.lines import HOLDERS
from hub.sandboxes.procore.resources.requisitions import ITEM_RESOURCES
from hub.sandboxes.world import Commitment, Job, Line, World
from hub.sandboxes.world.ids import IdKind, procore_id

CENT = Decimal("0.01")
BUDGET_OVER_COMMITMENTS = Decimal("1.10")
BUSY = 6  # so many projects have change orders, invoices and costs
MOVED, PAID = 3, 3  # so many of them have budget modifications, and paid invoices
DONE, KEPT = Decimal("0.25"), Decimal("0.10")


class Put(Protocol):
    def __call__(self, resource: Resource, scope_id: int, values: Record) -> None: ...


class Finance:
    """Everything follows from the seeded commitments; nothing here is random."""

    def __init__(self, put: Put, world: World, wbs: Mapping[tuple[int, int], int]) -> None:
        self._put_record = put
        self._world = world
        self._wbs = wbs
        self._ids: Iterator[int] = (procore_id(IdKind.FINANCE, number) for number in count(1))

    def run(self) -> None:
        self._company()
        for place, job in enumerate(job for job in self._world.jobs if job.procore_id):
            mine = [one for one in self._world.commitments if one.project_id == job.procore_id]
            lines = self._budget(job, mine)
            self._vendors(job, mine)
            if not job.linked:
                self._sub_jobs(job)
                continue
            self._prime(job, place < MOVED)
            if place < MOVED:
                self._modification(job, lines)
            elif place < BUSY:
                self._budget_changes(job, lines)
            if place < BUSY:
                self._orders(job, mine)
                self._invoice(job, mine, paid=place < PAID)
                self._costs(job, mine)
        self._template_codes()

    def _template_codes(self) -> None:
        """The first template holds codes of the company's list, the second one that no job of the ERP has."""
        ground_up, fit_out = self._templates
        charts = [job.chart for job in self._world.jobs if job.in_erp]
        known = [
            (one.code, one.name)
            for one in self._world.cost_codes
            if all(one.code in found for found in charts)
        ]
        for template, codes in ((ground_up, known[:2]), (fit_out, [("99-999", "Owner's allowance")])):
            for code, name in codes:
                values = {"project_id": template, "code": code, "name": name, "line_item_type_ids": []}
                self._put("cost_code", template, values)

    def _put(self, kind: str, scope_id: int, values: Record) -> int:
        found = next(self._ids)
        self._put_record(KNOWN[kind], scope_id, {"id": found} | values)
        return found

    def _company(self) -> None:
        company = self._world.company.procore_id
        for name in ("Commercial", "Civil"):
            self._put("department", company, {"name": name})
        self._templates = [
            self._put("project_template", company, {"name": name, "active": True})
            for name in ("Ground-up building", "Tenant fit-out")
        ]
        for name in ("ea", "hr", "ls", "sf"):
            self._put("uom", company, {"name": name})
        self._put("tax_code", company, {"code": "EXEMPT", "description": "Exempt", "rate1": "0.0"})

    def _vendors(self, job: Job, commitments: list[Commitment]) -> None:
        for vendor_id in dict.fromkeys(one.vendor_id for one in commitments):
            self._put("project_vendor", _id(job), {"id": vendor_id})

    def _sub_jobs(self, job: Job) -> None:
        for code, name in (("A", "North Wing"), ("B", "South Wing")):
            self._put("sub_job", _id(job), {"project_id": _id(job), "code": code, "name": name})

    def _budget(self, job: Job, commitments: list[Commitment]) -> list[tuple[int, int]]:
        """One line for each WBS code that a commitment uses; the line's id and the code's."""
        self._put("budget_view", _id(job), {"project_id": _id(job), "name": "Standard Budget"})
        sums: dict[int, Decimal] = {}
        for line in (line for one in commitments for line in one.lines):
            wbs_code_id = self._code(line)
            if wbs_code_id is not None:
                sums[wbs_code_id] = sums.get(wbs_code_id, Decimal(0)) + max(line.amount, Decimal(0))
        return [
            (self._put("budget", _id(job), self._budget_line(job, wbs_code_id, amount)), wbs_code_id)
            for wbs_code_id, amount in sums.items()
        ]

    def _budget_line(self, job: Job, wbs_code_id: int, amount: Decimal) -> Record:
        budgeted = str((amount * BUDGET_OVER_COMMITMENTS).quantize(CENT))
        return {"project_id": _id(job), "wbs_code_id": wbs_code_id, "original_budget_amount": budgeted}

    def _modification(self, job: Job, lines: list[tuple[int, int]]) -> None:
        (taken, _), (given, _) = lines[:2]
        move = {"from_budget_line_item_id": taken, "to_budget_line_item_id": given}
        more = {"project_id": _id(job), "transfer_amount": "1500.00", "notes": "Reallocation"}
        self._put("budget_modification", _id(job), move | more)

    def _budget_changes(self, job: Job, lines: list[tuple[int, int]]) -> None:
        (_, taken), (_, given) = lines[:2]
        for number, status in enumerate(("approved", "draft"), start=1):
            parts = [("change_event", given, "2500.00"), ("budget_change", taken, "-2500.00")]
            self._put(
                "budget_change",
                _id(job),
                {
                    "project_id": _id(job),
                    "number": number,
                    "status": status,
                    "title": f"Transfer {number}",
                    "description": "<p>Moved between trades</p>",
                    "adjustment_line_items": [self._adjustment(*part) for part in parts],
                },
            )

    def _adjustment(self, kind: str, wbs_code_id: int, amount: str) -> Record:
        blank = ("ref", "description", "comment", "quantity", "uom", "unit_cost", "change_event_line_item_id")
        return dict.fromkeys(blank) | {
            "id": next(self._ids),
            "adjustment_number": 1,
            "type": kind,
            "wbs_code_id": wbs_code_id,
            "calculation_strategy": "manual",
            "amount": amount,
        }

    def _prime(self, job: Job, with_order: bool) -> None:
        codes = [one for one in self._world.project_codes if one.project_id == job.procore_id][:2]
        types = {one.category: one.procore_id for one in self._world.cost_types}
        pairs = [(one.procore_id, types[one.categories[0]], one.name) for one in codes]
        contract_id = self._put(
            "prime_contract",
            _id(job),
            {
                "project_id": _id(job),
                "number": f"PC-{job.code}",
                "title": f"{job.name} with the owner",
                "status": "Approved",
                "executed": True,
                "contract_date": job.start.isoformat(),
                "contract_start_date": job.start.isoformat(),
                "contract_estimated_completion_date": job.completion.isoformat(),
            },
        )
        for place, (code, cost_type, name) in enumerate(pairs, start=1):
            self._line("prime_contract_id", contract_id, place, (code, cost_type), name, Decimal("750000.00"))
        if with_order:
            code, cost_type, name = pairs[0]
            order = self._order_record(job, contract_id, "approved", PRIME)
            order_id = next(self._ids)
            self._put_record(PRIME_ORDERS, _id(job), {"id": order_id} | order)
            self._hidden(job, order_id, order)
            self._line("prime_change_order_id", order_id, 1, (code, cost_type), name, Decimal("12500.00"))
            self._owner_invoice(job, contract_id)

    def _owner_invoice(self, job: Job, contract_id: int) -> None:
        values = {"project_id": _id(job), "contract_id": contract_id, "number": 1, "status": "approved"}
        dates = {"billing_date": "2026-01-31", "period_start": "2026-01-01", "period_end": "2026-01-31"}
        self._put(
            "payment_application",
            _id(job),
            values | dates | {"invoice_number": f"OWN-{job.code}-1", "amount": "150000.00"},
        )

    def _orders(self, job: Job, commitments: list[Commitment]) -> None:
        contract = _plain(commitments)
        for number, status in enumerate(("approved", "draft"), start=1):
            order = self._order_record(job, contract.procore_id, status, COMMITMENT, number)
            order_id = self._put("change_order", _id(job), order)
            self._hidden(job, order_id, order)
            line = contract.lines[0]
            pair = (line.cost_code_id, line.line_item_type_id or 0)
            name, amount = line.description, Decimal("1200.00") * number
            self._line("commitment_change_order_id", order_id, 1, pair, name, amount)

    def _order_record(self, job: Job, contract_id: int, status: str, kind: str, number: int = 1) -> Record:
        return {
            "project_id": _id(job),
            "contract_id": contract_id,
            "number": f"{number:03d}",
            "title": f"Change {number}",
            "status": status,
            "executed": status == "approved",
            "type": kind,
        }

    def _hidden(self, job: Job, order_id: int, order: Record) -> None:
        more = {"id": order_id, "hidden": True, "change_order_package_id": order_id}
        kept = {name: value for name, value in order.items() if name != "executed"}
        self._put_record(POTENTIALS, _id(job), kept | more)

    def _invoice(self, job: Job, commitments: list[Commitment], *, paid: bool) -> None:
        contract = _plain(commitments)
        start = date(2026, 1, 1)
        invoice_id = self._put(
            "requisition",
            _id(job),
            {
                "project_id": _id(job),
                "commitment_id": contract.procore_id,
                "number": 1,
                "invoice_number": f"INV-{contract.number}-1",
                "status": "approved",
                "requisition_start": start.isoformat(),
                "requisition_end": (start + timedelta(days=30)).isoformat(),
                "billing_date": (start + timedelta(days=30)).isoformat(),
            },
        )
        due = Decimal(0)
        for line in contract.lines:
            done = (line.amount * DONE).quantize(CENT)
            kept = (done * KEPT).quantize(CENT)
            due += done - kept
            self._item(invoice_id, line, done, kept)
        if paid:
            self._payment(job, contract, invoice_id, due)

    def _item(self, invoice_id: int, line: Line, done: Decimal, kept: Decimal) -> None:
        resource = ITEM_RESOURCES[0]
        values = {
            "requisition_id": invoice_id,
            "item_type": "contract_item",
            "line_item_id": line.procore_id,
            "description_of_work": line.description,
            "scheduled_value": str(line.amount),
            "position": line.position,
            "work_completed_from_previous_application": "0.00",
            "retained_before": "0.00",
            "work_completed_this_period": str(done),
            "work_completed_retainage_retained_this_period": str(kept),
        }
        self._put_record(resource, invoice_id, {"id": next(self._ids)} | values)

    def _payment(self, job: Job, contract: Commitment, invoice_id: int, due: Decimal) -> None:
        values = {"project_id": _id(job), "contract_id": contract.procore_id, "requisition_id": invoice_id}
        more = {"amount": str(due), "date": "2026-02-20", "payment_number": 1, "check_number": "10001"}
        invoice = {"invoice_number": f"INV-{contract.number}-1", "invoice_date": "2026-01-31"}
        self._put("contract_payment", _id(job), values | more | invoice)

    def _costs(self, job: Job, commitments: list[Commitment]) -> None:
        contract = _plain(commitments)
        kinds: tuple[Record, ...] = (
            {
                "direct_cost_type": "invoice",
                "vendor_id": contract.vendor_id,
                "invoice_number": f"DC-{job.code}-1",
            },
            {"direct_cost_type": "expense"},
        )
        for kind in kinds:
            values = {"project_id": _id(job), "direct_cost_date": "2026-01-15", "status": "approved"}
            cost_id = self._put("item", _id(job), values | kind)
            line = contract.lines[0]
            pair = (line.cost_code_id, line.line_item_type_id or 0)
            self._line("direct_cost_id", cost_id, 1, pair, line.description, Decimal("310.45"))

    def _line(
        self, holder: str, holder_id: int, place: int, pair: tuple[int, int], name: str, amount: Decimal
    ) -> None:
        if holder not in HOLDERS:
            raise ValueError(f"{holder} holds no lines")
        values = {"cost_code_id": pair[0], "line_item_type_id": pair[1], "wbs_code_id": self._wbs.get(pair)}
        more = {"position": place, "description": name, "amount": str(amount), holder: holder_id}
        self._put("line_item", holder_id, values | more)

    def _code(self, line: Line) -> int | None:
        return self._wbs.get((line.cost_code_id, line.line_item_type_id or 0))


def _id(job: Job) -> int:
    return job.procore_id or 0


def _plain(commitments: list[Commitment]) -> Commitment:
    """The first subcontract that nothing is special about."""
    return next(
        one for one in commitments if one.kind == "work_order_contract" and not one.broken and not one.traits
    )
