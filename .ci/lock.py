"""Writes the lock files anew from what pyproject.toml asks for, without the address of any index."""

import ast
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Each lock holds the one before it, at the same versions.
LOCKS: dict[str, tuple[str, ...]] = {
    "lock-run.txt": (),
    "lock-test.txt": ("--extra", "test", "-c", "lock-run.txt"),
    "lock-tools.txt": ("--extra", "test", "--extra", "tools", "-c", "lock-test.txt"),
}
OPTIONS = (
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-header", "--no-annotate"),
)
# What pip is told about where packages are, in uv's words.
SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


def main(arguments: list[str]) -> int:
    """Make all three, and put them in place only when all are right."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        python = python_with_uv(folder / "venv")
        variables = uv_variables(python)
        for name in ("pyproject.toml", "README.md", *LOCKS):
            if (ROOT / name).exists():
                (folder / name).write_bytes((ROOT / name).read_bytes())
        for name, scope in LOCKS.items():
            say(f"Choosing versions for {name}.")
            words = ["pip", "compile", *OPTIONS, *scope, *arguments, "pyproject.toml", "-o", name]
            run([str(python), "-m", "uv", "--quiet", *words], folder, variables)
        made = {name: (folder / name).read_text() for name in LOCKS}
    for name, text in made.items():
        if re.search(r"://|^-", text, re.MULTILINE):
            sys.exit(f"{name} would name a place where packages come from; nothing was changed.")
    for name, text in made.items():
        say(f"{name}: {changes((ROOT / name), text)}")
        (ROOT / name).write_text(text)
    return 0


def python_with_uv(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run([str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "uv"], folder, {})
    return python


def uv_variables(python: Path) -> dict[str, str]:
    """Tell uv what pip's configuration says, and have it choose among several indexes as pip does."""
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    listed = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        variable = SETTINGS.get(name.rpartition(".")[2])
        if variable:
            places = str(ast.literal_eval(value)).split()
            found[variable] = ("," if variable == "UV_FIND_LINKS" else " ").join(places)
    return {name: value for name, value in found.items() if name not in os.environ}


def run(argv: list[str], folder: Path, variables: dict[str, str]) -> None:
    """Run a command; where it fails, end with its words, without addresses, which may hold a password."""
    done = subprocess.run(
        argv, cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        words = re.sub(r"\b[a-z][a-z0-9+.-]*://[^\s'\"`<>),]+", "(address)", done.stdout + done.stderr)
        sys.exit(f"The lock files were not changed, as this failed:\n{words.strip()}")


def changes(before: Path, after: str) -> str:
    """Say how many packages were added, removed and moved to another version."""
    old, new = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)) for text in (text_of(before), after)
    )
    moved = [name for name in old.keys() & new.keys() if old[name] != new[name]]
    added, gone = new.keys() - old.keys(), old.keys() - new.keys()
    return f"{len(new)} packages, {len(added)} new, {len(gone)} gone, {len(moved)} changed"


def text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
