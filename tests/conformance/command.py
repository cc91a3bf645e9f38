"""The command: which connectors, where, with which sign-in, and what becomes of it."""

import argparse
import asyncio
import json
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path

from hub.errors import Refused
from tests.conformance.case import Case, Run, runs_of
from tests.conformance.cases import CASES
from tests.conformance.elsewhere import an_object, told
from tests.conformance.planted import PLANTED, hunted
from tests.conformance.report import Report, fitted, table, width
from tests.conformance.running import Place, sandbox_of, tried
from tests.conformance.subject import Subject
from tests.conformance.subjects import SUBJECTS

FEWEST = 60
PLANTS = {one.name: one for one in PLANTED}
ABOUT = """Runs every case against the connectors, each at its own sandbox. With --url a connector is tried at a
system of yours: then only what reads is run, unless --write is given. The sign-in is read from a JSON file
or from the variable CONFORMANCE_CREDENTIALS, never from the command line. The last line printed is JSON; the exit
code is 0 where every case passed."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.url and not asked.connector:
        parser.error("--url is the address of one system: name its --connector")
    if asked.write and not asked.url:
        parser.error("--write names what is written at a --url; a sandbox is written all of it")
    try:
        return _done(asked)
    except Refused as refused:
        raise SystemExit(f"{refused.field}: {refused.message}") from refused


def _done(asked: argparse.Namespace) -> int:
    if asked.plant:
        return asyncio.run(_suite([PLANTS[asked.plant].spoilt], asked))
    chosen = [told(SUBJECTS[asked.connector], asked)] if asked.connector else list(SUBJECTS.values())
    if asked.list:
        return _listed(chosen)
    return asyncio.run(_planted(chosen) if asked.planted else _suite(chosen, asked))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=ABOUT)
    parser.add_argument("--connector", choices=sorted(SUBJECTS), help="this one alone")
    parser.add_argument("--url", help="a system to try the connector at, instead of its sandbox")
    parser.add_argument("--settings", type=an_object, default={}, help="settings of the connection, as JSON")
    parser.add_argument("--credentials", type=Path, help="a JSON file with the sign-in")
    parser.add_argument("--facts", type=Path, help="a JSON file: write -> facts of yours, such as its job")
    parser.add_argument(
        "--write", nargs="*", metavar="WRITE",
        help="write at --url, too: these, or what goes through the whole suite; what is written stays there",
    )  # fmt: skip
    parser.add_argument("--verbose", action="store_true", help="a line for each variant of a case as well")
    parser.add_argument("--list", action="store_true", help="print the cases and run none")
    parser.add_argument(
        "--planted", action="store_true", help="plant one fault after another and print which case finds it"
    )
    parser.add_argument(
        "--plant", choices=sorted(PLANTS), metavar="FAULT",
        help=f"run the suite against a connector with this fault; it has to fail: {', '.join(sorted(PLANTS))}",
    )  # fmt: skip
    return parser


def _listed(subjects: Sequence[Subject]) -> int:
    print(f"\nfor every connector, {len(CASES)} cases")
    _list(CASES)
    for subject in subjects:
        print(f"\n{subject.name}: {len(subject.cases)} cases of its own, {len(subject.writes)} writes")
        _list(subject.cases)
        names = ", ".join(f"{write.name} ({write.depth.name.lower()})" for write in subject.writes)
        print(textwrap.fill(f"writes: {names}", width(), initial_indent="  ", subsequent_indent="    "))
    print(json.dumps({subject.name: len(runs_of(subject, (*CASES, *subject.cases))) for subject in subjects}))
    return 0


def _list(cases: Sequence[Case]) -> None:
    for case in cases:
        kind, text = "writes" if Run(case).writes else "reads", f"{case.id:22} {case.proves}"
        print(textwrap.fill(text, width(), initial_indent=f"  {kind:6} ", subsequent_indent=" " * 32))


async def _suite(subjects: Sequence[Subject], asked: argparse.Namespace) -> int:
    started, counted, seconds = time.perf_counter(), {}, {}
    for subject in subjects:
        begun = time.perf_counter()
        counted[subject.name] = await _run(subject, asked)
        seconds[subject.name] = round(time.perf_counter() - begun, 1)
    enough = bool(asked.url) or all(found["cases"] >= FEWEST for found in counted.values())
    passed = enough and not any(found["failed"] for found in counted.values())
    _summary(counted, seconds)
    took = round(time.perf_counter() - started, 1)
    print(json.dumps({"conformance": counted, "passed": passed, "seconds": took}))
    return 0 if passed else 1


def _summary(counted: dict[str, dict[str, int]], seconds: dict[str, float]) -> None:
    head = ("connector", "cases", "passed", "failed", "do not apply", "seconds")
    names = ("cases", "passed", "failed", "idle")
    print()
    print(
        table(
            head, [(name, *(found[one] for one in names), seconds[name]) for name, found in counted.items()]
        )
    )


async def _run(subject: Subject, asked: argparse.Namespace) -> dict[str, int]:
    runs = runs_of(subject, (*CASES, *subject.cases))
    if asked.url:
        if asked.write is not None:
            print("Cases that write leave behind what they wrote.")
        place = Place(asked.url, None, may_write=asked.write is not None)
        return await _all(
            subject, place, runs, Report(f"{subject.name} at {asked.url}", len(runs), asked.verbose)
        )
    async with sandbox_of(subject) as place:
        return await _all(subject, place, runs, Report(subject.name, len(runs), asked.verbose))


async def _all(subject: Subject, place: Place, runs: Sequence[Run], report: Report) -> dict[str, int]:
    report.begin()
    for run in runs:
        report.trying(run)
        report.took(await tried(subject, place, run))
    return report.end()


async def _planted(subjects: Sequence[Subject]) -> int:
    """Each planted fault, and the case that finds it where the sound connector passes."""
    found: dict[str, str | None] = {}
    names = {subject.name for subject in subjects}
    print(f"  {'fault':33} {'found by':40} what it does")
    async for fault, case in hunted([one for one in PLANTED if one.subject.name in names]):
        found[fault.name] = case
        line = f"  {fault.name:33} {case or 'NOT FOUND':40} {fault.does}"
        print(fitted(line, width()), flush=True)
    if not found:
        print("  No fault is planted for this connector; planted.py is where one goes.")
    caught = sum(case is not None for case in found.values())
    passed = bool(found) and caught == len(found)
    print(f"  {caught} of {len(found)} found")
    print(json.dumps({"planted": len(found), "found": caught, "passed": passed}))
    return 0 if passed else 1
