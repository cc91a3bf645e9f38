"""An import leaves behind what COPY of its rows leaves: the speed bench in small, without its clock."""

import argparse
from decimal import Decimal
from pathlib import Path

from hub.embedded.local import LocalServices
from hub.embedded.supervisor import Supervisor
from hub.settings import Settings
from tests.bench.imports import Bench

COSTS = 2000


async def test_two_thousand_costs_are_taken_in_as_copy_would_put_them(hub_settings: Settings, tmp_path: Path):
    """1,000 are new, 500 have changed and 500 are as they were; each has one to three lines."""
    services = LocalServices(hub_settings.database_url, hub_settings.redis_url, Supervisor(tmp_path / "logs"))
    options = argparse.Namespace(costs=COSTS, page=300, rounds=1, memory=[])

    figures = await Bench(options, tmp_path, services).run()

    held = figures["state"]
    assert held["records"]["count"] == held["links"]["count"] == COSTS
    assert held["lines"]["count"] == 3999
    assert held["records"]["sum"] == held["lines"]["sum"] > Decimal(0)
    assert (held["events"]["count"], held["events"]["sum"]) == (1500, 500), (
        "an event for each that is new or changed"
    )
