"""`python -m tests.year`: plays the year in sandboxes of its own and compares the three sides to the cent.

The last line is one JSON object with the figures; exit 0 only where every project balances and nothing is there twice."""

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hub.demo.account import mri_credentials
from hub.demo.ledger import Ledger
from hub.demo.office import Office
from hub.demo.person import Refusal
from hub.demo.scene import DidNotHold
from hub.demo.screen import Screen
from hub.demo.stack import Stack, running
from tests.year import balance
from tests.year.desk import Desk
from tests.year.story import Job, Year

FOLDER = Path(__file__).parent.parent.parent / ".hub" / "year"  # data and logs of the last year


def main() -> int:
    known = argparse.ArgumentParser(
        prog="make year", description="A contractor's year, balanced on three sides."
    )
    known.add_argument("--jobs", type=int, default=3, help="projects (3)")
    known.add_argument("--contracts", type=int, default=4, help="subcontracts per project (4)")
    known.add_argument("--months", type=int, default=12, help="months (12)")
    known.add_argument("--seed", type=int, default=7, help="other amounts, the same every time (7)")
    asked = known.parse_args()
    return asyncio.run(_year(asked))


async def _year(asked: argparse.Namespace) -> int:
    screen = Screen()
    screen.console.print("[bold]A contractor's year[/]: Procore, the hub and MRI, on free ports of 127.0.0.1")
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    async with running(FOLDER, screen) as stack:
        screen.restart()
        return await _played(stack, screen, asked)


async def _played(stack: Stack, screen: Screen, asked: argparse.Namespace) -> int:
    office, ledger = Office(stack.procore_url), Ledger(stack.mri_url, mri_credentials())
    desks = {title: Desk(stack.api_url, title, key) for title, key in stack.keys.items()}
    year = Year(stack, screen, office, ledger, desks, asked.seed)
    try:
        await office.sign_in()
        await year.play(asked.jobs, asked.contracts, asked.months)
        unequal = [
            f"{job.site.job}: {name}" for job in year.jobs for name in await _compared(year, screen, job)
        ]
        twice = await _twice(ledger)
    except (DidNotHold, Refusal, RuntimeError, TimeoutError) as failure:
        said = str(failure) or type(failure).__name__
        screen.console.print(f"[bold red]This did not hold:[/] {said}; the logs are in .hub/year/logs")
        print(json.dumps({"balanced": False, "failure": said[:500], **year.counts}), flush=True)
        return 1
    finally:
        for client in (office, ledger, *desks.values()):
            await client.close()
    screen.summary()
    balanced = not unequal and not twice
    figures: dict[str, Any] = {
        "balanced": balanced,
        "projects": len(year.jobs),
        "months": asked.months,
        "unequal": unequal,
        "duplicates": twice,
        **{name.replace(" ", "_"): count for name, count in year.counts.items()},
        "seconds": round(screen.seconds, 1),
    }
    print(json.dumps(figures), flush=True)
    return 0 if balanced else 1


async def _compared(year: Year, screen: Screen, job: Job) -> list[str]:
    """The project's table, and what differs in it."""
    sides = await year.sides(job)
    unequal = balance.differences(sides)
    rows = [
        (name, *(f"{side[name]:,}" for side in sides), "≠" if name in unequal else "=")
        for name in balance.FIGURES
    ]
    screen.table(job.site.job, ("", "Procore", "hub", "MRI", ""), rows)
    return unequal


async def _twice(ledger: Ledger) -> list[str]:
    """Documents that MRI holds more than once under one meaning: the same contract, title and amount."""
    contracts = await ledger.rows("MRI_S-PMJC_Contracts")
    invoices = await ledger.rows("MRI_S-PMAP_Invoices")
    return [
        *_repeated(contracts, ("JobCode", "ContractNumber")),
        *_repeated(invoices, ("VendorID", "InvoiceNumber")),
    ]


def _repeated(rows: Sequence[dict[str, Any]], key: Sequence[str]) -> list[str]:
    keys = ["/".join(str(row[name]) for name in key) for row in rows]
    return sorted({found for found in keys if keys.count(found) > 1})


if __name__ == "__main__":
    sys.exit(main())
