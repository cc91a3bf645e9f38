"""The links of a page's items: made with the item, moved when both sides turn out to know it."""

from hub.core.link import LinkState as S
from hub.sync.intake.newids import new_id

_NOW = "(select hub_now())"  # told once, not for each row
_LINKED_NOW = "f.links and (f.is_new or f.changed)"
_INTO_LINK = """
    insert into link (account_id, id, connection_id, object_type, object_id, state, created_at, updated_at,
        external_id, external_code, snapshot, snapshot_at)"""

# An item that somebody had put aside, and that the project tool now says it is linked to, comes back first.
_RESTORE = f"""
    update link k set state = '{S.READY_TO_IMPORT}', updated_at = hub_now()
    from fate f where k.account_id = $account and k.connection_id = $erp and k.object_id = f.id
        and k.state = '{S.ARCHIVED}' and {_LINKED_NOW}"""

FROM_TOOL: tuple[str, ...] = (
    f"""insert into link (account_id, id, connection_id, object_type, object_id, state, created_at, updated_at)
    select $account, {new_id("link", "(f.n * cardinality($erps::uuid[]) + e.place::integer)")}, e.id, $type, f.id, '{S.NOT_SENT}', {_NOW}, {_NOW}
    from fate f cross join unnest($erps::uuid[]) with ordinality e(id, place)
    where f.is_new or f.changed and not exists (
        select from link k where k.account_id = $account and k.connection_id = e.id and k.object_id = f.id)""",
    f"""update link k set external_id = f.claim, updated_at = hub_now()
    from fate f where k.account_id = $account and k.connection_id = $erp and k.object_id = f.id
        and k.state in ('{S.NOT_SENT}', '{S.UNLINKED}') and not f.links and k.external_id is distinct from f.claim
        and (f.relinks or f.is_new)""",
)
FROM_TOOL_LINKED = (
    _RESTORE,
    f"""update link k set state = '{S.LINKED}', external_id = f.claim, external_code = f.external_code,
        snapshot = f.new_snapshot, snapshot_at = coalesce(k.snapshot_at, hub_now()), updated_at = hub_now()
    from fate f where k.account_id = $account and k.connection_id = $erp and k.object_id = f.id and {_LINKED_NOW}""",
)

# A state that is set is checked, row by row, even where it stays.
_READ = f"""external_id = f.their_id, external_code = f.their_code, snapshot = f.new_snapshot, updated_at = {_NOW},
        snapshot_at = case when k.snapshot is distinct from f.new_snapshot then {_NOW} else k.snapshot_at end"""
_ITS_LINK = "k.account_id = $account and k.connection_id = $connection and k.object_id = f.id"

FROM_ERP: tuple[str, ...] = (
    _INTO_LINK
    + f"""
    select $account, {new_id("link", "f.n")}, $connection, $type, f.id,
        case when f.links and not f.is_new then '{S.NOT_SENT}' else '{S.READY_TO_IMPORT}' end, {_NOW}, {_NOW},
        f.their_id, f.their_code, f.new_snapshot, {_NOW}
    from fate f
    where f.is_new or f.changed and not f.linked and not exists (
        select from link k where k.account_id = $account and k.connection_id = $connection and k.object_id = f.id)""",
    f"""update link k set {_READ}
    from fate f where {_ITS_LINK} and f.changed and f.link_changes and not f.links""",
)
# Of a record of the ERP that the project tool was read to know before.
OF_OTHERS = f"""
    insert into link (account_id, id, connection_id, object_type, object_id, state)
    select $account, {new_id("other", "(f.n * cardinality($erps::uuid[]) + e.place::integer)")}, e.id, $type, f.id, '{S.NOT_SENT}'
    from fate f cross join unnest($erps::uuid[]) with ordinality e(id, place)
    where f.is_new and f.origin_id is not null and e.id <> $connection"""
FROM_ERP_LINKED = (
    _RESTORE,
    f"""update link k set {_READ}, state = '{S.LINKED}'
    from fate f where {_ITS_LINK} and f.links and (f.changed and f.link_changes or f.is_new)""",
)
