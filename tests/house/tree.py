"""The files of the project: those that git keeps or would keep, or all that lie here where there is no git."""

import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = frozenset({"hub", "graphql", "jobs", "db", "tests", "helm", "docs"})
LATER = frozenset({"helm", "docs"})  # made once there is a chart, and a documentation site


@lru_cache(maxsize=1)
def files() -> tuple[Path, ...]:
    """All files, sorted, as paths from the root."""
    listed = _from_git() if (ROOT / ".git").exists() else _from_disk()
    return tuple(sorted(path for path in listed if (ROOT / path).is_file()))


def python(*rooms: str) -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and (not rooms or path.parts[0] in rooms)]


def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def _from_git() -> list[Path]:
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(name) for name in done.stdout.split("\0") if name]


def _from_disk() -> list[Path]:
    here = [path for path in ROOT.iterdir() if path.is_file()]
    inside = [path for room in ROOMS for path in (ROOT / room).rglob("*")]
    return [path.relative_to(ROOT) for path in here + inside if "__pycache__" not in path.parts]
