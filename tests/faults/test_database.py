"""Postgres goes away beneath running workers, and comes back."""

from pathlib import Path

from shopfloor import Cellar, Floor

from hub.settings import Settings


async def test_a_worker_outlives_its_database(
    cellar: Cellar, cellar_settings: Settings, tmp_path: Path
) -> None:
    async with Floor.of_a_new_account(cellar_settings, tmp_path) as floor:
        worker = await floor.hire()
        slow = await floor.ask("slow", until=str(tmp_path / "go"))
        await floor.wait_for_steps(slow, 1)
        await cellar.stop()
        await worker.says("the database is away")
        (tmp_path / "go").touch()
        await worker.says("an outcome waits for the database")
        await cellar.start()
        later = await floor.ask("note")
        await floor.wait(later, "DONE")
        await floor.wait(slow, "DONE")
        row = await floor.row(slow)
        assert (row["deaths"], row["error_code"] in (None, "UNAVAILABLE")) == (0, True)
        assert worker.process.returncode is None
        assert [step.split()[0] for step in await floor.steps(slow)][-1] == "DONE"
