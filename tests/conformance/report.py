"""What the command prints: a line for each case, every failure in full, a summary for each connector."""

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from tests.conformance.case import Case, Run
from tests.conformance.running import Result, Verdict, figures

MARKS = {Verdict.PASSED: "ok", Verdict.FAILED: "FAIL", Verdict.IDLE: "n/a"}
USUAL_WIDTH = 100
WIDE = 200  # a file has no edge


def width() -> int:
    if not sys.stdout.isatty():
        return WIDE
    return max(60, shutil.get_terminal_size((USUAL_WIDTH, 24)).columns)


def fitted(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"


@dataclass
class Report:
    """One connector's. On a terminal a last line tells what is being tried."""

    title: str
    total: int
    verbose: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    results: list[Result] = field(default_factory=list)
    _group: list[Result] = field(default_factory=list)

    def begin(self) -> None:
        self._say(f"\n{self.title}, {self.total} to try")

    def trying(self, run: Run) -> None:
        if self._group and self._group[0].run.case is not run.case:
            self._flush()
        if self.out.isatty():
            told = f"  {len(self.results) + 1} of {self.total}  {run.id}"
            print(f"\r\x1b[K{fitted(told, width() - 1)}", end="", file=self.out, flush=True)

    def took(self, result: Result) -> None:
        self.results.append(result)
        self._group.append(result)

    def end(self) -> dict[str, int]:
        self._flush()
        counts = figures(self.results)
        told = f"{counts['passed']} passed, {counts['failed']} failed, {counts['idle']} do not apply"
        self._say(f"  {counts['cases']} cases: {told}")
        return counts

    def _flush(self) -> None:
        tried = [one for one in self._group if one.verdict is not Verdict.IDLE]
        failed = [one for one in tried if one.verdict is Verdict.FAILED]
        if tried:
            self._say(row(tried[0].run.case, tried, failed))
        for one in failed:
            self._wrapped(f"{one.run.id}: {one.words}", "      ")
        for one in self._group if self.verbose else ():
            self._say(fitted(f"      {MARKS[one.verdict]:4} {one.ms:6} ms  {one.run.id}", width()))
        for words in dict.fromkeys(one.words for one in self._group if one.verdict is Verdict.IDLE):
            self._say(idle_row(self._group[0].run.case, words))
        self._group.clear()

    def _wrapped(self, text: str, indent: str) -> None:
        self._say(textwrap.fill(text, width(), initial_indent=indent, subsequent_indent=f"{indent}  "))

    def _say(self, text: str) -> None:
        clear = "\r\x1b[K" if self.out.isatty() else ""
        print(f"{clear}{text}", file=self.out, flush=True)


def row(case: Case, tried: Sequence[Result], failed: Sequence[Result]) -> str:
    """Verdict, case, how many of its variants passed, seconds, sentence."""
    mark = MARKS[Verdict.FAILED if failed else Verdict.PASSED]
    passed, seconds = f"{len(tried) - len(failed)}/{len(tried)}", sum(one.ms for one in tried) / 1000
    return fitted(f" {mark:4} {case.id:21} {passed:>5} {seconds:4.1f}s  {case.proves}", width())


def idle_row(case: Case, words: str) -> str:
    return fitted(f" {MARKS[Verdict.IDLE]:4} {case.id:21} {'':5} {'':5}  {words}", width())


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Columns as wide as what stands in them; numbers to the right."""
    lines = [list(map(str, head)), *([str(cell) for cell in line] for line in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        fitted(
            "  " + "  ".join(_cell(cell, wide) for cell, wide in zip(line, widths, strict=True)).rstrip(),
            width(),
        )
        for line in lines
    )


def _cell(text: str, wide: int) -> str:
    return text.rjust(wide) if text.replace(".", "").isdigit() else text.ljust(wide)
