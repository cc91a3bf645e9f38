"""The launcher knows what is installed, says what is missing, and can be read by old Pythons."""

import ast
import importlib.util
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

spec = importlib.util.spec_from_file_location("launch", ROOT / "launch.py")
launch = importlib.util.module_from_spec(spec)
sys.modules["launch"] = launch
spec.loader.exec_module(launch)


@pytest.fixture
def checkout(tmp_path):
    """A checkout whose environment looks finished, with nothing noted as installed."""
    for number, name in enumerate(launch.LOCKS):
        (tmp_path / name).write_text(f"package=={number}\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return tmp_path


@pytest.fixture
def environment(checkout):
    return launch.Environment(str(checkout), "3.11.7")


@pytest.fixture
def installed(environment, monkeypatch):
    """The locks installed one after the other, without installing anything."""
    locks = []
    monkeypatch.setattr(launch, "install", lambda _, lock: locks.append(lock))

    def make(environment):
        locks.append("environment")
        environment.write_stamp()

    monkeypatch.setattr(launch, "make", make)
    return locks


@pytest.mark.parametrize(
    ("lock", "has"),
    [
        ("lock-run.txt", ["lock-run.txt"]),
        ("lock-test.txt", ["lock-run.txt", "lock-test.txt"]),
        ("lock-tools.txt", ["lock-run.txt", "lock-test.txt", "lock-tools.txt"]),
    ],
)
def test_a_lock_brings_those_it_holds(environment, lock, has):
    environment.write_stamp(lock)

    assert [name for name in launch.LOCKS if environment.has(name)] == has


def test_nothing_is_installed_before_the_first_start(environment):
    assert not environment.has("lock-run.txt")


def test_a_changed_lock_is_not_installed(environment, checkout):
    environment.write_stamp("lock-tools.txt")

    (checkout / "lock-test.txt").write_text("package==9\n")

    assert environment.has("lock-run.txt")
    assert not environment.has("lock-test.txt")


def test_another_python_needs_another_environment(environment, checkout):
    environment.write_stamp("lock-run.txt")

    assert not launch.Environment(str(checkout), "3.12.1").has("lock-run.txt")


def test_an_environment_that_was_moved_is_not_used(environment, checkout, tmp_path_factory):
    environment.write_stamp("lock-run.txt")
    moved = tmp_path_factory.mktemp("elsewhere") / "checkout"
    checkout.rename(moved)

    assert not launch.Environment(str(moved), "3.11.7").has("lock-run.txt")


def test_an_environment_whose_python_is_gone_is_not_used(environment):
    environment.write_stamp("lock-run.txt")
    os.unlink(environment.python)

    assert not environment.has("lock-run.txt")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"place": 1}'])
def test_a_spoiled_stamp_counts_as_none(environment, text):
    Path(environment.stamp).write_text(text)

    assert not environment.has("lock-run.txt")


def test_a_second_start_installs_nothing(environment, installed):
    launch.ensure(environment, "lock-test.txt")
    launch.ensure(environment, "lock-test.txt")
    launch.ensure(environment, "lock-run.txt")

    assert installed == ["environment", "lock-test.txt"]


def test_a_wider_lock_is_added_to_the_same_environment(environment, installed):
    launch.ensure(environment, "lock-run.txt")
    launch.ensure(environment, "lock-tools.txt")

    assert installed == ["environment", "lock-run.txt", "lock-tools.txt"]


def test_a_changed_lock_keeps_the_tools_that_were_there_current(environment, checkout, installed):
    launch.ensure(environment, "lock-tools.txt")
    (checkout / "lock-run.txt").write_text("package==9\n")

    launch.ensure(environment, "lock-run.txt")

    assert installed == ["environment", "lock-tools.txt", "lock-tools.txt"]


