"""Which of our items each staged record is: SQL that fills the temporary table `pick`, one row per record.

The project tool's records are known by their origin id, the ERP's by the external id of their link. A record of
the tool may claim to be a record of the ERP (`stage.claim`). Columns of `pick`:

    known     the item it is, null for a new one
    absorbs   another item, known in the ERP only, that turns out to be the same; it goes up in `known`
    links     the link moves to LINKED
    relinks   the claim kept on the link changes
    claim     the ERP's id that the link shall carry; with external_code and snapshot where the hub has them
    origin    the project tool's id of an ERP record that the tool was read to know before
    enters    whether it becomes, or is, an item of ours
    issue     code of what stands in the way of its claim, or of its entering

A claim is not taken up while a job of the item is under way: it may be the one that takes the claim back."""

from hub.codes import ErrorCode
from hub.core.link import LinkState as S
from hub.core.spec import ErpObject

_OPEN = f"('{S.NOT_SENT}', '{S.UNLINKED}')"  # states in which a claim may be taken up


def pick(spec: ErpObject, *, from_erp: bool) -> str:
    """Takes $account, $erp, $type; from the ERP also $connection, from the tool $erp_read and $tool_makes."""
    if from_erp:
        return _from_erp(spec)
    return _claimed(spec) if spec.comes_in else _exported(spec)


def _exported(spec: ErpObject) -> str:
    """An item that the hub sends: its link is the hub's own doing, so a claim that disagrees is told, not followed."""
    return f"""
select s.n, own.id as known, null::uuid as absorbs, false as links, false as relinks, null::text as claim,
    null::text as external_code, null::jsonb as snapshot, null::text as origin, true as enters,
    case when s.their_claim is distinct from k.external_id and s.their_claim is not null
        and coalesce(k.state, '') not in ('{S.EXPORTING}', '{S.IN_DOUBT}')
        then '{ErrorCode.UNRESOLVED_REFERENCE}' end as issue
from stage s
left join {spec.table.name} own on own.account_id = $account and own.origin_id = s.their_id
left join link k on k.account_id = $account and k.connection_id = $erp and k.object_id = own.id"""


def _claimed(spec: ErpObject) -> str:
    table = spec.table.name
    return f"""
select n, coalesce(own_id, held_id, named_id) as known,
    case when own_id is not null then held_id end as absorbs,
    held_id is not null or u_id is not null or named_external is not null as links,
    own_id is not null and open and not taken and claim is distinct from own_external as relinks,
    case when taken or not open then own_external else coalesce(claim, named_external) end as claim,
    coalesce(held_code, u_code, named_code) as external_code,
    coalesce(held_snapshot, u_snapshot, named_snapshot, case when own_state = '{S.LINKED}' then own_snapshot end) as snapshot,
    null::text as origin,
    {_tool_enters(spec)} as enters,
    case
        when {_twin(spec)} then '{ErrorCode.ERP_ID_TAKEN}'
        when taken then '{ErrorCode.ERP_ID_TAKEN}'
        when own_state = '{S.LINKED}' and claim <> own_external then '{ErrorCode.ALREADY_LINKED}'
        when open and $erp_read and claim is not null and h_id is null and u_id is null then '{ErrorCode.UNRESOLVED_REFERENCE}'
    end as issue
from (
    select s.n, s.their_claim as claim, own.id as own_id, ok.external_id as own_external, ok.state as own_state, ok.snapshot as own_snapshot,
        o.open, h.object_id as h_id, held.id as held_id, h.external_code as held_code, h.snapshot as held_snapshot,
        h.object_id is not null and held.id is null and h.object_id is distinct from own.id as taken,
        u.external_id as u_id, u.external_code as u_code, u.snapshot as u_snapshot, {_named_columns(spec)}
    from stage s
    left join {table} own on own.account_id = $account and own.origin_id = s.their_id
    left join link ok on ok.account_id = $account and ok.connection_id = $erp and ok.object_id = own.id
    cross join lateral (
        select coalesce(ok.state in {_OPEN}, true) and not exists (
            select from job j where j.account_id = $account and j.object_id = own.id and j.state in ('QUEUED', 'RUNNING')
        ) as open) o
    left join link h on h.account_id = $account and h.connection_id = $erp and h.object_type = $type
        and h.external_id = s.their_claim and o.open
    left join {table} held on held.account_id = $account and held.id = h.object_id and held.origin_id is null
    left join unlisted u on u.account_id = $account and u.connection_id = $erp and u.object_type = $type
        and u.external_id = s.their_claim and o.open and h.object_id is null
    {_named_joins(spec)}
) found"""


