"""The roots of writing: few generic verbs over items, and the import of a system's records."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import strawberry

from hub.actions import (
    accept,
    add,
    answer,
    archive,
    assign,
    bring,
    configure,
    costs,
    import_budget,
    link,
    matches,
    reject_all,
    send,
    unlink,
    verify,
    watch,
)
from hub.actions.ask import MAX_ITEMS, Ask, ItemAsk
from hub.actions.perform import Body, perform
from hub.api.asking import (
    AcceptItemsInput,
    AddItemInput,
    AddItemsInput,
    AssignCostTypesInput,
    ConfigureScheduleInput,
    ImportBudgetsInput,
    ImportRecordsInput,
    ItemInput,
    ItemsInput,
    JobCostSyncInput,
    LinkAllInput,
    LinkItemsInput,
    RefuseSuggestionsInput,
    RejectCostCodesInput,
    RejectItemsInput,
    SystemInput,
)
from hub.api.context import Context
from hub.api.payloads import ItemsPayload, payload, rehearse
from hub.api.preview import typed

INPUT = strawberry.argument(description="What is asked, and the key of the request.")


async def _perform(
    info: strawberry.Info,
    mutation: str,
    key: str,
    body: Body,
    items: Sequence[ItemAsk] = (),
    extra: Mapping[str, Any] | None = None,
    *,
    results: int | None = None,
) -> ItemsPayload:
    """`results` are how many items may be answered where the request does not name them."""
    context: Context = info.context
    viewer, means = context.viewer, context.means
    ask = Ask(viewer.account_id, viewer.member_id, mutation, key, items, extra or {})
    rehearse(context, info, min(len(items), MAX_ITEMS) if results is None else results)
    outcome = await perform(means.writes, means.bell, ask, body)
    return await payload(context, info, outcome)


def _plain(items: Sequence[ItemInput]) -> list[ItemAsk]:
    return [ItemAsk(item.id, item.expected_version) for item in items]


async def send_items(info: strawberry.Info, input: Annotated[ItemsInput, INPUT]) -> ItemsPayload:  # noqa: A002  Relay's word
    return await _perform(info, "sendItems", input.idempotency_key, send.send, _plain(input.items))


async def retrieve_items(info: strawberry.Info, input: Annotated[ItemsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    return await _perform(info, "retrieveItems", input.idempotency_key, answer.retrieve, _plain(input.items))


async def accept_items(info: strawberry.Info, input: Annotated[AcceptItemsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    items = [
        ItemAsk(
            item.id,
            item.expected_version,
            {"digest": item.digest, "entries": typed(item.entries)},
        )
        for item in input.items
    ]
    return await _perform(info, "acceptItems", input.idempotency_key, accept.accept, items)


async def reject_items(info: strawberry.Info, input: Annotated[RejectItemsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    items = [ItemAsk(item.id, item.expected_version, {"comment": item.comment}) for item in input.items]
    return await _perform(info, "rejectItems", input.idempotency_key, answer.reject, items)


async def reject_cost_codes(
    info: strawberry.Info,
    input: Annotated[RejectCostCodesInput, INPUT],  # noqa: A002
) -> ItemsPayload:
    extra = {"comment": input.comment}
    return await _perform(
        info, "rejectCostCodes", input.idempotency_key, reject_all.reject_all, extra=extra, results=MAX_ITEMS
    )


async def import_prime_contracts(
    info: strawberry.Info,
    input: Annotated[ItemsInput, INPUT],  # noqa: A002
) -> ItemsPayload:
    items = _plain(input.items)
    return await _perform(info, "importPrimeContracts", input.idempotency_key, add.take_over, items)


async def unlink_items(info: strawberry.Info, input: Annotated[ItemsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    return await _perform(info, "unlinkItems", input.idempotency_key, unlink.unlink, _plain(input.items))


async def link_items(info: strawberry.Info, input: Annotated[LinkItemsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    items = [
        ItemAsk(item.id, item.expected_version, {"target_id": item.target_id, "override": item.override})
        for item in input.items
    ]
    return await _perform(info, "linkItems", input.idempotency_key, link.link, items)


async def add_items(info: strawberry.Info, input: Annotated[AddItemsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    items = [ItemAsk(item.id, item.expected_version, _adding(item)) for item in input.items]
    return await _perform(info, "addItems", input.idempotency_key, add.add, items)


def _adding(item: AddItemInput) -> Mapping[str, Any]:
    template = {} if item.template_id is strawberry.UNSET else {"template_id": item.template_id}
    return {"confirm": item.confirm, **template}


async def archive_items(info: strawberry.Info, input: Annotated[ItemsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    return await _perform(info, "archiveItems", input.idempotency_key, archive.archive, _plain(input.items))


async def restore_items(info: strawberry.Info, input: Annotated[ItemsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    return await _perform(info, "restoreItems", input.idempotency_key, archive.restore, _plain(input.items))


async def refuse_suggestions(
    info: strawberry.Info,
    input: Annotated[RefuseSuggestionsInput, INPUT],  # noqa: A002
) -> ItemsPayload:
    items = [ItemAsk(item.id, item.expected_version, {"target_id": item.target_id}) for item in input.items]
    body = matches.take_back if input.undo else matches.refuse
    return await _perform(info, "refuseSuggestions", input.idempotency_key, body, items, {"undo": input.undo})


async def link_all(info: strawberry.Info, input: Annotated[LinkAllInput, INPUT]) -> ItemsPayload:  # noqa: A002
    return await _perform(info, "linkAll", input.idempotency_key, matches.link_all)


async def assign_cost_types(
    info: strawberry.Info,
    input: Annotated[AssignCostTypesInput, INPUT],  # noqa: A002
) -> ItemsPayload:
    items = [
        ItemAsk(item.id, item.expected_version, {"cost_type_ids": item.cost_type_ids}) for item in input.items
    ]
    return await _perform(info, "assignCostTypes", input.idempotency_key, assign.assign, items)


async def refresh_items(info: strawberry.Info, input: Annotated[ItemsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    return await _perform(info, "refreshItems", input.idempotency_key, add.refresh, _plain(input.items))


async def set_job_cost_sync(info: strawberry.Info, input: Annotated[JobCostSyncInput, INPUT]) -> ItemsPayload:  # noqa: A002
    items = [ItemAsk(item.id, item.expected_version, {"enabled": item.enabled}) for item in input.items]
    return await _perform(info, "setJobCostSync", input.idempotency_key, costs.set_job_cost_sync, items)


async def import_records(info: strawberry.Info, input: Annotated[ImportRecordsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    extra = {"system_id": input.system_id, "resources": input.resources, "full": input.full}
    return await _perform(info, "importRecords", input.idempotency_key, bring.bring, extra=extra)


async def import_budgets(info: strawberry.Info, input: Annotated[ImportBudgetsInput, INPUT]) -> ItemsPayload:  # noqa: A002
    extra = {"existing": input.existing_lines.value}
    items = _plain(input.items)
    return await _perform(
        info, "importBudgets", input.idempotency_key, import_budget.import_budgets, items, extra
    )


async def verify_system(info: strawberry.Info, input: Annotated[SystemInput, INPUT]) -> ItemsPayload:  # noqa: A002
    extra = {"system_id": input.system_id}
    return await _perform(info, "verifySystem", input.idempotency_key, verify.verify, extra=extra)


async def watch_system(info: strawberry.Info, input: Annotated[SystemInput, INPUT]) -> ItemsPayload:  # noqa: A002
    extra = {"system_id": input.system_id}
    return await _perform(info, "watchSystem", input.idempotency_key, watch.watch, extra=extra)


async def configure_schedule(
    info: strawberry.Info,
    input: Annotated[ConfigureScheduleInput, INPUT],  # noqa: A002
) -> ItemsPayload:
    extra = {
        "system_id": input.system_id,
        "group": input.group.value,
        "frequency": input.frequency.value,
        "time": input.time,
        "zone": input.zone,
    }
    return await _perform(
        info, "configureSchedule", input.idempotency_key, configure.configure_schedule, extra=extra
    )


def verb(resolver: Any, description: str) -> Any:
    return strawberry.field(resolver=resolver, description=description)


@strawberry.type(description="Writing. Nothing here waits for another system: long work is a run to follow.")
class Mutation:
    send_items: ItemsPayload = verb(
        send_items,
        "Send items for accounting acceptance, or again after a rejection, a retrieval or an unlink. Locks their fields. "
        "Where the connection exports directly, what needs no approver leaves for the ERP at once; the run says which does not.",
    )
    retrieve_items: ItemsPayload = verb(retrieve_items, "Take items back before they are answered.")
    accept_items: ItemsPayload = verb(
        accept_items, "Accept items: exactly the payload with the given digest is exported."
    )
    reject_items: ItemsPayload = verb(
        reject_items, "Reject items with a comment: they go back to their sender, unlocked."
    )
    reject_cost_codes: ItemsPayload = verb(
        reject_cost_codes,
        "Reject all cost codes that wait, with one comment: they go back, unlocked. The first 100 are answered; the run has all.",
    )
    unlink_items: ItemsPayload = verb(
        unlink_items,
        "Cut the link to the ERP. An exported item is unlinked only when the ERP no longer holds its document.",
    )
    link_items: ItemsPayload = verb(
        link_items,
        "Link vendors that the ERP alone knows to companies of the directory, and jobs to projects that are there.",
    )
    link_all: ItemsPayload = verb(
        link_all,
        "Link every vendor that has exactly one company of its name, letter case ignored, and that nobody refused. The run has an item for each.",
    )
    refuse_suggestions: ItemsPayload = verb(
        refuse_suggestions, "Say that vendors and companies are not one: the pairs are suggested no more."
    )
    add_items: ItemsPayload = verb(
        add_items,
        "Add vendors, jobs, sub jobs and prime contracts that the ERP alone knows to the project tool.",
    )
    archive_items: ItemsPayload = verb(
        archive_items,
        "Put aside vendors and jobs that the ERP alone knows. Nothing changes in the ERP, nothing is deleted."
        " Vendors that were put aside are shown to accounting approvers alone.",
    )
    restore_items: ItemsPayload = verb(
        restore_items, "Take up again what was put aside: it is ready to import, and linked to nothing."
    )
    assign_cost_types: ItemsPayload = verb(
        assign_cost_types, "Give cost codes the cost types that they have wherever the ERP names none."
    )
    refresh_items: ItemsPayload = verb(
        refresh_items,
        "Read the cost codes of projects, or the amounts of prime contracts, from the ERP again and carry them into the project tool.",
    )
    import_prime_contracts: ItemsPayload = verb(
        import_prime_contracts,
        "Take prime contracts that both sides know over from the ERP again, where its amounts have changed.",
    )
    set_job_cost_sync: ItemsPayload = verb(
        set_job_cost_sync,
        "Have the ERP's costs taken in for projects, or no longer. Those that stayed out meanwhile enter once it is on again.",
    )
    import_records: ItemsPayload = verb(
        import_records, "Import records from a system. Joins a run that imports the same."
    )
    import_budgets: ItemsPayload = verb(
        import_budgets,
        "Import budgets that the ERP has into the project tool: a line for each code and type with an amount.",
    )
    verify_system: ItemsPayload = verb(
        verify_system,
        "Test the connection to a system: each list the hub needs is asked once; `system.checks` says what came of it.",
    )
    watch_system: ItemsPayload = verb(
        watch_system,
        "Have a project tool tell the hub of changes: its webhooks are set up, or set up anew with another secret.",
    )
    configure_schedule: ItemsPayload = verb(
        configure_schedule,
        "Choose when a group of a system's objects is imported by itself. On demand it can be imported at any time.",
    )
