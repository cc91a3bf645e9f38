"""Controls of the company: who lets the application in, how the company is set up, and what shifts."""

from typing import Any

from hub.sandboxes.procore.call import Sandbox
from hub.sandboxes.procore.controls.cast import describe
from hub.sandboxes.procore.controls.routing import Body, Control, whole
from hub.sandboxes.procore.problem import not_found
from hub.sandboxes.procore.records import Record
from hub.sandboxes.procore.resources import KNOWN
from hub.sandboxes.procore.signin import OUT_OF_BAND, SignIn
from hub.sandboxes.world import World


def company_controls(sandbox: Sandbox, world: World, sign_in: SignIn) -> list[Control]:
    controls = _Company(sandbox, sign_in)
    return [
        Control("GET", "/__control/world", "the cast and the seeded ids", lambda _body: describe(world)),
        Control(
            "POST",
            "/__control/access",
            "{connected, permitted_projects}: what the app reaches",
            controls.access,
        ),
        Control("GET", "/__control/settings", "the settings in force", lambda _body: sandbox.live.shown()),
        Control("POST", "/__control/settings", "change some of them: {name: value, ...}", controls.settings),
        Control(
            "POST",
            "/__control/drift",
            "{path, action: insert|delete, after_page, count}: rows shift between two pages of a list",
            sandbox.drift.add,
            201,
        ),
        Control(
            "POST",
            "/__control/oauth/code",
            "{client_id, redirect_uri, login_hint}: a code, as if that person had pressed Allow",
            controls.code,
            201,
        ),
        Control(
            "POST",
            "/__control/objects/change",
            "{kind, id, changes}: somebody edits an object in Procore, past every lock",
            controls.change,
        ),
        Control(
            "POST",
            "/__control/objects/delete",
            "{kind, id}: somebody deletes an object in Procore, past every lock",
            controls.delete,
        ),
    ]


class _Company:
    def __init__(self, sandbox: Sandbox, sign_in: SignIn) -> None:
        self._sandbox = sandbox
        self._sign_in = sign_in

    def access(self, body: Body) -> Any:
        connected, projects = body.get("connected", True), body.get("permitted_projects")
        if not isinstance(connected, bool) or not (projects is None or _are_ids(projects)):
            raise ValueError("connected must be true or false, permitted_projects a list of ids or null")
        self._sandbox.access.set(connected=connected, projects=projects)
        return {"connected": connected, "permitted_projects": projects}

    def settings(self, body: Body) -> Any:
        return self._sandbox.live.change(body)

    def code(self, body: Body) -> Any:
        asked = {"redirect_uri": OUT_OF_BAND} | {name: str(value) for name, value in body.items()}
        return {"code": self._sign_in.allow(asked)}

    def change(self, body: Body) -> Record:
        kind, record = self._found(body)
        changes = body.get("changes")
        if not isinstance(changes, dict):
            raise ValueError("changes must be an object")
        return self._sandbox.records.save(kind, record | changes | {"id": record["id"]})

    def delete(self, body: Body) -> Record:
        kind, record = self._found(body)
        self._sandbox.records.remove(
            kind, record["id"], self._sandbox.records.scope_of(kind, record["id"]) or 0
        )
        return {"deleted": record["id"]}

    def _found(self, body: Body) -> tuple[str, Record]:
        kind = str(body.get("kind"))
        if kind not in KNOWN:
            raise ValueError(f"kind must be one of {', '.join(sorted(KNOWN))}")
        record = self._sandbox.records.get(kind, whole(body, "id"))
        if record is None:
            raise not_found()
        return kind, record


def _are_ids(value: Any) -> bool:
    return isinstance(value, list) and all(type(found) is int for found in value)