def test_an_interrupted_installation_is_done_again(environment, installed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(launch, "install", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            launch.ensure(environment, "lock-run.txt")

    launch.ensure(environment, "lock-run.txt")

    assert installed == ["environment", "lock-run.txt"]


@pytest.mark.parametrize("version", [(2, 7), (3, 8, 18), (3, 10, 13, "final", 0)])
def test_an_old_python_is_told_what_is_needed(version):
    message = launch.version_message(version)

    assert f"needs Python 3.11 or newer, and this is Python {version[0]}.{version[1]}." in message


@pytest.mark.parametrize("version", [(3, 11), (3, 11, 7, "final", 0), (3, 14), (4, 0)])
def test_a_new_python_is_taken(version):
    assert launch.version_message(version) is None


def test_an_old_python_can_read_the_launcher():
    ast.parse((ROOT / "launch.py").read_text(), feature_version=(3, 8))


def test_an_old_python_starts_again_in_a_newer_one(monkeypatch):
    became = []
    monkeypatch.setattr(launch.sys, "version_info", (3, 8, 18, "final", 0))
    monkeypatch.setattr(launch, "newer_python", lambda: "/usr/bin/python3.12")
    monkeypatch.setattr(launch.os, "execv", lambda path, argv: became.append((path, argv[:2])))

    launch.use_new_python()

    assert became == [("/usr/bin/python3.12", ["/usr/bin/python3.12", str(ROOT / "launch.py")])]


def test_an_old_python_with_no_newer_one_ends_with_the_message(monkeypatch):
    monkeypatch.setattr(launch.sys, "version_info", (3, 8, 18, "final", 0))
    monkeypatch.setattr(launch, "newer_python", lambda: None)

    with pytest.raises(SystemExit, match=r"needs Python 3\.11"):
        launch.use_new_python()


def test_the_missing_debian_package_is_named(environment, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())

    with pytest.raises(
        launch.LaunchError, match=r"no module ensurepip\.\n.*apt-get install python3\.\d+-venv"
    ):
        launch.make(environment)


def test_no_address_is_shown():
    said = (
        "Looking in indexes: https://person:secret@packages.example/simple\n"
        "HTTPSConnectionPool(host='packages.example', port=443): Max retries exceeded\n"
        "ERROR: No matching distribution found for sqlmodel==0.0.50"
    )

    shown = launch.without_addresses(said)

    assert "example" not in shown
    assert "secret" not in shown
    assert "sqlmodel==0.0.50" in shown


def test_progress_counts_the_packages(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(launch.sys, "stdout", screen)
    progress = launch.Progress(3)
    progress.shown = float("-inf")
    lines = [
        "Ignoring colorama: markers 'sys_platform == \"win32\"' don't match your environment",
        "Requirement already satisfied: alembic==1.20.1 in ./.venv",
        "Collecting sqlalchemy[asyncio]==2.1.9 (from -r lock-run.txt (line 9))",
        "  Downloading SQLAlchemy-2.1.9-cp311-cp311-linux_x86_64.whl (3.2 MB)",
    ]

    for line in lines:
        progress.note(line)
    progress.show()

    assert re.fullmatch(r" +0 s  2/2  sqlalchemy\n", screen.getvalue())


def test_an_unknown_command_is_refused_with_the_list(capsys):
    assert launch.main(["dmeo"]) == 2

    said = capsys.readouterr().err
    assert "There is no command dmeo." in said
    assert all(name in said for name in launch.COMMANDS)


def test_every_target_of_the_makefile_is_a_command():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())

    assert targets == set(re.findall(r"^([\w-]+): *;", makefile, re.MULTILINE))
    assert targets == launch.COMMANDS.keys() - {"hub"} | {"help"}


def test_no_lock_names_an_index():
    for name in launch.LOCKS:
        assert "://" not in (ROOT / name).read_text()


def test_each_lock_holds_the_one_before_it():
    pins = [set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(), re.MULTILINE)) for name in launch.LOCKS]

    assert pins[0] < pins[1] < pins[2]


def test_the_launcher_answers_without_an_environment():
    done = subprocess.run(
        [sys.executable, ROOT / "launch.py", "help"], capture_output=True, text=True, check=True
    )

    assert "demo" in done.stdout
