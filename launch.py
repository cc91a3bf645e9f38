#!/usr/bin/env python3
"""Makes the virtual environment, installs the locked packages, and goes on to the command asked for.

Needs the standard library only. Old Pythons can read this file too, so that it can say what is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, NoReturn

ROOT = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11", "python3.14")
# Each list of packages holds the one before it.
LOCKS = ("lock-run.txt", "lock-test.txt", "lock-tools.txt")
RUN, TEST, TOOLS = LOCKS


class Command(NamedTuple):
    """What a Python is given: the environment's with the packages of `lock`, else the launcher's."""

    meaning: str
    lock: str | None
    argv: tuple[str, ...]


COMMANDS: dict[str, Command] = {
    "demo": Command("the hub between two sandboxes, doing its main job, live", TEST, ("-m", "hub", "demo")),
    "test": Command("every floor of tests", TEST, ("-m", "pytest")),
    "check": Command("format, lint, import contracts, types, house tests", TOOLS, (".ci/check.py",)),
    "conformance": Command(
        "one suite for every connector; --planted: the faults it must find",
        TEST,
        ("-m", "tests.conformance"),
    ),
    "sandbox": Command(
        "procore, mri or reference to try alone, as in: make sandbox ARGS=procore",
        RUN,
        ("-m", "hub", "sandbox"),
    ),
    "year": Command(
        "a contractor's year through both systems, balanced to the cent on all three sides",
        TEST,
        ("-m", "tests.year"),
    ),
    "import-kills": Command(
        "an import killed ten times at random ends as an undisturbed one",
        TEST,
        ("-m", "pytest", "tests/faults/test_import_kills.py", "--kills", "10"),
    ),
    "bench-reads": Command("how fast the API reads, side by side", TEST, ("-m", "tests.bench.reads")),
    "bench-import": Command(
        "how fast costs are taken in, side by side with COPY", TEST, ("-m", "tests.bench.imports")
    ),
    "migration": Command(
        "draft a migration, as in: make migration ARGS='add tax codes'", TEST, ("-m", "hub", "migration")
    ),
    "schema": Command("print the GraphQL contract anew", RUN, ("-m", "hub", "schema")),
    "mappings": Command("print the connectors' tables anew", RUN, ("-m", "hub", "mappings")),
    "permissions": Command("print the table of permissions anew", RUN, ("-m", "hub", "permissions")),
    "settings": Command("print the table of settings anew", RUN, ("-m", "hub", "settings")),
    "lock": Command("write the lock files anew; with --upgrade the newest versions", None, (".ci/lock.py",)),
    "hub": Command("the hub's own command line, as in: python3 launch.py hub --help", RUN, ("-m", "hub")),
}


class LaunchError(Exception):
    """The message is all that a person needs to see."""


def main(arguments: Sequence[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if name in ("help", "-h", "--help"):
        print(usage())
        return 0
    if name not in COMMANDS:
        print(f"There is no command {name}.\n\n{usage()}", file=sys.stderr)
        return 2
    use_new_python()
    command, environment = COMMANDS[name], Environment(ROOT)
    if command.lock is None:
        return become(sys.executable, [*command.argv, *rest], dict(os.environ))
    try:
        ensure(environment, command.lock)
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 1
    return become(environment.python, [*command.argv, *rest], activated(environment))


def usage() -> str:
    lines = [f"  {name:12} {command.meaning}" for name, command in COMMANDS.items()]
    head = "python3 launch.py COMMAND [ARGUMENT ...], or: make COMMAND ARGS='...'"
    return "\n".join([head, "", *lines])


def become(python: str, argv: Sequence[str], variables: Mapping[str, str]) -> NoReturn:
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(python, [python, *argv], variables)  # noqa: S606


def activated(environment: Environment) -> dict[str, str]:
    """Give our variables as they are in the activated environment."""
    variables = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")
    }
    variables["VIRTUAL_ENV"] = environment.folder
    variables["PATH"] = os.path.dirname(environment.python) + os.pathsep + variables.get("PATH", os.defpath)
    return variables


# --- Python -------------------------------------------------------------------------------------------------


def use_new_python() -> None:
    """Start again in a newer Python where this one is too old and the machine has one."""
    message = version_message(sys.version_info)
    if message is None:
        return
    newer = newer_python()
    if newer is None:
        raise SystemExit(message)
    os.execv(newer, [newer, os.path.abspath(__file__), *sys.argv[1:]])  # noqa: S606


def version_message(version: Sequence[object]) -> str | None:
    """Say what to do where this Python is too old."""
    if tuple(version[:2]) >= OLDEST:
        return None
    found, oldest = (".".join(str(part) for part in parts[:2]) for parts in (version, OLDEST))
    return (
        f"The hub needs Python {oldest} or newer, and this is Python {found}.\n"
        "On Debian 12 and Ubuntu 24.04: apt-get install python3 python3-venv. "
        f"Where another Python is at hand: make PYTHON=python{oldest} COMMAND"
    )


def newer_python() -> str | None:
    """Find a Python that is new enough. It is tried, as a name alone promises little."""
    import subprocess

    test = "import sys; sys.exit(sys.version_info < ({}, {}))".format(*OLDEST)
    for path in filter(None, map(shutil.which, NEWER)):
        if subprocess.call([path, "-c", test], stderr=subprocess.DEVNULL) == 0:
            return path
    return None


# --- The environment ----------------------------------------------------------------------------------------


class Environment:
    """The virtual environment in a checkout, and which locks are known to be installed in it."""

    def __init__(self, root: str, python_version: str | None = None) -> None:
        self.root = root
        self.folder = os.path.join(root, ".venv")
        self.python = os.path.join(self.folder, "bin", "python")
        self.stamp = os.path.join(self.folder, "installed.json")
        self.python_version = python_version or "{}.{}.{}".format(*sys.version_info)

    def digest(self, lock: str) -> str:
        with open(os.path.join(self.root, lock), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def is_ours(self) -> bool:
        """Say whether it was made at this place by this Python; elsewhere its programs do not work."""
        stamp = self.read_stamp()
        same = (stamp.get("place"), stamp.get("python")) == (self.folder, self.python_version)
        return same and os.access(self.python, os.X_OK)

    def has(self, lock: str) -> bool:
        return self.is_ours() and self.read_stamp().get(lock) == self.digest(lock)

    def read_stamp(self) -> Mapping[str, str]:
        try:
            with open(self.stamp, encoding="utf-8") as file:
                stamp = json.load(file)
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def write_stamp(self, lock: str | None = None) -> None:
        """Note that `lock` is installed, and with it those it holds; or that nothing is."""
        stamp = {"place": self.folder, "python": self.python_version}
        if lock is not None:
            stamp.update((name, self.digest(name)) for name in LOCKS[: LOCKS.index(lock) + 1])
        with open(self.stamp + ".new", "w", encoding="utf-8") as file:
            json.dump(stamp, file, indent=1)
        os.replace(self.stamp + ".new", self.stamp)


def ensure(environment: Environment, lock: str) -> None:
    """Bring the environment up to `lock`. Launchers that start at once take turns."""
    if environment.has(lock):
        return
    with only_one_in(environment.root):
        if environment.has(lock):
            return
        if not environment.is_ours():
            make(environment)
        lock = widest_of(environment, lock)
        environment.write_stamp()  # an interrupted installation must not look like a finished one
        install(environment, lock)
        environment.write_stamp(lock)


def widest_of(environment: Environment, lock: str) -> str:
    """Give the widest lock that was installed before: what it had shall stay current too."""
    installed = environment.read_stamp()
    return max([lock, *(name for name in LOCKS if name in installed)], key=LOCKS.index)


@contextlib.contextmanager
def only_one_in(folder: str) -> Iterator[None]:
    """Wait until no other launcher installs here."""
    import fcntl

    place = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Waiting for another launcher that installs here.")
            fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def make(environment: Environment) -> None:
    """Make the environment anew."""
    import importlib.util
    import subprocess

    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise LaunchError(missing_message(missing))
    say(f"Making .venv with Python {environment.python_version}.")
    shutil.rmtree(environment.folder, ignore_errors=True)
    argv = [sys.executable, "-m", "venv", environment.folder]
    made = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if made.returncode != 0:
        raise LaunchError(f"The virtual environment could not be made:\n{without_addresses(made.stdout)}")
    environment.write_stamp()


def missing_message(modules: Sequence[str]) -> str:
    package = "python{}.{}-venv".format(*sys.version_info)
    return (
        f"This Python cannot make virtual environments: it has no module {' and no module '.join(modules)}.\n"
        f"On Debian and Ubuntu: apt-get install {package}"
    )


# --- Installing ---------------------------------------------------------------------------------------------


def install(environment: Environment, lock: str) -> None:
    """Install what `lock` names: wheels only, each checked against its hash."""
    with open(os.path.join(environment.root, lock), encoding="utf-8") as file:
        total = sum(1 for line in file if re.match("[A-Za-z0-9]", line))
    say(f"Installing {total} packages of {lock}.")
    pip = [environment.python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    what = ["--require-hashes", "--only-binary", ":all:", "--progress-bar", "off", "-r", lock]
    progress = Progress(total)
    output, returncode = follow([*pip, *what], environment.root, progress)
    if returncode != 0:
        words = [line for line in output if not line.startswith(("WARNING", "[notice]"))][-12:]
        raise LaunchError(
            f"The packages could not be installed. pip says:\n{without_addresses(''.join(words))}\n"
            "It looks for them where the pip configuration of this machine says."
        )
    say(f"Installed in {progress.seconds():.0f} s.")


def follow(argv: Sequence[str], folder: str, progress: Progress) -> tuple[list[str], int]:
    """Run a command and give its output, showing progress also while it says nothing."""
    import subprocess
    import threading

    variables = dict(os.environ, PIP_USER="0", PYTHONUNBUFFERED="1")
    output: list[str] = []
    process = subprocess.Popen(
        argv, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )

    def read() -> None:
        for line in process.stdout or ():
            output.append(line)
            progress.note(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while reader.is_alive():
            reader.join(0.2)
            progress.show()
        return output, process.wait()
    finally:
        progress.clear()
        if process.poll() is None:  # interrupted
            process.terminate()
            process.wait()


class Progress:
    """Says in one line how long it takes and which package it is at; now and then where nobody watches."""

    def __init__(self, total: int) -> None:
        self.total, self.count, self.at = total, 0, ""
        self.terminal = sys.stdout.isatty()
        self.began = self.shown = time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self.began

    def note(self, line: str) -> None:
        """Take in one line of pip's."""
        if line.startswith("Ignoring "):  # not for this machine
            self.total -= 1
        elif line.startswith("Installing collected packages"):
            self.count, self.at = self.total, "putting them in place"
        else:
            for name in re.findall(r"^(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line):
                self.count, self.at = self.count + 1, name

    def show(self) -> None:
        if time.monotonic() - self.shown < (0.2 if self.terminal else 5):
            return
        self.shown = time.monotonic()
        line = f"  {self.seconds():3.0f} s  {self.count}/{self.total}  {self.at}"
        print(f"\r\033[K{line}" if self.terminal else line, end="" if self.terminal else "\n", flush=True)

    def clear(self) -> None:
        if self.terminal:
            print("\r\033[K", end="", flush=True)


def without_addresses(text: str) -> str:
    """Take out where packages come from: it is this machine's own matter and may hold a password."""
    text = re.sub(r"\b[a-z][a-z0-9+.-]*://[^\s'\"<>),]+", "(address)", text)
    return re.sub(r"host='[^']*'", "host=(address)", text).strip()


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
