"""A subject at a system that is not its sandbox: somebody's own sign-in, settings and facts in the place of ours."""

import argparse
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.conformance.subject import Depth, Subject, Write


def an_object(text: str) -> dict[str, Any]:
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


def _facts(path: Path) -> dict[str, Any]:
    try:
        return an_object(_read(path))
    except argparse.ArgumentTypeError as error:
        raise SystemExit(f"--facts: {error} in {path}.") from error


def told(subject: Subject, asked: argparse.Namespace) -> Subject:
    """The subject with the settings and the sign-in of the system it is tried at."""
    if not asked.url:
        return replace(subject, settings={**subject.settings, **asked.settings})
    credentials = _credentials(asked.credentials)
    name = next(name for name, value in subject.credentials.items() if value == subject.secret)
    secret = credentials.get(name) or max(credentials.values(), key=len)
    unknown = set(asked.write or ()) - {write.name for write in subject.writes}
    if unknown:
        known = ", ".join(write.name for write in subject.writes)
        raise SystemExit(f"There is no write {', '.join(sorted(unknown))}; choose of {known}.")
    own = _facts(asked.facts) if asked.facts else {}
    writes = tuple(
        _with(write, own.get(write.name, {}))
        for write in subject.writes
        if (write.name in asked.write if asked.write else write.depth is Depth.WHOLE)
    )
    return replace(subject, settings=asked.settings, credentials=credentials, secret=secret, writes=writes)


def _with(write: Write, own: Mapping[str, Any]) -> Write:
    """The write with facts of another system; what stands under `lines` is meant for each line."""

    def mine(facts: Mapping[str, Any]) -> dict[str, Any]:
        changed = {name: value for name, value in own.items() if name != "lines"}
        if "lines" in facts:
            changed["lines"] = [{**line, **own.get("lines", {})} for line in facts["lines"]]
        return {**facts, **changed}

    renamed = write.renamed
    return replace(
        write,
        facts=lambda number: mine(write.facts(number)),
        renamed=renamed and (lambda number: mine(renamed(number))),
    )


def _credentials(path: Path | None) -> Mapping[str, str]:
    text = _read(path) if path else os.environ.get("CONFORMANCE_CREDENTIALS", "")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not found or not all(isinstance(one, str) for one in found.values()):
        raise SystemExit(
            "A system of yours needs a sign-in: --credentials FILE or CONFORMANCE_CREDENTIALS, an object of texts."
        )
    return found
