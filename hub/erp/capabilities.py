"""What a system can do and how it differs from others: identity, objects, behaviour and the class of each write.

Everything here is data. A connector states it, the connection keeps it, rules read it as SQL, the API shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from hub.erp.fields import LISTED_AS


class WriteClass(StrEnum):
    """How a second write of the same thing behaves on the other side, per operation."""

    K1 = "K1"  # takes an idempotency key
    K2 = "K2"  # updates or inserts by our external id
    K3 = "K3"  # refuses a duplicate by natural key
    K4 = "K4"  # can be searched, does not refuse duplicates
    K5 = "K5"  # neither


class Direction(StrEnum):
    """Which way an object travels, seen from the project tool."""

    NONE = "none"
    IMPORT = "import"  # from the system into the hub
    EXPORT = "export"  # from the hub into the system
    BOTH = "both"

    @property
    def comes_in(self) -> bool:
        return self in (Direction.IMPORT, Direction.BOTH)

    @property
    def goes_out(self) -> bool:
        return self in (Direction.EXPORT, Direction.BOTH)


class Verb(StrEnum):
    """What may be done to an object in one direction."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Trigger(StrEnum):
    """What sets an object going."""

    ACCEPT = "accept"
    DIRECT_EXPORT = "direct_export"
    SCHEDULE = "schedule"
    ON_DEMAND = "on_demand"
    ON_USE = "on_use"


class IdSource(StrEnum):
    """Who names an object in the ERP."""

    PROJECT_TOOL = "project_tool"
    ERP = "erp"
    APPROVER = "approver"
    AUTO = "auto"


