"""A share of the year: one project for a month, and a comparison that sees a cent."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.year.balance import FIGURES, Figures, differences

ROOT = Path(__file__).parents[2]
EVEN: Figures = {name: Decimal("100.00") for name in FIGURES}


def test_a_month_of_one_project_is_the_same_on_all_three_sides():
    asked = [sys.executable, "-m", "tests.year", "--jobs", "1", "--contracts", "1", "--months", "1"]

    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["balanced"], figures["unequal"], figures["duplicates"]) == (True, [], [])
    assert (figures["commitments"], figures["invoices"], figures["costs"]) == (1, 1, 2)


@pytest.mark.parametrize("side", [0, 1, 2])
@pytest.mark.parametrize("name", FIGURES)
def test_a_cent_on_one_side_is_seen(side: int, name: str):
    sides = [EVEN, EVEN, EVEN]
    sides[side] = {**EVEN, name: Decimal("100.01")}

    assert differences(sides) == [name]
    assert differences([EVEN, EVEN, EVEN]) == []
