"""What the documents say is so: rooms, commands, tables, the query in the README, links."""

import json
import re
from pathlib import Path

import pytest
from graphql import build_schema, execute_sync, parse, validate
from tree import ROOMS, ROOT, files, text

from hub import printed

DOCUMENTS = [path for path in files() if path.suffix == ".md" and "assets" not in path.parts]
PRINTED = {
    "mappings": printed.mappings,
    "permissions": printed.permissions,
    "schema": printed.codes,
    "settings": printed.settings,
}


@pytest.mark.parametrize("command", PRINTED)
def test_a_printed_table_is_fresh(command: str):
    assert printed.stale(PRINTED[command]()) == [], f"run: make {command}"


def test_printing_again_changes_nothing(tmp_path: Path):
    page = tmp_path / "README.md"
    [whole] = printed.settings().values()
    page.write_text("Before.\n\n" + whole.replace("DATABASE_URL", "OLD_NAME") + "\n\nAfter.\n")

    printed.put({page: whole})
    once = page.read_text()
    printed.put({page: whole})

    assert page.read_text() == once == f"Before.\n\n{whole}\n\nAfter.\n"


def test_a_document_without_marks_is_not_overwritten(tmp_path: Path):
    page = tmp_path / "README.md"
    page.write_text("People's words.\n")

    with pytest.raises(ValueError, match="no marks"):
        printed.put(dict.fromkeys([page], *printed.settings().values()))

    assert page.read_text() == "People's words.\n"


def test_every_setting_says_what_it_is_for():
    [table] = printed.settings().values()

    assert "None |" not in table
    assert "``" not in table


def test_the_map_names_every_room():
    found = (ROOT / "README.md").read_text().partition("## The rooms")[2].partition("\n## ")[0]
    inner = {path.parts[1] for path in files() if path.parts[0] == "hub" and len(path.parts) > 2}

    assert [room for room in ROOMS - {"docs"} if f"    {room}/ " not in found] == []
    assert [room for room in inner if f"      {room}/ " not in found] == []


def test_the_commands_of_the_readme_exist():
    known = set(re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    for path in DOCUMENTS:
        named = set(re.findall(r"^make ([\w-]+)|`make ([\w-]+)", text(path), re.MULTILINE))
        assert {one or other for one, other in named} <= known, path


def test_the_query_of_the_readme_is_valid_and_its_answer_is_one_it_may_get():
    readme = (ROOT / "README.md").read_text()
    [query] = re.findall(r"```graphql\n(.*?)```", readme, re.DOTALL)
    [answer] = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)
    schema = build_schema((ROOT / "graphql" / "schema.graphql").read_text())
    document, data = parse(query), json.loads(answer)["data"]

    assert validate(schema, document) == []
    completed = execute_sync(schema, document, root_value=data)
    assert completed.errors is None
    assert completed.data == data


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_a_link_between_documents_leads_somewhere(path: Path):
    links = re.findall(r"\]\(([^)#:]+)\)", text(path))

    assert [link for link in links if not (ROOT / path.parent / link).exists()] == []


def test_decisions_are_numbered_without_a_gap():
    numbers = re.findall(r"^## (\d+)\. ", (ROOT / "DECISIONS.md").read_text(), re.MULTILINE)

    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert len(numbers) >= 10
