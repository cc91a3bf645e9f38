"""What keeps a record of the ERP out although it fits: SQL that fills the temporary table `outcast`, and what follows from it.

One row per record and reason. A reason without a code is told to nobody: the project takes in no costs, or the
record is the document of an item that the hub exported, which counts already."""

from hub.codes import ErrorCode
from hub.core.link import LinkState as S
from hub.core.spec import Admission, ErpObject
from hub.objects import BY_KEY
from hub.sync.intake.batch import Part

_NOT_ON_PROJECT = "It stands on a code and type that the project does not have."
_NOT_EXPORTED = "It is for an item that the hub did not export."
_NEEDED = "It names no record that the hub knows, and cannot do without."
# What the ERP holds of ours; its id there is known once the ERP has confirmed it.
CONFIRMED = (S.SYNCED, S.ORPHANED)
_ON_ITS_WAY = (S.EXPORTING, S.IN_DOUBT)


def outcast(spec: ErpObject, head: Part, lines: Part | None) -> str:
    """Takes $account and $connection."""
    rule = spec.admission
    assert rule is not None
    reasons = [
        *([_switched_off(rule)] if rule.switch else []),
        *([_twin(BY_KEY[rule.twin_of])] if rule.twin_of and _names_documents(head) else []),
        *([_not_exported(rule, head)] if rule.exported else []),
        *(_needed(column, kinds, head) for column, kinds in rule.needed.items()),
    ]
    found = [_of_records(reasons)] if reasons else []
    found += [_not_on_project(lines)] if rule.coded and lines is not None else []
    return f"""select distinct n, their_id, code, field, value, message
        from ({" union all ".join(found)}) o(n, their_id, code, field, value, message)"""


def _of_records(reasons: list[str]) -> str:
    found = " union all ".join(f"({reason})" for reason in reasons)
    return f"""select f.n, f.their_id, x.* from fate f join stage s on s.n = f.n
        cross join lateral ({found}) x(code, field, value, message)"""


OUT = (
    "delete from fate f using outcast o where o.n = f.n",
    "delete from line_fate x where not exists (select from fate f where f.id = x.parent)",
)
REASONS = "select their_id, code, field, value, message from outcast order by n, field, value"


def inherited(spec: ErpObject) -> list[str]:
    """A new record takes from the item that it is for what that item knows better."""
    rule = spec.admission
    if rule is None or not rule.inherits or rule.exported is None:
        return []
    table = BY_KEY[spec.references[rule.exported]].table.name
    taken = ", ".join(f"v_{column} = i.{column}" for column in rule.inherits)
    return [
        f"update fate f set {taken} from {table} i"
        f" where f.is_new and i.account_id = $account and i.id = f.v_{rule.exported}"
    ]


def untold(spec: ErpObject) -> frozenset[str]:
    """References of which `outcast` says all there is to say, or that may lead nowhere."""
    rule = spec.admission
    if rule is None:
        return frozenset()
    return frozenset((*rule.silent, *rule.needed, *([rule.exported] if rule.exported else [])))


def _switched_off(rule: Admission) -> str:
    return f"""select null::text, 'project_id', null::text, null::text from project p
        where p.account_id = $account and p.id = f.v_project_id and not p.{rule.switch}"""


def _names_documents(head: Part) -> bool:
    return "company_id" in head.references and any(c.name == "invoice_number" for c in head.columns)


def _twin(exported: ErpObject) -> str:
    """The ERP names an invoice by its vendor and number. One on its way has no id there yet, but both of these."""
    return f"""select null::text, 'invoice_number', s.invoice_number, null::text from link k
        where k.account_id = $account and k.connection_id = $connection and k.object_type = '{exported.name}'
            and k.external_id = s.r_company_id || '/' || s.invoice_number and k.state in {words(CONFIRMED)}
        union all
        select null::text, 'invoice_number', s.invoice_number, null::text from {exported.table.name} i
        join link k on k.account_id = $account and k.connection_id = $connection and k.object_id = i.id
        where i.account_id = $account and i.company_id = f.v_company_id and i.invoice_number = s.invoice_number
            and k.state in {words(_ON_ITS_WAY)}"""


def _not_exported(rule: Admission, head: Part) -> str:
    column = rule.exported or ""
    if column not in head.references:
        return f"select {_reason(ErrorCode.INVOICE_NOT_SYNCED, column, 'null::text', _NOT_EXPORTED)}"
    reason = _reason(ErrorCode.INVOICE_NOT_SYNCED, column, f"s.r_{column}", _NOT_EXPORTED)
    return f"select {reason} where f.v_{column} is null"


def _needed(column: str, kinds: tuple[str, ...], head: Part) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    if column not in head.references:
        return f"select {_reason(ErrorCode.UNRESOLVED_REFERENCE, column, 'null::text', _NEEDED)} where s.kind in ({listed})"
    reason = _reason(ErrorCode.UNRESOLVED_REFERENCE, column, f"s.r_{column}", _NEEDED)
    return f"select {reason} where f.v_{column} is null and f.v_kind in ({listed})"


def _not_on_project(lines: Part) -> str:
    code, kind = (
        (f"x.v_{column}", f"sl.r_{column}") if column in lines.references else ("null::uuid", "null::text")
        for column in ("cost_code_id", "cost_type_id")
    )
    said = f"concat_ws('/', coalesce({code[1]}, 'no code'), coalesce({kind[1]}, 'no type'))"
    reason = _reason(ErrorCode.CODE_NOT_ON_PROJECT, "lines.cost_code", said, _NOT_ON_PROJECT)
    return f"""select f.n, f.their_id, {reason}
        from fate f join line_fate x on x.parent = f.id join stage_line sl on sl.n = f.n and sl.their_id = x.their_id
        where x.act <> 'DELETE' and not exists (
            select from project_cost_code p where p.account_id = $account and p.project_id = f.v_project_id
                and p.cost_code_id = {code[0]} and p.cost_type_id = {kind[0]} offset 0)"""


def _reason(code: ErrorCode, field: str, value: str, message: str) -> str:
    return f"'{code}', '{field}', {value}, '{message}'"


def words(states: tuple[S, ...]) -> str:
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"
