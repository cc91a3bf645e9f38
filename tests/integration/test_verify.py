"""A connection is tested list by list; what was stopped for its credentials goes on once all is well."""

import json

from desk import said
from plant import Plant, mri_credentials


async def test_a_sound_connection_passes_every_check(plant: Plant):
    outcome = await plant.desk.ask(
        "administrator", "verifySystem", extra={"system_id": f"sys_{plant.desk.erp}"}
    )

    await plant.step("verify_system")

    assert said(outcome) == []
    assert await plant.desk.run(outcome.run_id) == ("VERIFY", "SUCCEEDED", [])
    checks = await plant.desk.rows("select * from system_check order by position")
    assert len(checks) >= 6
    assert {check["message"] for check in checks} == {"OK"}


async def test_the_list_that_the_user_may_not_read_is_named(plant: Plant):
    await plant.mri.control.post("/__control/rights", json={"denied": ["MRI_S-PMJC_Categories"]})
    outcome = await plant.desk.ask(
        "administrator", "verifySystem", extra={"system_id": f"sys_{plant.desk.erp}"}
    )

    await plant.step("verify_system")

    assert (await plant.desk.run(outcome.run_id))[1] == "PARTLY"
    wrong = await plant.desk.rows("select name, message from system_check where not ok")
    assert [row["name"] for row in wrong] == ["MRI_S-PMJC_Categories"]
    assert await plant.desk.value("select state from connection where id = $1", plant.desk.erp) == "ACTIVE"


async def test_a_connection_that_was_stopped_goes_on_when_its_test_passes(plant: Plant):
    await plant.desk.change("update connection set state = 'AUTH_REQUIRED' where id = $1", plant.desk.erp)
    await plant.desk.ask("administrator", "verifySystem", extra={"system_id": f"sys_{plant.desk.erp}"})

    await plant.step("verify_system")

    assert await plant.desk.value("select state from connection where id = $1", plant.desk.erp) == "ACTIVE"
    told = await plant.desk.one(
        "select after from event where object_id = $1 and action = 'RESUME'", plant.desk.erp
    )
    assert json.loads(told["after"])["state"] == "ACTIVE"


async def test_a_connection_with_a_wrong_password_stays_stopped(plant: Plant):
    await plant.sign_in("wrong")
    await plant.desk.change("update connection set state = 'AUTH_REQUIRED' where id = $1", plant.desk.erp)
    outcome = await plant.desk.ask(
        "administrator", "verifySystem", extra={"system_id": f"sys_{plant.desk.erp}"}
    )

    await plant.step("verify_system")

    assert (await plant.desk.run(outcome.run_id))[1] == "FAILED"
    assert (
        await plant.desk.value("select state from connection where id = $1", plant.desk.erp)
        == "AUTH_REQUIRED"
    )


async def test_a_test_of_somebody_elses_system_is_refused(plant: Plant):
    before = await plant.desk.trace()

    outcome = await plant.desk.ask(
        "administrator", "verifySystem", extra={"system_id": "sys_00000000-0000-0000-0000-000000000000"}
    )

    assert said(outcome) == ["BAD_ID"]
    assert await plant.desk.trace() == before


async def test_a_missing_module_and_an_old_version_are_told_by_their_codes(plant: Plant):
    await plant.desk.change(
        "update connection set settings = settings || $2::jsonb where id = $1",
        *(plant.desk.erp, json.dumps({"modules": ["JC", "AP"], "platform_version": "4.5"})),
    )
    await plant.desk.ask("administrator", "verifySystem", extra={"system_id": f"sys_{plant.desk.erp}"})

    await plant.step("verify_system")

    wrong = await plant.desk.rows("select name, code from system_check where not ok order by name")
    assert [tuple(row) for row in wrong] == [
        ("module GL", "MODULE_MISSING"),
        ("version", "ERP_VERSION_TOO_OLD"),
    ]


async def test_without_an_interface_user_no_sync_runs_and_no_request_leaves(plant: Plant):
    credentials = {name: value for name, value in mri_credentials().items() if name != "user"}
    await plant.enter(plant.desk.erp, credentials)
    outcome = await plant.desk.ask(
        "administrator",
        "importRecords",
        extra={"system_id": f"sys_{plant.desk.erp}", "resources": ["company"]},
    )

    job = await plant.step("import")

    assert said(outcome) == []
    assert (job["state"], job["error_code"]) == ("FAILED", "INTERFACE_USER_MISSING")
    assert await plant.mri.requests() == []
