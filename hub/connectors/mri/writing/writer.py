"""Which object becomes which requests, and which request belongs to whom afterwards."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.connectors.mri.settings import Settings
from hub.connectors.mri.wire.api import Api
from hub.connectors.mri.writing import budgets, commitments, invoices
from hub.connectors.mri.writing.documents import Documents
from hub.connectors.mri.writing.sets import EntrySets
from hub.erp.connector import Step
from hub.erp.refusing import not_written

Facts = Mapping[str, Any]
Make = Callable[[Facts, Facts], Step]
SYSTEM = "MRI"


class Writers:
    """Every write that MRI takes, by our object; every writer, by the operation of its steps."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._settings = settings
        self.contracts = Documents(api, settings, commitments.CONTRACT)
        self._purchase_orders = Documents(api, settings, commitments.PURCHASE_ORDER)
        self._orders = Documents(api, settings, commitments.ORDER)
        self._revisions = Documents(api, settings, budgets.REVISION)
        self._invoices = Documents(api, settings, invoices.INVOICES[settings.invoice_api])
        self._budgets = EntrySets(api, settings, budgets.BUDGET, settings.budget_verb)
        self._by_object: Mapping[str, Make] = {
            "budget": self._budget,
            "budget_change": self._revision,
            "commitment": self._commitment,
            "commitment_change_order": self._order,
            "subcontractor_invoice": self._invoice,
        }
        documents = (self.contracts, self._purchase_orders, self._orders, self._revisions, self._invoices)
        self._by_operation: Mapping[str, Documents | EntrySets] = {
            **{each.kind.operation: each for each in documents},
            budgets.BUDGET.operation: self._budgets,
        }

    def steps(self, object_key: str, facts: Facts, entries: Facts) -> Sequence[Step]:
        make = self._by_object.get(object_key)
        if make is None:
            raise not_written(SYSTEM, object_key)
        return [make(facts, entries)]

    def of(self, step: Step) -> Documents | EntrySets:
        """Who has made this step."""
        found = self._by_operation.get(step.operation)
        if found is None:
            raise not_written(SYSTEM, step.operation)
        return found

    def _budget(self, facts: Facts, entries: Facts) -> Step:
        """The original budget, where what is typed of a revision is not looked at; a revision once MRI holds it."""
        changed = budgets.differences(facts)
        if changed is not None:
            return self._revision(changed, entries)
        return self._budgets.step(*budgets.budget(facts, self._settings))

    def _revision(self, facts: Facts, entries: Facts) -> Step:
        return self._revisions.step(*budgets.revision(facts, entries, self._settings))

    def _commitment(self, facts: Facts, entries: Facts) -> Step:
        writer = self._purchase_orders if commitments.is_purchase_order(facts) else self.contracts
        return writer.step(*commitments.commitment(facts, entries, self._settings))

    def _order(self, facts: Facts, entries: Facts) -> Step:
        return self._orders.step(*commitments.change_order(facts, entries, self._settings))

    def _invoice(self, facts: Facts, entries: Facts) -> Step:
        return self._invoices.step(*invoices.invoice(facts, entries, self._settings))
