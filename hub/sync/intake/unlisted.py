"""Remembering what a page holds and the hub does not list, and forgetting it once it is listed."""

from hub.core.spec import ErpObject
from hub.sync.intake.batch import Part


def statements(spec: ErpObject, part: Part, *, from_erp: bool) -> list[str]:
    """Takes $account, $connection, $type; from the tool $erp."""
    if not (spec.kept_in_erp or spec.enters_active):
        return []
    if from_erp:
        return [_remember(spec, part), _FORGET, _PARTNER_IN_TOOL]
    return [_remember(spec, part), _FORGET, _PARTNER_IN_ERP] if spec.kept_in_erp else [_PARTNER_IN_ERP]


_FORGET = """delete from unlisted u using fate f
    where u.account_id = $account and u.connection_id = $connection and u.object_type = $type and u.external_id = f.their_id"""
_PARTNER_IN_ERP = """delete from unlisted u using fate f
    where f.links and u.account_id = $account and u.connection_id = $erp and u.object_type = $type and u.external_id = f.claim"""
_PARTNER_IN_TOOL = """delete from unlisted u using fate f
    where f.links and u.account_id = $account and u.connection_id <> $connection and u.object_type = $type
        and u.external_id = f.origin_id"""


def _remember(spec: ErpObject, part: Part) -> str:
    pairs = ", ".join(f"'{c.name}', s.{c.name}{'::text' if c.digits else ''}" for c in part.columns)
    return f"""insert into unlisted as u
        (account_id, connection_id, object_type, external_id, external_code, claim, natural_key, snapshot)
    select $account, $connection, $type, s.their_id, s.their_code, s.their_claim, s.{spec.natural_key}, jsonb_build_object({pairs})
    from stage s join pick p on p.n = s.n
    where not p.enters and p.issue is null
    on conflict (account_id, connection_id, object_type, external_id) do update set
        external_code = excluded.external_code, claim = excluded.claim, natural_key = excluded.natural_key,
        snapshot = excluded.snapshot, seen_at = hub_now()
    where (u.external_code, u.claim, u.natural_key, u.snapshot) is distinct from
        (excluded.external_code, excluded.claim, excluded.natural_key, excluded.snapshot)"""
