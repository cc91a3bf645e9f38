"""The tables that are printed into the documents: mappings, permissions, codes, settings. A test keeps them fresh."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic_core import PydanticUndefined
from sqlalchemy import BindParameter
from sqlalchemy.sql import visitors

from hub.access.rules import IMPORT_RULES, RULES
from hub.codes import ErrorCode
from hub.connectors import CONNECTORS
from hub.core.rule import Rule, RuleKind
from hub.settings import Settings

ROOT = Path(__file__).parent.parent
Pages = Mapping[Path, str]  # document -> the text between its marks
_BEGIN, _END = "<!-- printed: do not edit, run `make {command}` -->", "<!-- printed until here -->"


def mappings() -> Pages:
    """How each connector's system names our fields."""
    folder = ROOT / "hub" / "connectors"
    return {
        folder / name / "README.md": _framed(
            "mappings", "\n".join(mapping.table() for mapping in kind.mappings if mapping.rows)
        )
        for name, kind in CONNECTORS.items()
    }


def permissions() -> Pages:
    """What each action asks for, in the order in which it is looked at."""
    head = "| object | action | what it takes | else | what mends it |\n| --- | --- | --- | --- | --- |\n"
    return {
        ROOT / "hub" / "access" / "README.md": _framed("permissions", head + "".join(_permission_lines()))
    }


def codes() -> Pages:
    """Every code, with what it means."""
    lines = "".join(f"| `{code.value}` | {code.meaning} |\n" for code in ErrorCode)
    return {ROOT / "graphql" / "README.md": _framed("schema", f"| code | meaning |\n| --- | --- |\n{lines}")}


def settings() -> Pages:
    """Every environment variable."""
    head = "| variable | default | meaning |\n| --- | --- | --- |\n"
    return {ROOT / "README.md": _framed("settings", head + "".join(_settings_lines()))}


def put(pages: Pages) -> list[Path]:
    """Print the tables between the marks of their documents; the words around them are people's."""
    for path, text in pages.items():
        path.write_text(_filled(path.read_text(), text, path))
    return list(pages)


def stale(pages: Pages) -> list[str]:
    """The documents whose tables are not those of the code."""
    return [str(path.relative_to(ROOT)) for path, text in pages.items() if text not in path.read_text()]


def _framed(command: str, text: str) -> str:
    return f"{_BEGIN.format(command=command)}\n\n{text.strip()}\n\n{_END}"


def _filled(document: str, text: str, path: Path) -> str:
    begin, end = document.find(text.partition("\n")[0]), document.find(_END)
    if begin < 0 or end < begin:
        raise ValueError(f"{path} has no marks for its table")
    return document[:begin] + text + document[end + len(_END) :]


def _permission_lines() -> Iterator[str]:
    for name, actions in RULES.items():
        for action, rules in actions.items():
            for rule in rules:
                yield f"| {name} | {action.value.lower()} | {_cells(rule)} |\n"
    for rule in IMPORT_RULES:
        yield f"| the account | import, verify, watch | {_cells(rule)} |\n"


def _cells(rule: Rule) -> str:
    return f"{_held(rule)} | `{rule.code.value}` | {rule.remedy}"


def _held(rule: Rule) -> str:
    """What must hold, in words: a right by its own message, a state by its list, all else by what must not be."""
    if rule.kind is RuleKind.PERMISSION:
        return str(rule.message)
    if rule.kind is RuleKind.STATE and rule.field == "linkState":
        return f"Its state is {', '.join(_states(rule))}."
    return f"Not: {rule.code.meaning[0].lower()}{rule.code.meaning[1:]}"


def _states(rule: Rule) -> list[str]:
    lists = [
        node.value
        for node in visitors.iterate(rule.holds)
        if isinstance(node, BindParameter) and isinstance(node.value, list)
    ]
    return [f"`{word}`" for words in lists for word in words]


def _settings_lines() -> Iterator[str]:
    prefix = str(Settings.model_config.get("env_prefix", ""))
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or f"{prefix}{name.upper()}")
        yield f"| `{variable}` | {_default(field.default)} | {field.description} |\n"


def _default(value: object) -> str:
    if value is PydanticUndefined:
        return "required"
    return f"`{value}`" if value is not None and str(value) else ""
