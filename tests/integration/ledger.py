"""An account between Procore and the reference ERP, both on real ports, with the people and codes of one project."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import desk as desks
from desk import Desk, Item, said
from plant import PROCORE, WORLD, Plant, System

from db.session import Row
from hub.actions import add, reject_all
from hub.core.link import LinkState
from hub.objects import BY_TAG, OBJECTS
from hub.sandboxes.world import Job
from hub.sync import payload
from hub.sync.facts import FACTS

CREDENTIALS = {"client_id": "reference-hub", "client_secret": "reference-secret"}
PEOPLE = {
    "grant_type": "client_credentials",
    "client_id": "people-sandbox",
    "client_secret": "people-sandbox-secret",
}
desks.TABLES.update({spec.tag: spec.table.name for spec in OBJECTS})
desks.TYPES.update({spec.tag: spec.name for spec in OBJECTS})
desks.BODIES.update({"rejectCostCodes": reject_all.reject_all, "importPrimeContracts": add.take_over})
# One person with every right, and an approver without a right in the project tool.
COMPANY = {"erp_level": 3, "directory_level": 3, "admin_level": 3, "can_push_to_accounting": True}
PROJECT = {"admin_level": 3, "prime_contracts_level": 3, "commitments_level": 3, "budget_level": 3}


class Ledger(Plant):
    """`mri` is the reference ERP here."""

    @classmethod
    async def begin(cls, desk: Desk, ledger: System, procore: System, **settings: Any) -> "Ledger":
        made = cls(desk, ledger, procore)
        tool = {
            "company_id": str(WORLD.company.procore_id),
            "standard_cost_code_list_id": str(WORLD.company.cost_code_list_id),
            "login_url": procore.url,
        }
        made.tool = await made.connect("Procore", "procore", procore.url, PROCORE, tool)
        await desk.change("update connection set kind = 'reference' where id = $1", desk.erp)
        await made.connect("MRI", "reference", ledger.url, CREDENTIALS, settings)
        await desk.change("delete from job where kind = 'poll_requests'")
        # The desk's own project is in neither system.
        await desk.change("update project set origin_deleted_at = hub_now()")
        async with desk.books() as books:
            desk.people["boss"] = await books.member(on={desk.job.id: PROJECT}, name="Boss", **COMPANY)
        return made

    # --- what the account knows --------------------------------------------------------------------------------------

    async def project(self, job: Job, state: LinkState = LinkState.LINKED) -> Item:
        """A project of the contractor with its codes as imports would have brought them, and the boss on it."""
        desk, linked = self.desk, {"external_id": job.code, "external_code": job.code, "snapshot": {}}
        known = linked if state is LinkState.LINKED else {}
        item = await desk.project(job.code, state, origin_id=str(job.procore_id), name=job.name, link=known)
        async with desk.books() as books:
            await books.insert("project_member", member_id=desk.people["boss"], project_id=item.id, **PROJECT)
            for code in [one for one in WORLD.project_codes if one.project_id == job.procore_id][:8]:
                for category in code.categories:
                    await self._coded(books, item.id, code, category)
        return item

    async def _coded(self, books: Any, project: UUID, code: Any, category: str) -> None:
        await self._pair(books, project, code.code, category)
        kind = next(one for one in WORLD.cost_types if one.category == category)
        await books.connection.execute(
            "update cost_type set origin_id = $2 where id = $1",
            self.desk.types[category],
            str(kind.procore_id),
        )
        await books.connection.execute(
            "update project_cost_code set origin_id = $3 where project_id = $1 and cost_code_id = $2",
            *(project, self.desk.codes[code.code], str(code.procore_id)),
        )

    async def read(self, *keys: str, erp: bool = False) -> None:
        """The lists of one side, as an administrator asks for them."""
        system = self.desk.erp if erp else self.tool
        extra = {"system_id": f"sys_{system}", "resources": list(keys)}
        outcome = await self.desk.ask("boss", "importRecords", extra=extra)
        assert said(outcome) == []
        job = await self.step("import")
        assert job["state"] == "DONE", job["error_message"]

    async def item(self, tag: str, **values: str) -> Item:
        """The one record of these values."""
        where = " and ".join(f"{name} = ${place}" for place, name in enumerate(values, 1))
        row = await self.desk.one(f"select id from {desks.TABLES[tag]} where {where}", *values.values())
        return Item(tag, row["id"])

    async def issues(self, *codes: str) -> list[tuple[str, str]]:
        rows = await self.desk.rows("select external_id, code from sync_issue order by id")
        return [tuple(row) for row in rows if not codes or row["code"] in codes]

    # --- sending -----------------------------------------------------------------------------------------------------

    async def digest(self, item: Item, entries: Mapping[str, Any]) -> str:
        """What a preview would show with these entries."""
        spec = BY_TAG[item.tag]
        row = await self.desk.one(
            "select kind, base_url, settings from connection where id = $1", self.desk.erp
        )
        text = FACTS[spec.key].format(t="t")
        facts = await self.desk.value(f'select {text} from "{spec.table.name}" t where t.id = $1', item.id)
        settings = json.loads(row["settings"])
        made = payload.compute(
            row["kind"], row["base_url"], settings, spec.key, json.loads(facts), dict(entries)
        )
        return made.digest

    async def accept(self, item: Item, **entries: str) -> list[str]:
        """The codes of what stands against accepting it with these entries."""
        digest = await self.digest(item, entries)
        return said(await self.desk.ask("boss", "acceptItems", item, digest=digest, entries=entries))

    async def exported(self, item: Item, **entries: str) -> Row:
        """Sent, accepted, written and told to Procore; its link then."""
        assert said(await self.desk.send("boss", item)) == []
        assert await self.accept(item, **entries) == []
        job = await self.step("export")
        assert job["state"] == "DONE", job["error_message"]
        marked = await self.step("mark_origin")
        assert marked["state"] == "DONE", marked["error_message"]
        return await self.desk.link(item)

    # --- both sides as people see them -------------------------------------------------------------------------------

    async def kept(self, collection: str, **fields: Any) -> list[dict[str, Any]]:
        """Documents of the ledger."""
        found = (await self.mri.control.get(f"/__control/documents/{collection}")).raise_for_status().json()
        return [
            row for row in found["documents"] if all(row[name] == value for name, value in fields.items())
        ]

    async def enter(self, collection: str, **row: Any) -> None:
        """An accountant writes a document, past the interface."""
        answer = await self.mri.control.post(f"/__control/documents/{collection}", json=row)
        answer.raise_for_status()

    async def act(self, collection: str, action: str, **where: Any) -> None:
        path = f"/__control/documents/{collection}/{action}"
        (await self.mri.control.post(path, json={"where": where, "force": True})).raise_for_status()

    async def in_tool(self, path: str, **query: Any) -> Any:
        """What a person sees in Procore."""
        return await self._person("GET", path, None, query)

    async def say_in_tool(self, method: str, path: str, body: Any, **query: Any) -> Any:
        """A person changes something in Procore."""
        return await self._person(method, path, body, query)

    async def _person(self, method: str, path: str, body: Any, query: Mapping[str, Any]) -> Any:
        token = (await self.procore.control.post("/oauth/token", data=PEOPLE)).json()["access_token"]
        headers = {
            "Authorization": f"Bearer {token}",
            "Procore-Company-Id": str(WORLD.company.procore_id),
        }
        answer = await self.procore.control.request(method, path, json=body, params=query, headers=headers)
        return answer.raise_for_status().json()

    async def flag(self, name: str, value: Any) -> None:
        """Another ERP: one of its flags is different."""
        await self.desk.change(
            "update connection set capabilities = jsonb_set(capabilities, array['behaviour', $2::text], $3::jsonb) where id = $1",
            *(self.desk.erp, name, json.dumps(value)),
        )

    async def posts(self) -> int:
        """How many writes reached the ledger."""
        return len(await self.mri.requests(method="POST", path="/v1/"))


def job(code: str) -> Job:
    return WORLD.job(code)
