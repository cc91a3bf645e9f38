"""Which companies of the directory may be the same as one that only the ERP knows: those of equal name, case ignored."""

from sqlalchemy import FromClause, Select, select

from db.links import Link
from hub.core.link import LinkState
from hub.core.spec import table_of
from hub.objects.company import Company


def suggestions(company: FromClause) -> "Select[tuple[object]]":
    """Ids of directory companies that `company`, a row of its table, may be linked to; to be correlated with it.

    Only active companies that no ERP record stands for. None for a company that the directory knows itself."""
    link = table_of(Link)
    other = table_of(Company).alias("suggested")
    linked = (
        select(1)
        .where(
            link.c.account_id == other.c.account_id,
            link.c.object_id == other.c.id,
            link.c.state == LinkState.LINKED.value,
        )
        .correlate(other)
        .exists()
    )
    return (
        select(other.c.id)
        .where(
            other.c.account_id == company.c.account_id,
            other.c.match_name == company.c.match_name,
            company.c.origin_id.is_(None),
            other.c.origin_id.is_not(None),
            other.c.origin_deleted_at.is_(None),
            other.c.is_active,
            ~linked,
        )
        .order_by(other.c.id)
        .correlate(company)
    )
