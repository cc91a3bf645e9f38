"""The command: which connectors, where, with which sign-in, and what is printed."""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hub.errors import Refused
from tests.conformance.case import Run, runs_of
from tests.conformance.cases import CASES
from tests.conformance.planted import PLANTED, hunted
from tests.conformance.running import Place, Result, figures, sandbox_of, tried
from tests.conformance.subject import Subject, Write
from tests.conformance.subjects import SUBJECTS

FEWEST = 60
ABOUT = """Runs every case against the connectors, each at its own sandbox. With --url a connector is tried at a
system of yours: then only what reads is run, unless --write is given. The sign-in is read from a JSON file
or from the variable CONFORMANCE_CREDENTIALS, never from the command line."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.url and not asked.connector:
        parser.error("--url is the address of one system: name its --connector")
    try:
        chosen = [_told(SUBJECTS[asked.connector], asked)] if asked.connector else list(SUBJECTS.values())
        if asked.list:
            return _listed(chosen)
        return asyncio.run(_planted(chosen) if asked.planted else _suite(chosen, asked))
    except Refused as refused:
        raise SystemExit(f"{refused.field}: {refused.message}") from refused


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=ABOUT)
    parser.add_argument("--connector", choices=sorted(SUBJECTS), help="this one alone")
    parser.add_argument("--url", help="a system to try the connector at, instead of its sandbox")
    parser.add_argument(
        "--settings", type=_object, default={}, help="settings of the connection, a JSON object"
    )
    parser.add_argument("--credentials", type=Path, help="a JSON file with the sign-in")
    parser.add_argument("--facts", type=Path, help="a JSON file: write -> facts of yours, such as its job")
    parser.add_argument(
        "--write", action="store_true", help="write at --url, too; what is written stays there"
    )
    parser.add_argument("--list", action="store_true", help="print the cases and run none")
    parser.add_argument(
        "--planted", action="store_true", help="run the suite against connectors with a fault each"
    )
    return parser


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError("a JSON object is expected")
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise SystemExit(f"{path} cannot be read: {error.strerror}.") from error


def _told(subject: Subject, asked: argparse.Namespace) -> Subject:
    """The subject with the settings and the sign-in of the system it is tried at."""
    if not asked.url:
        return replace(subject, settings={**subject.settings, **asked.settings})
    credentials = _credentials(asked.credentials)
    name = next(name for name, value in subject.credentials.items() if value == subject.secret)
    secret = credentials.get(name) or max(credentials.values(), key=len)
    own = _facts(asked.facts) if asked.facts else {}
    writes = tuple(_with(write, own.get(write.name, {})) for write in subject.writes)
    return replace(subject, settings=asked.settings, credentials=credentials, secret=secret, writes=writes)


def _facts(path: Path) -> dict[str, Any]:
    try:
        return _object(_read(path))
    except argparse.ArgumentTypeError as error:
        raise SystemExit(f"--facts: {error} in {path}.") from error


def _with(write: Write, own: Mapping[str, Any]) -> Write:
    """The write with facts of another system; what stands under `lines` is meant for each line."""

    def told(facts: Mapping[str, Any]) -> dict[str, Any]:
        lines = (
            {"lines": [{**line, **own.get("lines", {})} for line in facts["lines"]]}
            if "lines" in facts
            else {}
        )
        return {**facts, **own, **lines}

    return replace(write, facts=lambda n: told(write.facts(n)), renamed=lambda n: told(write.renamed(n)))


def _credentials(path: Path | None) -> Mapping[str, str]:
    text = _read(path) if path else os.environ.get("CONFORMANCE_CREDENTIALS", "")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if (
        not isinstance(found, dict)
        or not found
        or not all(isinstance(value, str) for value in found.values())
    ):
        raise SystemExit(
            "A system of yours needs a sign-in: --credentials FILE or CONFORMANCE_CREDENTIALS, an object of texts."
        )
    return found


def _listed(subjects: Sequence[Subject]) -> int:
    for subject in subjects:
        print(f"\n{subject.name}")
        for run in runs_of(subject, (*CASES, *subject.cases)):
            print(f"  {'writes' if run.writes else 'reads ':6} {run.id:40} {run.case.proves}")
    print(json.dumps({subject.name: len(runs_of(subject, (*CASES, *subject.cases))) for subject in subjects}))
    return 0


async def _suite(subjects: Sequence[Subject], asked: argparse.Namespace) -> int:
    started, counted = time.perf_counter(), {}
    for subject in subjects:
        print(f"\n{subject.name}" + (f" at {asked.url}" if asked.url else ""))
        counted[subject.name] = figures(await _run(subject, asked))
    enough = bool(asked.url) or all(found["cases"] >= FEWEST for found in counted.values())
    passed = enough and not any(found["failed"] for found in counted.values())
    took = round(time.perf_counter() - started, 1)
    print(json.dumps({"conformance": counted, "passed": passed, "seconds": took}))
    return 0 if passed else 1


async def _run(subject: Subject, asked: argparse.Namespace) -> list[Result]:
    runs = runs_of(subject, (*CASES, *subject.cases))
    if asked.url:
        if asked.write:
            print("  Cases that write leave behind what they wrote.")
        return await _all(subject, Place(asked.url, None, may_write=asked.write), runs)
    async with sandbox_of(subject) as place:
        return await _all(subject, place, runs)


async def _all(subject: Subject, place: Place, runs: Sequence[Run]) -> list[Result]:
    results = []
    for run in runs:
        result = await tried(subject, place, run)
        results.append(result)
        print(row(result), flush=True)
    counts = figures(results)
    print(f"  {counts['passed']} passed, {counts['failed']} failed, {counts['idle']} do not apply")
    return results


def row(result: Result) -> str:
    words = f"  {result.words}" if result.words else ""
    return f"  {result.verdict:14} {result.ms:6} ms  {result.run.id:40} {result.run.case.proves}{words}"


async def _planted(subjects: Sequence[Subject]) -> int:
    """Each planted fault, and the case that finds it where the sound connector passes."""
    found: dict[str, str | None] = {}
    names = {subject.name for subject in subjects}
    async for fault, case in hunted([one for one in PLANTED if one.subject.name in names]):
        found[fault.name] = case
        told = f"found by {case}" if case else "NOT FOUND"
        print(f"  {fault.subject.name:10} {fault.does:44} {told}", flush=True)
    if not found:
        print("  No fault is planted for this connector; planted.py is where one goes.")
    caught = sum(case is not None for case in found.values())
    passed = bool(found) and caught == len(found)
    print(json.dumps({"planted": len(found), "found": caught, "passed": passed}))
    return 0 if passed else 1
