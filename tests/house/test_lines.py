"""What no line of the project says, and how long a file may grow."""

import ast
import re
from pathlib import Path

import pytest
from tree import ROOT, files, python, text

LONGEST, LONGEST_TEST = 400, 800
NO_NAMES = frozenset({"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"})
LATER = re.compile(
    r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error")) + r")\b"
)
# Folders of somebody's machine and places that packages come from.
PLACES = re.compile(
    "|".join((r"(?<![\w.])/(?:wo" + r"rk|tm" + r"p|home|Users)/\w", r"py" + r"pi\.", "python" + r"hosted\."))
)
IGNORE = re.compile(r"#\s*type:\s*ignore(?P<code>\[[\w, -]+\])?(?P<reason>.*)")
LOCKS = ("lock-run.txt", "lock-test.txt", "lock-tools.txt")
PRODUCT = ("hub", "jobs", "db")


def test_no_module_is_named_for_nothing():
    assert [str(path) for path in python() if NO_NAMES & {path.stem, *path.parts}] == []


def test_no_file_grows_long():
    def allowed(path: Path) -> int:
        return LONGEST_TEST if path.parts[0] == "tests" else LONGEST

    listed = [path for path in python() if "versions" not in path.parts]
    sizes = {str(path): len(text(path).splitlines()) for path in listed}

    assert {str(path): sizes[str(path)] for path in listed if sizes[str(path)] > allowed(path)} == {}


def test_every_module_says_what_it_knows():
    silent = [
        str(path) for path in python() if text(path).strip() and not ast.get_docstring(ast.parse(text(path)))
    ]
    empty = [str(path) for path in python(*PRODUCT) if not text(path).strip()]

    assert silent + empty == []


def test_nothing_is_put_off():
    assert [str(path) for path in files() if LATER.search(text(path)) and "assets" not in path.parts] == []


def test_no_line_names_a_place_of_one_machine():
    ours = [path for path in files() if "assets" not in path.parts]
    found = {str(path): match[0] for path in ours if (match := PLACES.search(text(path)))}

    assert found == {}


def test_what_the_type_checker_is_told_to_ignore_has_its_reason():
    lines = [(path, line) for path in python(*PRODUCT) for line in text(path).splitlines()]
    marks = [(path, match) for path, line in lines if (match := IGNORE.search(line))]

    assert [f"{path}: {match[0]}" for path, match in marks if not match["code"]] == []
    assert [f"{path}: {match[0]}" for path, match in marks if len(match["reason"].strip(" #")) < 8] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_hashes_and_no_places(name: str):
    lock = (ROOT / name).read_text()
    packages = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())

    assert "://" not in lock
    assert [package.splitlines()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_each_lock_holds_the_one_before_it():
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([\w.-]+==[^ ;]+)", (ROOT / name).read_text(), re.MULTILINE))

    run, test, tools = (pins(name) for name in LOCKS)

    assert run < test < tools
