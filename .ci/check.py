"""Runs all checks side by side in the environment of the tools; the last line holds the figures."""

import concurrent.futures
import json
import subprocess
import sys
import time
from pathlib import Path

# The longest first.
CHECKS = {
    "types": ("mypy",),
    "house": ("python", "-m", "pytest", "-q", "tests/house"),
    "imports": ("lint-imports",),
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
}
ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent


def run(name: str) -> tuple[bool, float, str]:
    """Run one check; give whether it passed, its seconds, and its output."""
    began = time.monotonic()
    program, *arguments = CHECKS[name]
    done = subprocess.run(
        [PROGRAMS / program, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode == 0, time.monotonic() - began, done.stdout.rstrip()


def main() -> int:
    began, results = time.monotonic(), {}
    with concurrent.futures.ThreadPoolExecutor(len(CHECKS)) as pool:
        running = {pool.submit(run, name): name for name in CHECKS}
        for finished in concurrent.futures.as_completed(running):
            name, (passed, seconds, output) = running[finished], finished.result()
            results[name] = {"ok": passed, "seconds": round(seconds, 1)}
            say(f"{name:8} {'ok' if passed else 'FAILED':7} {seconds:5.1f} s")
            if not passed:
                say(f"{output}\n")
    passed = all(result["ok"] for result in results.values())
    seconds = round(time.monotonic() - began, 1)
    say(json.dumps({"command": "check", "ok": passed, "seconds": seconds, "checks": results}))
    return 0 if passed else 1


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
