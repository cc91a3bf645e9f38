"""What happened in a seeded account before anybody looks: runs, jobs, events, an attempt and a conflict."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # they are built on each other
    from factories import Contractor


async def history(made: "Contractor") -> None:
    """A run over items of several kinds with its jobs, a row that did not fit, events and a conflict."""
    books, approver = made.books, made.members["approver"]
    objects = [("Commitment", id_) for id_ in made.known["cmt"][:5]]
    objects += [
        ("Company", made.known["com"][0]),
        ("Project", made.known["prj"][0]),
        ("CostCode", made.known["ccd"][0]),
    ]
    for n, by in enumerate((approver, made.members["project_manager"], None)):
        run = await books.row(
            "sync_run", action="ACCEPT", state="PARTLY", requested_by=by, items_total=len(objects)
        )
        made.known.setdefault("run", []).append(run)
        for position, (kind, id_) in enumerate(objects):
            values = {"position": position, "object_type": kind, "object_id": id_, "outcome": "DONE"}
            await books.insert("sync_run_item", run_id=run, **values)
        job = await books.row("job", run_id=run, kind="export", state="DONE", args={"n": n})
        made.known.setdefault("job", []).append(job)
        made.known.setdefault("iss", []).append(
            await books.row(
                "sync_issue",
                run_id=run,
                object_type="Company",
                external_id="X",
                code="VALUE_DOES_NOT_FIT",
                message="?",
            )
        )
    for kind, id_ in objects * 3:
        after = {"record": {"amount": "10.50", "title": "Würth"}, "link": {"state": "SYNCED"}}
        made.known.setdefault("evt", []).append(
            await books.row(
                "event", action="SEND", object_type=kind, object_id=id_, member_id=approver, after=after
            )
        )
    made.known["att"] = [
        await books.row(
            "attempt",
            job_id=made.known["job"][0],
            connection_id=books.erp,
            object_type="Commitment",
            object_id=made.known["cmt"][2],
            step="contract",
            operation="commitment.create",
            state="CONFIRMED",
            fence=1,
            export_revision=1,
            request_digest="0" * 64,
        )
    ]
    waiting, late = made.known["cco"][9], made.known["cmt"][9]
    args = {"object": "commitment_change_order", "after": [str(late)]}
    await books.row("job", kind="export", state="QUEUED", object_id=waiting, args=args)
    made.known["sys"] = [books.erp]
    values = {"object_type": "Commitment", "object_id": made.known["cmt"][2], "field": "title"}
    await books.row("conflict", ours="a", theirs="b", **values)