class Overflow(StrEnum):
    """What becomes of a text that is longer than the field."""

    REFUSE = "refuse"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `count` calls in any `window_s` seconds, per credential."""

    count: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Local time of day, `HH:MM`, in an IANA zone."""

    time: str
    zone: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the system is and how it is reached. `multi_entity`: none, one, many; `delivery`: api, agent, file."""

    key: str
    display_name: str
    auth_kind: str
    min_version: str | None = None
    required_modules: tuple[str, ...] = ()
    optional_modules: tuple[str, ...] = ()
    multi_entity: str = "one"
    delivery: str = "api"
    rate_limits: tuple[RateLimit, ...] = ()
    supports_webhooks: bool = False
    page_style: str = "none"


@dataclass(frozen=True, slots=True)
class FieldCapability:
    """One field of an object. Lengths are in characters; None where no limit is known."""

    field: str
    theirs: str
    direction: Direction
    max_len: int | None = None
    on_overflow: Overflow = Overflow.REFUSE
    required: bool = False
    editable_at_accept: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectCapability:
    """What may be done with one object. `direction` none means: every action on it is refused before a call.

    `reads_back`: what only goes out can be listed all the same, so that both sides can be compared."""

    direction: Direction = Direction.NONE
    imports: tuple[Verb, ...] = ()
    exports: tuple[Verb, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    default_schedule: Schedule | None = None
    requires_synced: tuple[str, ...] = ()
    requires_status: tuple[str, ...] = ()
    requires_locked: bool = False
    id_source: IdSource = IdSource.AUTO
    id_max_len: int | None = None
    id_charset: str | None = None
    fields: tuple[FieldCapability, ...] = ()
    locked_after_send: tuple[str, ...] = ()
    unlink_requires_erp_delete: bool = True
    allows_link_existing: bool = False
    reads_back: bool = False


def imported(*triggers: Trigger, schedule: Schedule | None = None, **more: Any) -> ObjectCapability:
    """An object that comes in: by schedule and on demand unless told otherwise."""
    return ObjectCapability(
        Direction.IMPORT,
        imports=(Verb.CREATE, Verb.UPDATE),
        triggers=triggers or (Trigger.SCHEDULE, Trigger.ON_DEMAND),
        default_schedule=schedule,
        **more,
    )


def exported(*triggers: Trigger, **more: Any) -> ObjectCapability:
    """An object that goes out: on acceptance unless told otherwise."""
    return ObjectCapability(
        Direction.EXPORT, exports=(Verb.CREATE,), triggers=triggers or (Trigger.ACCEPT,), **more
    )


def both(**more: Any) -> ObjectCapability:
    """An object that travels both ways."""
    return ObjectCapability(
        Direction.BOTH,
        imports=(Verb.CREATE, Verb.UPDATE),
        exports=(Verb.CREATE,),
        triggers=(Trigger.ACCEPT, Trigger.SCHEDULE, Trigger.ON_DEMAND),
        **more,
    )


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the system differs from others, whatever the object. None: not known, or no limit.

    Lengths are in characters. Rules read these by name from the connection."""

    # Structure
    supports_sub_jobs: bool = False
    sub_job_code_max: int | None = 30
    supports_custom_wbs: bool = False
    supports_project_cost_codes: bool = False
    min_code_tiers: int | None = None
    code_delimiters: tuple[str, ...] = ()
    code_max_len: int | None = None
    cost_codes_origin: str = "erp"  # erp, procore, either
    copy_codes_from_template: bool = False
    in_progress_projects: bool = True
    phases_per_project_max: int | None = None
    # Vendors and jobs
    vendor_id_required: bool = True
    vendor_id_max: int | None = None
    vendor_name_max: int | None = None
    vendor_address_refresh: bool = False
    job_id_max: int | None = None
    project_name_max: int | None = None
    # Commitments
    po_mode: str = "native"  # native, as_subcontract, by_module, none
    po_module: bool = False
    commitment_title_max: int | None = None
    commitment_number_max: int | None = None
    commitment_id_source: str = "approver"
    start_date_required: bool = False
    commitment_uniform_cost_type: bool = False
    use_procore_contract_number: bool = False
    sendable_statuses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Change orders
    co_on_po: bool = False
    zero_amount_co: bool = True
    co_new_line_creates_contract_line: bool = False
    co_merge_same_line: bool = False
    co_number_max: int | None = None
    co_title_max: int | None = None
    co_description_max: int | None = None
    # Budgets
    budget_import_closed_after_export: bool = False
    budget_unlock_requires_posting: bool = False
    budget_zero_lines: bool = True
    budget_units: bool = False
    revision_types: tuple[str, ...] = ()
    revision_fields_at_accept: tuple[str, ...] = ()
    # Invoices
    zero_invoice: bool = True
    negative_invoice: bool = True
    invoice_number_max: int | None = None
    retainage_hold: bool = True
    retainage_release: bool = False
    stored_materials: bool = False
    invoice_arrival_status: tuple[str, ...] = ()
    tax: str = "none"  # none, code, amount
    attachments: str = "none"  # none, url, file
    attachments_max: int | None = None
    # Costs and payments
    direct_cost_types: tuple[str, ...] = ()
    direct_cost_follow_deletes: bool = False
    direct_cost_editable: bool = False
    payment_import: bool = False
    payment_export: bool = False
    check_number_max: int | None = None
    # Everything else
    direct_export_objects: tuple[str, ...] = ()
    accept_extra_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unlink_requires_erp_delete: bool = True
    reset: bool = False
    forecast_export: str = "none"
    insurance: str = "none"
    timecards: str = "none"
    time_zone: str = "UTC"
    limits_note: str = ""  # what no flag says, in a sentence


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a system can do under the settings of one connection."""

    identity: Identity
    objects: Mapping[str, ObjectCapability]
    behaviour: Behaviour
    write_classes: Mapping[str, WriteClass]  # logical operation -> class; what is not named is K5
    incremental: tuple[str, ...] = ()  # of `lists`, those that can be asked for changes only

    @property
    def imports(self) -> frozenset[str]:
        return frozenset(key for key, found in self.objects.items() if found.direction.comes_in)

    @property
    def exports(self) -> frozenset[str]:
        return frozenset(key for key, found in self.objects.items() if found.direction.goes_out)

    @property
    def lists(self) -> frozenset[str]:
        """What `fetch` can be asked for: records that come in, and those that can be compared."""
        listed = {key for key, found in self.objects.items() if found.direction.comes_in or found.reads_back}
        # A system that lists the parts beside the whole lists both.
        return frozenset(
            key if LISTED_AS.get(key) in self.objects else LISTED_AS.get(key, key) for key in listed
        )

    def document(self) -> dict[str, Any]:
        """As it is kept with the connection, ready for JSON."""
        named = {"imports": self.imports, "exports": self.exports, "lists": self.lists}
        plain: dict[str, Any] = _plain(asdict(self))
        return {**plain, **{name: sorted(keys) for name, keys in named.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
