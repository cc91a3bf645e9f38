"""What a run tells of itself while it reads: its step, its counters, and how complete each list was."""

from uuid import UUID

from db.runs import Proof
from db.session import Connection
from hub.sync.intake.cursors import Place
from hub.sync.intake.merged import Merged
from hub.sync.intake.resources import Resource
from hub.sync.intake.scopes import Scope
from hub.sync.intake.site import Site
from hub.sync.intake.tally import Tally

_LONGEST = 100  # characters of a step
_COUNT = """
    update sync_run set step = $3, records_read = records_read + $4, records_created = records_created + $5,
        records_updated = records_updated + $6, records_unchanged = records_unchanged + $7, issues_count = issues_count + $8
    where account_id = $1 and id = $2"""
_LIST = """
    insert into sync_run_list (account_id, run_id, resource, scope, project_id, since, records, amount, digest,
        records_again, amount_again, digest_again, proof)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict (account_id, run_id, resource, scope) do update set proof = excluded.proof, finished_at = hub_now()"""


async def count(connection: Connection, site: Site, step: str, merged: Merged) -> None:
    counts = (merged.read, merged.created, merged.updated, merged.unchanged, merged.issues)
    await connection.execute(_COUNT, site.account, site.run, step, *counts)


def list_of(resource: Resource, scope: Scope) -> str:
    return f"{resource.words} of {scope.label}" if scope.project is not None else resource.words


def step(resource: Resource, scope: Scope, doing: str) -> str:
    """What the run is doing, short enough to be kept: the list's name gives way."""
    tail = f": {doing}"
    return list_of(resource, scope)[: _LONGEST - len(tail)] + tail


async def keep_list(
    connection: Connection, site: Site, resource: Resource, scope: Scope, at: Place, again: Tally | None
) -> None:
    """How complete a list is, with what both reads came to."""
    await connection.execute(
        _LIST,
        *(site.account, site.run, resource.key, scope.key, scope.project, at.since),
        *(at.tally.count, at.tally.sum, at.tally.digest_text),
        *((again.count, again.sum, again.digest_text) if again is not None else (None, None, None)),
        proof_of(at.agrees).value,
    )


async def keep_closed(connection: Connection, site: Site, resource: Resource, scope: Scope) -> None:
    """A list that was not given."""
    nothing: tuple[UUID | None, ...] = (scope.project, None)
    key = (site.account, site.run, resource.key, scope.key)
    await connection.execute(
        _LIST, *key, *nothing, 0, 0, Tally().digest_text, None, None, None, Proof.INCOMPLETE.value
    )


def proof_of(agrees: bool | None) -> Proof:
    if agrees is None:
        return Proof.UNPROVEN
    return Proof.PROVEN if agrees else Proof.INCOMPLETE
