"""Where to find things in a freshly seeded sandbox: its company, people, projects and contracts."""

from typing import Any

from hub.sandboxes.procore.caller import CLIENTS
from hub.sandboxes.world import Commitment, World


def describe(world: World) -> dict[str, Any]:
    """Where to find things in a freshly seeded sandbox."""
    return {
        "seed": world.seed,
        "company": {"id": world.company.procore_id, "name": world.company.name},
        "standard_cost_code_list_id": world.company.cost_code_list_id,
        "clients": list(CLIENTS),
        "applications": {client.id: client.application_id for client in CLIENTS.values()},
        "users": {
            person.role: {"id": person.procore_id, "name": person.name, "email": person.email}
            for person in world.people
            if person.role
        },
        "projects": [
            {"id": job.procore_id, "job_code": job.code, "name": job.name, "linked": job.linked}
            for job in world.jobs
            if job.procore_id
        ],
        "contracts": [_contract(commitment) for commitment in world.commitments],
        "vendors": {
            "linked": [vendor.procore_id for vendor in world.vendors if vendor.linked],
            "unlinked": [
                vendor.procore_id for vendor in world.vendors if not vendor.linked and vendor.procore_id
            ],
        },
    }


def _contract(commitment: Commitment) -> dict[str, Any]:
    return {
        "id": commitment.procore_id,
        "kind": commitment.kind,
        "project_id": commitment.project_id,
        "job_code": commitment.job_code,
        "number": commitment.number,
        "total": str(commitment.total),
        "broken": list(commitment.broken),
        "traits": list(commitment.traits),
    }
