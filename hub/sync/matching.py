"""Which companies of the directory may be the same as a vendor that the ERP alone knows, and what speaks for and against each.

Equal names, letter case ignored, are certain: `A & B` and `A and B` are not equal. Names that are merely near are shown to
a person and never linked by machine. Source: the project tool's page on linking ERP companies.

Templates over a directory company {t} with its link {l}, and the vendor {pt} it is proposed for, with its link {pl} on the
connection {pc}. Pattern operators use no index under row-level security, so nearness is computed only for companies that share
the first letters of a word with the vendor, of the first two words of each name."""

from hub.codes import Word

USUAL_LIKENESS = 0.5  # of trigrams that two names share, from 0 to 1; the ERP connection's `suggestion_likeness` says otherwise


class MatchReason(Word):
    """What speaks for or against a company of the directory being a vendor of the ERP."""

    SAME_NAME = "SAME_NAME", "The names are equal, letter case ignored."
    SIMILAR_NAME = "SIMILAR_NAME", "The names are near each other."
    SAME_ID = "SAME_ID", "The directory shows the vendor's id for it."
    SAME_CITY = "SAME_CITY", "The same city."
    SAME_POSTAL_CODE = "SAME_POSTAL_CODE", "The same ZIP or postal code."
    SAME_PHONE = "SAME_PHONE", "The same phone number, digits alone compared."
    SAME_EMAIL = "SAME_EMAIL", "The same e-mail address."
    OTHER_COUNTRY = "OTHER_COUNTRY", "The two are in different countries."
    OTHER_STATE = "OTHER_STATE", "The two are in different states."
    OTHER_CITY = "OTHER_CITY", "The two are in different cities."
    INACTIVE = "INACTIVE", "The directory company is not active, so it cannot be linked."
    ALREADY_LINKED = "ALREADY_LINKED", "The directory company is linked to another vendor."


R = MatchReason
EXACT = "{t}.match_name = {pt}.match_name"
_LIKENESS = "similarity({t}.match_name, {pt}.match_name)"
_LEAST = (
    "(case when jsonb_typeof({pc}.settings -> 'suggestion_likeness') = 'number'"
    f" then ({{pc}}.settings ->> 'suggestion_likeness')::real else {USUAL_LIKENESS} end)"
)
_SAME_ID = "{t}.match_code = lower(coalesce({pl}.external_code, {pl}.external_id))"
FREE = "{l}.state in ('NOT_SENT', 'UNLINKED')"
_REFUSED = (
    "exists (select from refused_match x where x.account_id = {account} and x.company_id = {t}.id"
    " and x.external_id = {pl}.external_id)"
)
_KEYS = "array[{pt}.match_head, {pt}.match_next]"
# Nearness is asked only where the letters agree, in whatever order the database takes its conditions.
_NEAR = f"case when {{t}}.match_head = any({_KEYS}) or {{t}}.match_next = any({_KEYS}) then {_LIKENESS} >= {_LEAST} else false end"
SUGGESTED = (
    "{pt}.origin_id is null and {pl}.state = 'READY_TO_IMPORT' and {pl}.gone_at is null"
    " and {t}.origin_id is not null and {t}.origin_deleted_at is null"
    f" and ({EXACT} or {_SAME_ID} or {_NEAR}) and not {_REFUSED}"
)
ORDER = f"({EXACT}) desc, {_LIKENESS} desc, {{t}}.name, {{t}}.id"
SCORE = f"(case when {EXACT} then 100 else least(99, round(100 * {_LIKENESS})) end)::integer"


def _same(column: str) -> str:
    return f"lower({{t}}.{column}) = lower({{pt}}.{column})"


def _other(column: str) -> str:
    return f"lower({{t}}.{column}) <> lower({{pt}}.{column})"


def _digits(row: str) -> str:
    return f"nullif(regexp_replace({row}.phone, '[^0-9]', '', 'g'), '')"


def _listed(*conditions: tuple[MatchReason, str]) -> str:
    """The words whose conditions hold, as an array; what is not known on both sides says nothing."""
    cases = ", ".join(f"case when {holds} then '{reason.value}' end" for reason, holds in conditions)
    return f"array_remove(array[{cases}], null)"


FOR = _listed(
    (R.SAME_NAME, EXACT),
    (R.SIMILAR_NAME, f"not ({EXACT}) and {_LIKENESS} >= {_LEAST}"),
    (R.SAME_ID, _SAME_ID),
    (R.SAME_CITY, _same("city")),
    (R.SAME_POSTAL_CODE, _same("postal_code")),
    (R.SAME_PHONE, f"{_digits('{t}')} = {_digits('{pt}')}"),
    (R.SAME_EMAIL, _same("email")),
)
AGAINST = _listed(
    (R.OTHER_COUNTRY, _other("country_code")),
    (R.OTHER_STATE, _other("state_code")),
    (R.OTHER_CITY, _other("city")),
    (R.INACTIVE, "not {t}.is_active"),
    (R.ALREADY_LINKED, f"not ({FREE})"),
)

# Vendors with exactly one certain match that nobody refused, where that company is the certain match of no other vendor.
CERTAIN = """
    with pair as (
        select v.id as vendor, d.id as company from company v
        join link vl on vl.account_id = $1 and vl.object_id = v.id and vl.state = 'READY_TO_IMPORT' and vl.gone_at is null
        join company d on d.account_id = $1 and d.match_name = v.match_name
            and d.origin_id is not null and d.origin_deleted_at is null and d.is_active
        join link dl on dl.account_id = $1 and dl.object_id = d.id and dl.state in ('NOT_SENT', 'UNLINKED')
        where v.account_id = $1 and v.origin_id is null
            and not exists (select from refused_match x where x.account_id = $1 and x.company_id = d.id and x.external_id = vl.external_id)
            and not exists (
                select from job j where j.account_id = $1 and j.object_id = v.id and j.state in ('QUEUED', 'RUNNING')))
    select vendor, company from (
        select *, count(*) over (partition by vendor) as companies, count(*) over (partition by company) as vendors from pair) p
    where companies = 1 and vendors = 1"""