def _tool_enters(spec: ErpObject) -> str:
    """A list that is the ERP's takes in what says that it comes from there, and nothing else unless the ERP says so."""
    if not spec.kept_in_erp:
        return "true"
    return "coalesce(own_id, held_id, named_id) is not null or (claim is not null or $tool_makes) and twin_id is null"


def _twin(spec: ErpObject) -> str:
    return (
        "coalesce(own_id, held_id, named_id) is null and twin_id is not null" if spec.kept_in_erp else "false"
    )


def _named_columns(spec: ErpObject) -> str:
    if not spec.kept_in_erp:
        return "null::uuid as named_id, null::text as named_external, null::text as named_code, null::jsonb as named_snapshot"
    return """named.id as named_id, nk.external_id as named_external, nk.external_code as named_code,
        nk.snapshot as named_snapshot, twin.id as twin_id"""


def _named_joins(spec: ErpObject) -> str:
    """The ERP's record of the same code, where the tool's says nothing of its origin."""
    if not spec.kept_in_erp:
        return ""
    table, key = spec.table.name, spec.natural_key
    return f"""left join {table} named on named.account_id = $account and named.{key} = s.{key} and named.origin_id is null
        and own.id is null and held.id is null and s.their_claim is null
    left join link nk on nk.account_id = $account and nk.connection_id = $erp and nk.object_id = named.id
    left join {table} twin on twin.account_id = $account and twin.{key} = s.{key}"""


def _from_erp(spec: ErpObject) -> str:
    """Each record seeks its own by a key: joined at large, all links would be read for each page."""
    table = spec.table.name
    return f"""
select s.n, t.id as known, null::uuid as absorbs,
    t.origin_id is not null and coalesce(k.state, tk.state, '{S.NOT_SENT}') in {_OPEN} or u.external_id is not null as links,
    false as relinks, s.their_id as claim, s.their_code as external_code, null::jsonb as snapshot, u.external_id as origin,
    {_erp_enters(spec)} as enters,
    case when {_held_otherwise(spec)} then '{ErrorCode.ERP_ID_TAKEN}' end as issue
from stage s
left join lateral (select k.* from link k where k.account_id = $account and k.connection_id = $connection
    and k.object_type = $type and k.external_id = s.their_id offset 0) k on true
{_erp_named_join(spec)}
left join lateral (select t.* from {table} t where t.account_id = $account
    and t.id = {"coalesce(k.object_id, named.id)" if spec.kept_in_erp else "k.object_id"} offset 0) t on true
left join lateral (select tk.* from link tk where tk.account_id = $account and tk.connection_id = $connection
    and tk.object_id = t.id offset 0) tk on true
left join lateral ({_remembered(spec)}) u on true"""


def _erp_enters(spec: ErpObject) -> str:
    known = "t.id is not null"
    if spec.enters_active:
        return f"({known} or s.is_active is not false)"
    return f"not ({_held_otherwise(spec)})" if spec.kept_in_erp else "true"


def _held_otherwise(spec: ErpObject) -> str:
    """The code belongs to a record that stands for another id of this ERP."""
    return (
        "k.object_id is null and tk.external_id is distinct from s.their_id and tk.external_id is not null"
        if spec.kept_in_erp
        else "false"
    )


def _erp_named_join(spec: ErpObject) -> str:
    if not spec.kept_in_erp:
        return ""
    return f"""left join {spec.table.name} named on named.account_id = $account and named.{spec.natural_key} = s.{spec.natural_key}
    and k.object_id is null"""


def _remembered(spec: ErpObject) -> str:
    """What the project tool has of it, read before the ERP listed it."""
    if not spec.kept_in_erp:
        return "select null::text as external_id"
    return f"""select u.external_id from unlisted u
    where t.origin_id is null and u.account_id = $account and u.object_type = $type and u.connection_id <> $connection
        and (u.claim = s.their_id or u.claim is null and u.natural_key = s.{spec.natural_key})
    order by u.claim is null, u.external_id limit 1"""
