"""Documents of the ERP that had entered before the hub knew that it exported them itself: taken back out of the counting."""

from db.session import Connection
from hub.core.spec import ErpObject
from hub.objects import BY_KEY
from hub.sync.images import image
from hub.sync.intake.admission import CONFIRMED, words
from hub.sync.intake.merged import ACTION
from hub.sync.intake.named import execute
from hub.sync.intake.newids import new_id, seed
from hub.sync.intake.site import Site


async def withdraw(connection: Connection, site: Site, spec: ErpObject) -> None:
    """Each is kept, as a draft, with an event that names the invoice it is counted as."""
    values = {
        "account": site.account,
        "connection": site.connection,
        "type": spec.name,
        "run": site.run,
        "action": ACTION,
        **seed(),
    }
    for statement in _statements(spec):
        await execute(connection, statement, values)


def _statements(spec: ErpObject) -> list[str]:
    """Takes what had entered before the hub knew that it exported the document itself out of the counting: it is kept as a draft.

    Takes $account, $connection, $run, $action, $type, $moment and $seed."""
    rule = spec.admission
    if rule is None or rule.twin_of is None:
        return []
    twin, table = BY_KEY[rule.twin_of], spec.table.name
    return [
        f"""create temp table twin on commit drop as
        select t.id, row_number() over (order by t.id)::integer as place, k.object_id as invoice, t.invoice_number as number
        from {table} t
        join link own on own.account_id = $account and own.connection_id = $connection and own.object_id = t.id
        join link v on v.account_id = $account and v.connection_id = $connection and v.object_id = t.company_id
        join link k on k.account_id = $account and k.connection_id = $connection and k.object_type = '{twin.name}'
            and k.external_id = v.external_id || '/' || t.invoice_number and k.state in {words(CONFIRMED)}
        where t.account_id = $account and t.status <> 'DRAFT'""",
        f"select from {table} t where t.account_id = $account and t.id in (select w.id from twin w) order by t.id for update",
        f"""create temp table before on commit drop as
        select t.id, {image(spec)} as image from {table} t where t.account_id = $account and t.id in (select w.id from twin w)""",
        f"""update {table} t set status = 'DRAFT', version = t.version + 1, updated_at = hub_now()
        from twin w where t.account_id = $account and t.id = w.id""",
        """update link k set snapshot = jsonb_set(k.snapshot, '{status}', '"DRAFT"'), snapshot_at = hub_now(), updated_at = hub_now()
        from twin w where k.account_id = $account and k.connection_id = $connection and k.object_id = w.id and k.snapshot is not null""",
        f"""insert into event (account_id, id, action, object_type, object_id, run_id, cause, before, after)
        select $account, {new_id("twin", "w.place")}, $action, $type, t.id, $run,
            'Counted as invoice ' || w.number || ', which the hub exported: ' || w.invoice, b.image, {image(spec)}
        from twin w join before b on b.id = w.id join {table} t on t.account_id = $account and t.id = w.id""",
        "drop table twin, before",
    ]
