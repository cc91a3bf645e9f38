"""What the demonstration shows on the terminal: steps, facts, tables, in that order of loudness."""

import json
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

PLAIN_WIDTH = 110  # where the output is no terminal


class Screen:
    """Tells the story. Plain lines where the output is no terminal."""

    def __init__(self, console: Console | None = None) -> None:
        plain = None if sys.stdout.isatty() else PLAIN_WIDTH
        self.console = console or Console(highlight=False, width=plain)
        self.steps: list[tuple[str, float]] = []
        self._began = time.monotonic()
        self._step_began = self._began

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def restart(self) -> None:
        """Counts from here: the servers are up, the story begins."""
        self._began = self._step_began = time.monotonic()

    def step(self, words: str) -> None:
        """Opens a step; the one before has held."""
        self._close()
        self.steps.append((words, 0.0))
        self._step_began = time.monotonic()
        self.console.print()
        self.console.print(f"[bold cyan]{len(self.steps):>2}. {escape(words)}[/]")

    def _close(self) -> None:
        if self.steps:
            words, _ = self.steps[-1]
            self.steps[-1] = (words, time.monotonic() - self._step_began)

    def _line(self, marked: str) -> None:
        """An indented line; what does not fit is wrapped under it."""
        self.console.print(Padding(marked, (0, 0, 0, 4)))

    def fact(self, words: str) -> None:
        self._line(escape(words))

    def good(self, words: str) -> None:
        self._line(f"[green]✓[/] {escape(words)}")

    def refused(self, words: str) -> None:
        self._line(f"[yellow]✗[/] {escape(words)}")

    def progress(self, words: str) -> None:
        self._line(f"[dim]… {escape(words)}[/]")

    def document(self, title: str, value: Any) -> None:
        """A JSON document, indented."""
        self.fact(f"{title}:")
        for line in json.dumps(value, indent=2, ensure_ascii=False).splitlines():
            self._line(f"  [dim]{escape(line)}[/]")

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        made = Table(title=title, title_justify="left", header_style="bold", pad_edge=False)
        for column in columns:
            made.add_column(column, overflow="fold")
        for row in rows:
            made.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
        self.console.print()
        self.console.print(made)

    def summary(self) -> None:
        """What happened, step by step."""
        self._close()
        self.table(
            "What happened",
            ("step", "", "seconds"),
            [(number, words, f"{seconds:.1f}") for number, (words, seconds) in enumerate(self.steps, 1)],
        )
