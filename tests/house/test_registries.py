"""What is listed in one place is known in the other: jobs and their code, fields and columns, filters and indexes."""

import ast
from collections.abc import Iterator
from pathlib import Path

from graphql import build_schema
from sqlalchemy import Table, UniqueConstraint
from tree import ROOT, python, text

from db.people import Member, ProjectMember
from hub.access.rules import RULES, VISIBLE
from hub.actions.add import JOBS
from hub.connectors import CONNECTORS
from hub.core.spec import ErpObject, table_of
from hub.erp.fields import FACTS, FIELDS, RECORDS
from hub.handlers import FAILURES, HANDLERS
from hub.objects import BY_KEY, EXPORTED, OBJECTS
from hub.sync.facts import FACTS as PAYLOAD_FACTS

# Fields that travel and are no column of their record, and what becomes of them.
EXTRA = {
    "cost_type": {"base_type"},  # told to the project tool only
    "project_cost_code": {"code", "is_active"},  # the pair's code is looked up; an inactive pair is none
    "budget_line": {"is_posted"},  # kept in the register: whether a budget may be unlocked
    "commitment": {"is_private"},  # read past
    "commitment_change_order": {"is_private"},
    "prime_contract": {"is_private"},
    "prime_contract_change_order": {"is_private"},
    "member": {"levels"},  # spread over the level columns
    "project_member": {"levels"},
}
# Records that connectors speak of and the hub keeps no item of: `budget_line` and `budget_modification` go into the items
# they are part of, the ledger's own lists into the register.
NOT_KEPT = {
    "wbs_code", "budget_modification", "accounting_period", "gl_account", "entity", "bank", "own_permission", "erp_request",
}  # fmt: skip
# Columns that may be filtered without an index of their own: words, flags and dates that leave many rows, and texts
# compared beside an order; the account's rows are read in the order asked for.
UNINDEXED = {
    "commitment": {"title", "status", "kind", "start_date"},
    "company": {"is_active"},
    "project": {"is_active"},
    "sub_job": {"is_active"},
    "budget": {"is_locked"},
    "budget_change": {"kind", "status"},
    "prime_contract": {"status"},
    "prime_contract_change_order": {"status"},
    "owner_invoice": {"status", "billing_date"},
    "commitment_change_order": {"status"},
    "subcontractor_invoice": {"status", "billing_date"},
    "payment": {"is_void"},
    "direct_cost": {"kind", "status"},
}
# Lists short enough to be sorted: an account has hundreds of projects.
SORTED = {"project": {"name"}}


def _tables() -> dict[str, Table]:
    tables = {spec.key: spec.table for spec in OBJECTS}
    tables |= {spec.lines.resource or f"{spec.key}_line": spec.lines.table for spec in OBJECTS if spec.lines}
    return {**tables, "member": table_of(Member), "project_member": table_of(ProjectMember)}


def test_a_field_that_travels_is_a_column_of_its_record():
    tables = _tables()
    unknown = {
        key: names - set(tables[key].columns.keys()) - EXTRA.get(key, set())
        for key, names in RECORDS.items()
        if key not in NOT_KEPT
    }

    assert {key: names for key, names in unknown.items() if names} == {}


def test_what_is_not_kept_has_no_table():
    assert NOT_KEPT & set(_tables()) == set()
    assert set(RECORDS) - NOT_KEPT == set(_tables())
    assert all(key.endswith("_facts") for key in FACTS)


def test_an_extra_field_is_one_that_travels():
    assert {key: names - FIELDS[key] for key, names in EXTRA.items() if names - FIELDS[key]} == {}


def test_every_connector_speaks_of_objects_that_exist():
    known = set(FIELDS)

    assert {mapping.object_key for kind in CONNECTORS.values() for mapping in kind.mappings} <= known


# Who asks for a job -> which of its arguments is the kind.
ASKED_BY = {"enqueue": 2, "have_done": 3}


