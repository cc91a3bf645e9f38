"""Imports from both sandboxes by their real connectors: the whole fictional contractor, whichever side comes first."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest
from imports_bench import Bench

from db.session import WritePool
from hub.connectors import open_connector
from hub.erp.connector import Connector
from hub.http import Limits
from hub.sandboxes import mri, procore
from hub.sandboxes.world import build
from hub.settings import Settings

WORLD = build(7)
FROM_PROCORE = (
    "company",
    "project",
    "cost_code",
    "cost_type",
    "project_cost_code",
    "commitment",
    "member",
    "project_member",
)
FROM_MRI = ("company", "project", "cost_code", "cost_type", "project_cost_code")


class Sandboxes:
    """Opens the connectors of one account on two sandboxes in this process."""

    def __init__(self) -> None:
        self.apps = {"Tool": procore.create_app(), "Books": mri.create_app()}

    def __call__(
        self,
        kind: str,
        base_url: str,
        credentials: Mapping[str, str],
        settings: Mapping[str, Any],
        *_: Collection[str],
        **__: Any,
    ) -> Connector:
        transport, known = httpx.ASGITransport(self.apps[kind]), mri.Settings()
        if kind == "Tool":
            keys = {"client_id": "hub-sandbox", "client_secret": "hub-sandbox-secret"}
            company = {"company_id": str(WORLD.company.procore_id)}
            return open_connector(
                "procore", base_url, keys, company, transport=transport, limits=Limits(backoff=0.0)
            )
        keys = {"client_id": known.client, "database": known.database, "user": known.user}
        keys |= {"key": known.keys[0].key, "password": known.password}
        return open_connector(
            "mri", base_url, keys, settings, transport=transport, limits=Limits(backoff=0.0)
        )


async def both(bench: Bench, first: str) -> None:
    bench.opener = Sandboxes()
    for side in ("erp", "tool") if first == "erp" else ("tool", "erp"):
        run = await (bench.from_erp(*FROM_MRI) if side == "erp" else bench.from_tool(*FROM_PROCORE))
        assert run["proof"] == "PROVEN"


@pytest.mark.parametrize("first", ["erp", "tool"])
async def test_the_whole_contractor_comes_in(
    hub_settings: Settings, app_pool: WritePool, account: UUID, first: str
):
    bench = await Bench.open(hub_settings, app_pool, account)

    await both(bench, first)

    linked = sorted((v.code, str(v.procore_id)) for v in WORLD.vendors if v.linked)
    assert sorted(row[1:] for row in await bench.links() if row[0] == "LINKED") == linked
    to_import = {v.code for v in WORLD.vendors if v.in_erp and not v.linked and v.erp_active}
    assert {row[1] for row in await bench.links() if row[0] == "READY_TO_IMPORT"} == to_import
    alone = {str(v.procore_id) for v in WORLD.vendors if v.procore_id and not v.linked}
    assert {row[2] for row in await bench.links() if row[0] == "NOT_SENT"} == alone
    jobs = sorted((job.code, str(job.procore_id)) for job in WORLD.jobs if job.linked)
    assert sorted(row[1:] for row in await bench.links("Project") if row[0] == "LINKED") == jobs
    assert await bench.value("select count(*) from cost_code") == len(WORLD.cost_codes)
    assert {row[0] for row in await bench.links("CostCode")} == {"LINKED"}
    assert await bench.value("select count(*) from commitment") == len(WORLD.commitments)
    assert await bench.value("select count(*) from member") == len(WORLD.people)
    events = await bench.events()
    quiet = [await bench.from_erp(*FROM_MRI), await bench.from_tool(*FROM_PROCORE)]
    assert [run["records_created"] + run["records_updated"] for run in quiet] == [0, 0]
    assert await bench.events() == events


async def test_amounts_and_lines_are_the_tools_to_the_cent(
    hub_settings: Settings, app_pool: WritePool, account: UUID
):
    bench = await Bench.open(hub_settings, app_pool, account)

    await both(bench, "erp")

    rows = await bench.rows("select origin_id, original_amount, title from commitment")
    assert {row[0]: (row[1], row[2]) for row in rows} == {
        str(c.procore_id): (c.total, c.title) for c in WORLD.commitments
    }
    lines = await bench.rows(
        "select n.origin_id, n.amount, k.code, y.code as kind from commitment_line n"
        " left join cost_code k on k.id = n.cost_code_id left join cost_type y on y.id = n.cost_type_id"
    )
    known = {code.code for code in WORLD.cost_codes}
    marked = {
        job.procore_id for job in WORLD.jobs if job.linked
    }  # codes of other projects carry no mark of the ERP
    assert {tuple(row) for row in lines} == {
        (
            str(n.procore_id),
            n.amount,
            n.code if n.code in known and c.project_id in marked else None,
            n.category,
        )
        for c in WORLD.commitments
        for n in c.lines
    }


async def test_a_project_whose_tool_is_closed_keeps_no_other_project_from_coming_in(
    hub_settings: Settings, app_pool: WritePool, account: UUID
):
    bench = await Bench.open(hub_settings, app_pool, account)
    opener = bench.opener = Sandboxes()
    closed = next(job for job in WORLD.jobs if job.procore_id == WORLD.commitments[0].project_id)
    script = {
        "fault": "status",
        "times": 0,
        "match": {"path": "/rest/v1.0/work_order_contracts", "contains": f"project_id={closed.procore_id}"},
        "params": {"status": 403, "body": {"message": "The Commitments tool is switched off."}},
    }
    control = httpx.AsyncClient(transport=httpx.ASGITransport(opener.apps["Tool"]), base_url="http://tool")
    async with control:
        (await control.post("/__control/faults", json=script)).raise_for_status()

    run = await bench.from_tool(*FROM_PROCORE)

    assert (run["state"], run["proof"]) == ("PARTLY", "INCOMPLETE")
    here = {str(c.procore_id) for c in WORLD.commitments if c.project_id != closed.procore_id}
    assert {row[0] for row in await bench.rows("select origin_id from commitment")} == here
    assert await bench.rows("select code, message from sync_issue where code = 'ERP_FORBIDDEN'") == [
        ("ERP_FORBIDDEN", f"commitments of {closed.code}: The Commitments tool is switched off.")
    ]
    assert await bench.rows("select distinct state from connection") == [("ACTIVE",)]
