"""What the roots of writing are asked."""

from typing import Any

import strawberry

from db.schedules import Frequency, ScheduleGroup
from hub.api.preview import EntriesInput
from hub.sync.budgets.importing import ExistingLines

strawberry.enum(ExistingLines, description="What becomes of lines that a budget has already.")
KEY = "Your own key of this request, 1 to 200 characters: the same request again under it is answered as before and not done twice."
VERSION = "The version you decided on; the request is refused if the item has changed since."


def text(description: str, **more: Any) -> Any:
    return strawberry.field(description=description, **more)


@strawberry.input(description="One item.")
class ItemInput:
    id: strawberry.ID = text("Global id.")
    expected_version: int = text(VERSION)


@strawberry.input(description="Which items.")
class ItemsInput:
    idempotency_key: str = text(KEY)
    items: list[ItemInput] = text("1 to 100 items.")


@strawberry.input(description="One item to accept.")
class AcceptItemInput:
    id: strawberry.ID = text("Global id.")
    expected_version: int = text(VERSION)
    digest: str = text("Digest of the payload that you approve, from `preview` or `link`.")
    entries: EntriesInput | None = text("What you type for the ERP.", default=None)


@strawberry.input(description="Which items to accept.")
class AcceptItemsInput:
    idempotency_key: str = text(KEY)
    items: list[AcceptItemInput] = text("1 to 100 items.")


@strawberry.input(description="One item to reject.")
class RejectItemInput:
    id: strawberry.ID = text("Global id.")
    expected_version: int = text(VERSION)
    comment: str | None = text(
        "What the sender should mend; required unless the export failed.", default=None
    )


@strawberry.input(description="Which items to reject.")
class RejectItemsInput:
    idempotency_key: str = text(KEY)
    items: list[RejectItemInput] = text("1 to 100 items.")


@strawberry.input(description="Why all cost codes that wait go back.")
class RejectCostCodesInput:
    idempotency_key: str = text(KEY)
    comment: str = text("What the sender should mend.")


@strawberry.input(description="What the ERP alone knows and the item of the project tool that it is.")
class LinkItemInput:
    id: strawberry.ID = text("The item that the ERP alone knows.")
    expected_version: int = text(VERSION)
    target_id: strawberry.ID = text("The item of the project tool that it is.")
    override: bool = text(
        "Link a job to a project that is older than the connection's go-live day.", default=False
    )


@strawberry.input(description="What to link.")
class LinkItemsInput:
    idempotency_key: str = text(KEY)
    items: list[LinkItemInput] = text("1 to 100 pairs.")


@strawberry.input(description="A vendor or a job to add to the project tool.")
class AddItemInput:
    id: strawberry.ID = text("Global id.")
    expected_version: int = text(VERSION)
    confirm: bool = text("Add a vendor though the directory has a company of its name or id.", default=False)
    template_id: strawberry.ID | None = text(
        "The project template that a job starts from; null for none. Left out: the connection's usual one.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="What to add.")
class AddItemsInput:
    idempotency_key: str = text(KEY)
    items: list[AddItemInput] = text("1 to 100 items.")


@strawberry.input(description="A vendor and a company of the directory.")
class MatchInput:
    id: strawberry.ID = text("The vendor that the ERP alone knows.")
    expected_version: int = text(VERSION)
    target_id: strawberry.ID = text("The company of the directory.")


@strawberry.input(description="Which pairs are not one.")
class RefuseSuggestionsInput:
    idempotency_key: str = text(KEY)
    items: list[MatchInput] = text("1 to 100 pairs.")
    undo: bool = text("Take an earlier refusal back: the pairs are suggested again.", default=False)


@strawberry.input(description="The key of the request.")
class LinkAllInput:
    idempotency_key: str = text(KEY)


@strawberry.input(description="A cost code and its default cost types.")
class AssignCostTypesItemInput:
    id: strawberry.ID = text("The cost code.")
    expected_version: int = text(VERSION)
    cost_type_ids: list[strawberry.ID] = text("All cost types that it has wherever the ERP names none.")


@strawberry.input(description="Which cost codes.")
class AssignCostTypesInput:
    idempotency_key: str = text(KEY)
    items: list[AssignCostTypesItemInput] = text("1 to 100 cost codes.")


@strawberry.input(description="What to import.")
class ImportRecordsInput:
    idempotency_key: str = text(KEY)
    system_id: strawberry.ID = text("The system to read.")
    resources: list[str] | None = text(
        "Which of its lists, by the words that its `capabilities` have for them: of the project tool those under `imports`, of an ERP"
        " those under `lists`, such as company, project, cost_code, commitment, subcontractor_invoice, accounting_period, direct_cost,"
        " payment. Costs and payments may be asked for by an accounting approver too. All lists where left out.",
        default=None,
    )
    full: bool = text(
        "Whether lists that tell their changes are read in full all the same, to find what is gone.",
        default=False,
    )


@strawberry.input(description="One project, and whether the ERP's costs are taken in for it.")
class JobCostSyncItemInput:
    id: strawberry.ID = text("Global id of the project.")
    expected_version: int = text(VERSION)
    enabled: bool = text("Whether they are.")


@strawberry.input(description="Which projects.")
class JobCostSyncInput:
    idempotency_key: str = text(KEY)
    items: list[JobCostSyncItemInput] = text("1 to 100 projects.")


@strawberry.input(description="Which budgets to import from the ERP.")
class ImportBudgetsInput:
    idempotency_key: str = text(KEY)
    items: list[ItemInput] = text("1 to 100 budgets.")
    existing_lines: ExistingLines = text(
        "Lines that the budget has in the project tool already: KEEP leaves them and adds what the ERP has besides, OVERWRITE puts"
        " the ERP's amounts on them.",
        default=ExistingLines.KEEP,
    )


@strawberry.input(description="Which system.")
class SystemInput:
    idempotency_key: str = text(KEY)
    system_id: strawberry.ID = text("The system.")


@strawberry.input(description="When a group of a system's objects is read by itself.")
class ConfigureScheduleInput:
    idempotency_key: str = text(KEY)
    system_id: strawberry.ID = text("The system.")
    group: ScheduleGroup = text("What is read.")
    frequency: Frequency = text("How often; NEVER leaves it to people who ask.")
    time: str | None = text(
        "Local time of day of a daily schedule, such as 01:00; as it is where left out.", default=None
    )
    zone: str | None = text(
        "IANA zone of that time, such as America/New_York; EST is five hours behind UTC all year.",
        default=None,
    )