def _kinds(path: Path) -> Iterator[str | None]:
    """The kinds of job that a file asks for; None where one is not a plain word."""
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKED_BY:
            kind = node.args[ASKED_BY[node.func.id]]
            if isinstance(kind, ast.Name) and kind.id == "kind":
                continue  # passed on; whoever calls with a word is found there
            if isinstance(kind, ast.Constant):
                yield str(kind.value)
            elif (
                isinstance(kind, ast.Subscript)
                and isinstance(kind.value, ast.Name)
                and kind.value.id == "JOBS"
            ):
                yield from JOBS.values()
            else:
                yield None


def test_every_job_that_is_asked_for_is_done_by_somebody():
    asked = {kind for path in python("hub", "jobs") for kind in _kinds(path)}

    assert asked
    assert asked <= set(HANDLERS)


def test_somebody_is_told_when_a_job_fails():
    assert set(FAILURES) == set(HANDLERS)


def _leading(table: Table) -> set[str]:
    """Columns that an index of the account's rows begins with."""
    keys = [list(index.columns) for index in table.indexes]
    keys += [list(known.columns) for known in table.constraints if isinstance(known, UniqueConstraint)]
    names = [[column.name for column in columns] for columns in keys]
    return {columns[1] for columns in names if len(columns) > 1 and columns[0] == "account_id"}


def _column(spec: ErpObject, name: str) -> str:
    return f"{name}_cents" if f"{name}_cents" in spec.table.columns else name


def test_a_filter_has_an_index_or_a_reason():
    bare = {
        spec.key: {name for name in spec.filters if _column(spec, name) not in _leading(spec.table)}
        for spec in OBJECTS
    }

    assert {key: names for key, names in bare.items() if names} == UNINDEXED


def test_an_order_has_an_index_or_a_reason():
    bare = {spec.key: {name for name in spec.orders if name not in _leading(spec.table)} for spec in OBJECTS}

    assert {key: names for key, names in bare.items() if names} == SORTED


def test_an_order_never_meets_a_null():
    nullable = [
        (spec.key, name) for spec in OBJECTS for name in spec.orders if spec.record.model_fields.get(name)
    ]

    assert [pair for pair in nullable if BY_KEY[pair[0]].table.columns[pair[1]].nullable] == []


def test_objects_stand_after_those_they_name():
    seen: set[str] = set()
    for spec in OBJECTS:
        named = set(spec.references.values()) | (set(spec.lines.references.values()) if spec.lines else set())
        assert named <= seen, spec.key
        seen.add(spec.key)


def test_keys_names_and_tags_are_of_one_object_each():
    for word in ("key", "name", "tag", "plural"):
        values = [getattr(spec, word) for spec in OBJECTS]
        assert len(values) == len(set(values)), word
    assert all(len(spec.tag) == 3 for spec in OBJECTS)


def test_every_object_has_its_rules_and_says_who_may_see_it():
    names = {spec.name for spec in OBJECTS}

    assert set(RULES) == names
    assert set(VISIBLE) == names


def test_the_columns_an_object_names_exist():
    for spec in OBJECTS:
        named = {
            *spec.orders,
            *spec.search,
            *spec.hidden,
            *spec.erp_fields,
            *spec.references,
            spec.natural_key,
        }
        named |= {*spec.filters, *((spec.project_column,) if spec.project_column else ())}
        locked = {*spec.locked_after_send, *spec.locked_after_sync} - {"lines"}
        assert (named | locked) <= set(spec.table.columns.keys()), spec.key


def test_every_object_is_listed_by_the_api():
    contract = build_schema((ROOT / "graphql" / "schema.graphql").read_text())
    assert contract.query_type is not None

    assert [spec.plural for spec in OBJECTS if spec.plural not in contract.query_type.fields] == []
    assert [spec.name for spec in OBJECTS if spec.name not in contract.type_map] == []


def test_every_object_says_which_of_its_fields_travel():
    assert [spec.key for spec in OBJECTS if spec.key not in FIELDS] == []


def test_every_exported_object_says_what_is_gathered_for_it():
    assert set(PAYLOAD_FACTS) == {spec.key for spec in EXPORTED}
