"""Commitments that differ from the usual, from the project tool: purchase orders, and lines on custom segments."""

from typing import Any

from desk import said
from plant import WORLD, Plant, mri_credentials
from works import Works

from hub.sandboxes.world import Commitment


def _plain(kind: str, place: int) -> Commitment:
    return [one for one in WORLD.commitments if one.kind == kind and not one.broken and not one.traits][place]


async def test_a_line_on_a_custom_segment_of_the_tool_is_refused_and_names_the_segment(plant: Plant):
    wanted = _plain("work_order_contract", -1)
    item = await plant.commitment(wanted)
    works = Works(plant, wanted, item)
    line = wanted.lines[0]
    path = f"/rest/v1.0/projects/{wanted.project_id}/work_breakdown_structure/wbs_codes?per_page=2000"
    flat = f"{line.code}.{line.category}"
    [code] = [code for code in await works.call("GET", path) if code["flat_code"] == flat]
    zone = {"id": 9, "name": "North", "code": "N", "segment": {"id": 399, "type": "custom", "name": "Zone"}}
    try:
        await changed(plant, code["id"], flat_code=f"{flat}.N", custom_items=[zone])
        assert await works.read("commitment") in ("SUCCEEDED", "PARTLY")
    finally:
        await changed(plant, code["id"], flat_code=flat, custom_items=[])

    outcome = await plant.desk.send("manager", item)

    assert said(outcome) == ["CUSTOM_SEGMENT_NOT_SUPPORTED"]
    assert "Zone" in outcome.items[0].errors[0].message

    await works.read("commitment")
    assert said(await plant.desk.send("manager", item)) == []


async def changed(plant: Plant, code: int, **changes: Any) -> None:
    body = {"kind": "wbs_code", "id": code, "changes": changes}
    (await plant.procore.control.post("/__control/objects/change", json=body)).raise_for_status()


async def test_a_purchase_order_goes_into_the_module_and_takes_no_change_order(plant: Plant):
    await plant.connect("MRI", "mri", plant.mri.url, mri_credentials(), {"po_module": True})
    wanted = _plain("purchase_order_contract", 0)
    item = await plant.commitment(wanted)
    await plant.desk.change("update commitment set kind = 'PURCHASE_ORDER' where id = $1", item.id)
    works = Works(plant, wanted, item)
    await works.read("commitment")

    assert await works.exported(item) == "SYNCED"
    await plant.step("mark_origin")

    assert await plant.in_mri(wanted) == []  # it is no contract there
    assert [row["api"] for row in await plant.mri.requests(method="POST")] == ["MRI_S-PMAP_PurchaseOrders"]
    await plant.desk.change(
        "update project_member set change_orders_level = 3 where member_id = $1", plant.desk.people["manager"]
    )
    order = await works.order({wanted.lines[0]: "10.00"}, number="CO-1")
    await works.read("commitment_change_order")
    refused = await plant.desk.send("manager", await works.item("cco", order))
    assert said(refused) == ["CAPABILITY_NOT_SUPPORTED"]
