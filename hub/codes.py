"""Every code a caller can meet, with what it means. What to do about it stands in the `remedy` of each answer."""

from enum import StrEnum


class Word(StrEnum):
    """A word that the contract shows with its meaning."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> "Word":
        made = str.__new__(cls, value)
        made._value_ = value
        made.meaning = meaning
        return made


class ErrorCode(Word):
    """What went wrong, as a word that never changes. Message texts may change, codes do not."""

    # Request: transport, identity, limits. These are top-level GraphQL errors.
    BAD_REQUEST = (
        "BAD_REQUEST",
        "The request is not what this address takes: method, media type, encoding, size or JSON.",
    )
    BAD_VARIABLES = "BAD_VARIABLES", "A variable or argument does not fit its type."
    BAD_STRING = "BAD_STRING", "A text holds a character that cannot be kept: NUL, or half of a pair."
    BAD_PAGE = (
        "BAD_PAGE",
        "A list was asked for without exactly one of `first` and `last`, or for more rows than the key allows.",
    )
    BAD_CURSOR = "BAD_CURSOR", "The cursor belongs to another list, order, filter or account, or was changed."
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED", "The document is not GraphQL."
    GRAPHQL_VALIDATION_FAILED = (
        "GRAPHQL_VALIDATION_FAILED",
        "The document asks for what the contract does not have.",
    )
    OPERATION_AMBIGUOUS = (
        "OPERATION_AMBIGUOUS",
        "The document holds several operations, and none or an unknown one is named.",
    )
    COST_LIMIT = "COST_LIMIT", "The document is too long, too deep, or may touch too many rows."
    UNAUTHENTICATED = (
        "UNAUTHENTICATED",
        "There is no valid key: missing, unknown, expired or revoked, or its member is not active.",
    )
    UNAVAILABLE = "UNAVAILABLE", "The database does not answer now; the same request may succeed in a moment."
    INTERNAL = "INTERNAL", "A fault of the hub. Nothing of it is told but the request's id."
    # Items and their versions.
    BAD_ID = "BAD_ID", "The id is none that the API gave, or it names something of another kind."
    NOT_FOUND = "NOT_FOUND", "There is no such item, or you may not see it."
    STALE_VERSION = "STALE_VERSION", "The item has changed since the version that you decided on."
    IDEMPOTENCY_MISMATCH = (
        "IDEMPOTENCY_MISMATCH",
        "The idempotency key was used for a request with other content.",
    )
    DUPLICATE_INPUT = "DUPLICATE_INPUT", "One item is named twice in a request."
    TOO_MANY_ITEMS = "TOO_MANY_ITEMS", "More items than one request may name, or none."
    INVALID_VALUE = "INVALID_VALUE", "A value is outside of what is allowed."
    # People.
    FORBIDDEN = "FORBIDDEN", "A level or privilege is missing; the reason names it and who can grant it."
    # States and capabilities.
    WRONG_STATE = "WRONG_STATE", "The action is not open in the state that the item is in."
    CAPABILITY_NOT_SUPPORTED = (
        "CAPABILITY_NOT_SUPPORTED",
        "The object, the system or the ERP cannot do this at all.",
    )
    CONTENT_CHANGED = (
        "CONTENT_CHANGED",
        "The project tool has changed fields that were locked when the item was sent.",
    )
    DIGEST_MISMATCH = "DIGEST_MISMATCH", "What would be sent now is not what was approved."
    # Prerequisites of a commitment.
    TITLE_MISSING = "TITLE_MISSING", "The commitment has no title."
    TITLE_TOO_LONG = "TITLE_TOO_LONG", "The title is longer than the ERP takes."
    NUMBER_MISSING = "NUMBER_MISSING", "The commitment has no number."
    NUMBER_TOO_LONG = "NUMBER_TOO_LONG", "The number is longer than the ERP takes."
    START_DATE_MISSING = "START_DATE_MISSING", "The contract start date that the ERP requires is missing."
    CONTRACT_DATE_MISSING = "CONTRACT_DATE_MISSING", "The contract date that the ERP requires is missing."
    STATUS_NOT_SENDABLE = "STATUS_NOT_SENDABLE", "The status in the project tool is not one that may be sent."
    VENDOR_MISSING = "VENDOR_MISSING", "The commitment has no contract company."
    VENDOR_NOT_LINKED = "VENDOR_NOT_LINKED", "The contract company is not linked to a vendor of the ERP."
    VENDOR_INACTIVE = "VENDOR_INACTIVE", "The vendor was inactive in the ERP when it was last read."
    PROJECT_NOT_LINKED = "PROJECT_NOT_LINKED", "The project is not linked to a job of the ERP."
    NO_NONZERO_LINE = "NO_NONZERO_LINE", "No line of the schedule of values has an amount."
    LINE_CODE_UNKNOWN = "LINE_CODE_UNKNOWN", "A line stands on no cost code and cost type of the ERP's job."
    AMOUNT_NOT_SUM_OF_LINES = "AMOUNT_NOT_SUM_OF_LINES", "The amount is not the sum of the lines."
    RETAINAGE_OUT_OF_RANGE = (
        "RETAINAGE_OUT_OF_RANGE",
        "The default retainage is not between 0 and 100 percent.",
    )
    ERP_ID_REQUIRED = (
        "ERP_ID_REQUIRED",
        "The approver has to enter the number that the document gets in the ERP.",
    )
    ERP_ID_TAKEN = "ERP_ID_TAKEN", "Another item holds the number in the ERP, or is about to."
    DELETED_AT_ORIGIN = "DELETED_AT_ORIGIN", "The item was deleted in the project tool."
    GONE_FROM_ERP = "GONE_FROM_ERP", "The ERP no longer lists the record."
    PARENT_NOT_SYNCED = "PARENT_NOT_SYNCED", "What the item hangs on is not in the ERP yet."
    DATE_MISSING = "DATE_MISSING", "A date that the ERP requires is missing."
    COMMITMENT_HAS_SYNCED_ITEMS = (
        "COMMITMENT_HAS_SYNCED_ITEMS",
        "Change orders or invoices of the commitment are in the ERP; they have to be unlinked first.",
    )
    MIXED_COST_TYPES = (
        "MIXED_COST_TYPES",
        "The lines stand on several cost types; this ERP takes one for all lines of a commitment.",
    )
    CUSTOM_SEGMENT_NOT_SUPPORTED = (
        "CUSTOM_SEGMENT_NOT_SUPPORTED",
        "A line stands on a custom segment, which the ERP does not know.",
    )
    TOOL_INACTIVE = "TOOL_INACTIVE", "The tool that the item belongs to is not active on its project."
    NUMBER_IN_USE = "NUMBER_IN_USE", "The ERP held a document of this number when it was last read."
    PERIOD_CLOSED = "PERIOD_CLOSED", "The accounting period was closed when the ERP was last read."
    # Budgets.
    BUDGET_NOT_LOCKED = "BUDGET_NOT_LOCKED", "The budget is not locked in the project tool."
    BUDGET_LOCKED = (
        "BUDGET_LOCKED",
        "The budget is locked in the project tool, so nothing can be imported into it.",
    )
    BUDGET_IMPORT_CLOSED = (
        "BUDGET_IMPORT_CLOSED",
        "The budget was exported to the ERP once, so it is no longer imported from there.",
    )
    BUDGET_WAITING_FOR_ACCEPTANCE = (
        "BUDGET_WAITING_FOR_ACCEPTANCE",
        "The budget is with accounting: it can be neither unlocked nor changed until it is answered.",
    )
    BUDGET_HAS_CHANGES = (
        "BUDGET_HAS_CHANGES",
        "A budget that has changes cannot be unlocked, nor unlinked while they are in the ERP.",
    )
    CODE_WITHOUT_TYPE = "CODE_WITHOUT_TYPE", "A cost code of the project has no cost type."
    COST_CODES_MISSING = "COST_CODES_MISSING", "The project has no cost codes yet."
    ACCOUNT_REQUIRED = "ACCOUNT_REQUIRED", "The approver has to choose the account of the general ledger."
    ACCOUNT_UNKNOWN = "ACCOUNT_UNKNOWN", "The general ledger had no such account when it was last read."
    NOTHING_NEW = "NOTHING_NEW", "The ERP held nothing new when it was last read."
    ALL_OR_NONE = "ALL_OR_NONE", "Cost codes are rejected all together, not one by one."
    ERP_ENTRIES_NOT_POSTED = (
        "ERP_ENTRIES_NOT_POSTED",
        "The ERP has not posted the exported entries yet, or cannot be asked.",
    )
    REVISION_TYPE_REQUIRED = "REVISION_TYPE_REQUIRED", "The approver has to choose the type of the revision."
    TRANSFER_NOT_ZERO_SUM = (
        "TRANSFER_NOT_ZERO_SUM",
        "A transfer only moves money, but its lines do not sum to zero.",
    )
    # Change orders and invoices.
    ZERO_CO_NOT_SUPPORTED = "ZERO_CO_NOT_SUPPORTED", "The ERP takes no change order whose total is zero."
    ZERO_INVOICE = "ZERO_INVOICE", "The ERP takes no invoice without an amount."
    NEGATIVE_INVOICE = "NEGATIVE_INVOICE", "The ERP takes no invoice with a negative amount."
    RELEASE_ONLY_INVOICE = (
        "RELEASE_ONLY_INVOICE",
        "The invoice only releases retainage, which is done by hand in the ERP.",
    )
    ONE_ATTACHMENT_ONLY = (
        "ONE_ATTACHMENT_ONLY",
        "The ERP keeps one attachment; the approver has to choose one.",
    )
    INVOICE_NOT_SYNCED = "INVOICE_NOT_SYNCED", "The payment is for an invoice that the hub did not export."
    # What may be done in the project tool to what the ERP knows.
    FIELD_LOCKED = "FIELD_LOCKED", "The field is locked while the item is with accounting."
    DELETE_NOT_ALLOWED = (
        "DELETE_NOT_ALLOWED",
        "What is in the ERP, or was just unlinked, cannot be deleted as it stands.",
    )
    # Structure.
    NAME_TOO_LONG = "NAME_TOO_LONG", "The name is longer than the ERP takes."
    ID_TOO_LONG = "ID_TOO_LONG", "The id is longer than the ERP takes."
    PROJECT_INACTIVE = "PROJECT_INACTIVE", "The project is not active."
    PROJECT_TOO_OLD = "PROJECT_TOO_OLD", "The project is older than the connection's go-live day."
    TEMPLATE_CODES_MISSING = (
        "TEMPLATE_CODES_MISSING",
        "The template holds cost codes that the ERP's job does not have.",
    )
    PROJECT_LIMIT_REACHED = (
        "PROJECT_LIMIT_REACHED",
        "The project tool takes no further project of this account.",
    )
    PROJECT_CODES_NOT_SUPPORTED = (
        "PROJECT_CODES_NOT_SUPPORTED",
        "The ERP has one list of cost codes for all projects.",
    )
    CODE_FORMAT_NOT_APPROVED = (
        "CODE_FORMAT_NOT_APPROVED",
        "The integration partner has not approved the format of cost codes yet, so new codes are held.",
    )
    PARTNER_ONLY = "PARTNER_ONLY", "Only the integration partner does this, in the ERP."
    SIMILAR_COMPANY = "SIMILAR_COMPANY", "The directory has a company of the same name or id."
    UNLINK_FIRST = "UNLINK_FIRST", "What is linked cannot be put aside."
    # Links of companies and projects.
    ALREADY_LINKED = "ALREADY_LINKED", "The record is linked to another one, or both sides know it already."
    COMPANY_INACTIVE = "COMPANY_INACTIVE", "The directory company is not active."
    COMPANY_HAS_SYNCED_COMMITMENTS = (
        "COMPANY_HAS_SYNCED_COMMITMENTS",
        "Commitments of the company are in the ERP; they have to be unlinked first.",
    )
    PROJECT_HAS_SYNCED_ITEMS = (
        "PROJECT_HAS_SYNCED_ITEMS",
        "The project's budget, contracts or commitments are in the ERP; they have to be unlinked first.",
    )
    STILL_IN_ERP = "STILL_IN_ERP", "The ERP still holds the document; it has to be deleted there first."
    VENDOR_ID_TOO_LONG = "VENDOR_ID_TOO_LONG", "The vendor id is longer than the ERP takes."
    # The other side.
    ERP_UNAVAILABLE = (
        "ERP_UNAVAILABLE",
        "The other system does not answer now; the hub tries again by itself.",
    )
    ERP_REFUSED = "ERP_REFUSED", "The other system said no; its own words stand beside it."
    ERP_AUTH_FAILED = (
        "ERP_AUTH_FAILED",
        "The other system does not accept the credentials; a person has to mend the connection.",
    )
    ERP_FORBIDDEN = (
        "ERP_FORBIDDEN",
        "The other system keeps this from the hub's user; a person has to grant the right there.",
    )
    ERP_BAD_RESPONSE = "ERP_BAD_RESPONSE", "The other system answered something that cannot be read."
    REFERENCE_TAKEN = "REFERENCE_TAKEN", "The ERP has a document of this number with other content."
    OUTCOME_UNKNOWN = (
        "OUTCOME_UNKNOWN",
        "A write was sent, and whether it arrived could not be found out. A person has to look.",
    )
    MODULE_MISSING = "MODULE_MISSING", "The ERP lacks a module that the hub works with."
    ERP_VERSION_TOO_OLD = "ERP_VERSION_TOO_OLD", "The ERP is of a version that the hub does not work with."
    INTERFACE_USER_MISSING = (
        "INTERFACE_USER_MISSING",
        "No user of the ERP is recorded whom the hub signs in as.",
    )
    # Jobs.
    JOB_PARKED = "JOB_PARKED", "The work died too often and was put aside; a person has to look."
    UNKNOWN_JOB_KIND = "UNKNOWN_JOB_KIND", "Work was asked for that this version of the hub does not know."
    # Rows that do not fit.
    CODE_NOT_ON_PROJECT = (
        "CODE_NOT_ON_PROJECT",
        "A cost stands on a code and type that the project does not have.",
    )
    UNKNOWN_JOB_STATUS = (
        "UNKNOWN_JOB_STATUS",
        "The job's status is none that the connection knows; nothing was changed by it.",
    )
    UNRESOLVED_REFERENCE = "UNRESOLVED_REFERENCE", "A row names a record that the hub does not know."
    VALUE_DOES_NOT_FIT = "VALUE_DOES_NOT_FIT", "A value does not fit its field."
    MANY_MISSING = (
        "MANY_MISSING",
        "More rows are missing than a crawl is believed; nothing was marked as gone.",
    )
