"""On which code and type a line of the project tool stands that names its place in the work breakdown only, such as `03-100.L`.

Newer lists of the project tool do not say more. The place is looked up among the codes of the line's project."""

from hub.core.spec import ErpObject, LineSpec
from hub.sync.intake.batch import Part
from hub.sync.intake.references import resolved

_PAIR = ("cost_code_id", "cost_type_id")


def is_looked_up(spec: ErpObject, lines: LineSpec, head: Part, part: Part, *, from_erp: bool) -> bool:
    """Whether lines say where they stand, and their project is known."""
    named = {column.name for column in part.columns}
    known = spec.project_column is not None and spec.project_column in head.references
    return not from_erp and known and "cost_code_text" in named and set(_PAIR) <= set(lines.references)


def join() -> str:
    """Gives each line `s` of the item `f` a row `coded`. Takes $account, $delimiter."""
    return """left join lateral (
        select p.cost_code_id, p.cost_type_id
        from project_cost_code p
        join cost_code c on c.account_id = $account and c.id = p.cost_code_id
        join cost_type y on y.account_id = $account and y.id = p.cost_type_id
        where p.account_id = $account and p.project_id = f.v_project_id and s.cost_code_text = c.code || $delimiter || y.code
        order by p.in_erp desc, p.id limit 1) coded on true"""


def value(column: str, *, referred: bool) -> str:
    """A code that the line names outright goes first."""
    if column not in _PAIR:
        return resolved(column)
    return f"coalesce({resolved(column)}, coded.{column})" if referred else f"coded.{column}"


def columns(part: Part) -> tuple[str, ...]:
    """What is filled besides what the page names."""
    return tuple(name for name in _PAIR if name not in part.references)
