"""The rooms at the top stay what they are, and the folder of the contract never becomes Python."""

import subprocess
import sys
import tomllib

from tree import LATER, ROOMS, ROOT, files


def test_the_top_level_folders_are_the_rooms():
    found = {path.parts[0] for path in files() if len(path.parts) > 1 and not path.parts[0].startswith(".")}

    assert found <= ROOMS
    assert found >= ROOMS - LATER


def test_the_contract_is_text():
    odd = [
        str(path) for path in files() if path.parts[0] == "graphql" and path.suffix not in (".graphql", ".md")
    ]

    assert odd == []


def test_graphql_is_the_library_also_where_the_working_directory_comes_first():
    code = "import graphql; print(graphql.__file__, graphql.version)"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "site-packages" in done.stdout
    assert done.stdout.split()[-1].startswith("3.")


def test_the_rooms_of_code_are_packages_and_the_contract_is_none():
    assert all((ROOT / room / "__init__.py").is_file() for room in ("hub", "jobs", "db"))
    assert not (ROOT / "graphql" / "__init__.py").exists()


def test_every_room_and_module_of_the_hub_has_its_place_in_the_line():
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [line] = [contract["layers"] for contract in linter["contracts"] if contract["type"] == "layers"]
    placed = {name.strip(" ()") for layer in line for name in layer.split("|")}
    apart = {"hub.sandboxes", "hub.embedded"}  # held by contracts of their own

    found = {
        f"hub.{path.parts[1].removesuffix('.py')}"
        for path in files()
        if path.parts[0] == "hub" and path.suffix == ".py"
    }
    assert found - {"hub.__init__"} <= placed | apart
