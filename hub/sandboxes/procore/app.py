"""Puts the Procore sandbox together."""

from pathlib import Path
from random import Random

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from hub.sandboxes.kit import Bench, build_app, serve, sow
from hub.sandboxes.procore import company
from hub.sandboxes.procore.access import Access
from hub.sandboxes.procore.call import Sandbox
from hub.sandboxes.procore.caller import CLIENTS
from hub.sandboxes.procore.controls import (
    company_controls,
    control_routes,
    erp_controls,
    webhook_controls,
)
from hub.sandboxes.procore.drift import Drift
from hub.sandboxes.procore.external import ExternalData
from hub.sandboxes.procore.gate import WITHOUT_COMPANY, Gate
from hub.sandboxes.procore.rates import Rates
from hub.sandboxes.procore.records import Records
from hub.sandboxes.procore.resources import OPERATIONS, RESOURCES
from hub.sandboxes.procore.routing import Methods, routes, table
from hub.sandboxes.procore.seed import Seeder
from hub.sandboxes.procore.segments import segment_route
from hub.sandboxes.procore.settings import Live, Settings
from hub.sandboxes.procore.signin import SignIn
from hub.sandboxes.procore.tokens import TokenEndpoints, Tokens
from hub.sandboxes.procore.webhooks import HOOK_OPERATIONS, Events, Sender
from hub.sandboxes.procore.webhooks.keeping import Kept
from hub.sandboxes.procore.webhooks.script import Script
from hub.sandboxes.world import build

# Operations that no declared resource covers.
OTHERS: dict[str, Methods] = {
    WITHOUT_COMPANY[0]: {"GET": company.me},
    WITHOUT_COMPANY[1]: {"GET": company.companies},
    "/rest/v1.0/settings/permissions": {"GET": company.own_permissions},
    "/rest/v1.0/projects/{project_id}/permission_templates": {"GET": company.project_templates},
    "/rest/v1.0/projects/{project_id}/users/{id}/actions/add": {"POST": company.add_to_project},
    "/rest/v1.0/projects/{project_id}/users/{id}/actions/remove": {"DELETE": company.remove_from_project},
    "/rest/v1.0/projects/{project_id}/vendors/{id}/actions/add": {"POST": company.add_vendor_to_project},
    "/rest/v1.0/projects/{project_id}/vendors/{id}/actions/remove": {
        "DELETE": company.remove_vendor_from_project
    },
    "/rest/v1.0/vendors/{id}/business_register": {
        "POST": company.set_register,
        "PATCH": company.set_register,
    },
    **OPERATIONS,
    **HOOK_OPERATIONS,
    "/rest/v1.0/companies/{company_id}/external_data/sync": {"PATCH": ExternalData(RESOURCES).sync},
}


def create_app(store: Path | None = None, seed: int = 7, settings: Settings | None = None) -> Starlette:
    """Seeds the store when it is empty; what is in it already stays."""
    live, bench, world = Live(settings or Settings()), Bench.open(store), build(seed)
    records = Records(bench)
    access = Access(bench.store, world.company.procore_id)
    sandbox = Sandbox(bench, records, live, access, Drift(records), Random(seed))
    tokens, rates = Tokens(bench, live), Rates(live)
    sign_in, kept = SignIn(tokens, world), Kept(bench)
    events, sender = Events(kept, world.company.procore_id, Random(seed)), Sender(kept, live)
    events.ring = sender.ring
    records.listeners.append(events.changed)
    controls = [
        *company_controls(sandbox, world, sign_in),
        *erp_controls(sandbox, world),
        *webhook_controls(sandbox, events, sender),
    ]

    def begin() -> None:
        sow(bench.store, ("procore", seed), Seeder(records, world).run)

    def reseed() -> None:
        records.clear()
        rates.clear()
        live.reset()
        sandbox.drift.clear()
        sender.script = Script()
        begin()

    if records.is_empty():
        begin()
    return build_app(
        bench,
        [*_oauth(tokens, sign_in), segment_route(records), *routes(sandbox, table(RESOURCES, OTHERS))],
        name="procore",
        reset=reseed,
        control=control_routes(bench.store, controls),
        lifespan=lambda _app: sender.running(),
        middleware=[
            Middleware(Gate, tokens=tokens, rates=rates, access=access, clock=bench.clock, live=live)
        ],
    )


def main(port: int, store: Path | None = None, seed: int = 7) -> None:
    """Serve until told to stop."""
    client = next(iter(CLIENTS.values()))
    sign_in = (
        f"client id {client.id}, client secret {client.secret}, company {build(seed).company.procore_id}"
    )
    serve(create_app(store, seed), name="procore", port=port, store=store, sign_in=sign_in)


def _oauth(tokens: Tokens, sign_in: SignIn) -> list[Route]:
    endpoints = TokenEndpoints(tokens)
    return [
        Route("/oauth/authorize", sign_in.authorize, methods=["GET"]),
        Route("/oauth/token", endpoints.grant, methods=["POST"]),
        Route("/oauth/token/info", endpoints.info, methods=["GET"]),
        Route("/oauth/revoke", endpoints.revoke, methods=["POST"]),
    ]
