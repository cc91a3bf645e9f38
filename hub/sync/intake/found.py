"""What a page comes to, once it is judged: how many records, links and lines are what. What is not there is not written."""

from dataclasses import dataclass

_FOUND_ALONE = """
    select count(*) filter (where is_new) as created, count(*) filter (where changed) as updated,
        count(*) filter (where not is_new and not changed) as unchanged,
        count(absorbs) as absorbs, (select count(p.issue) from pick p) as issues,
        count(*) filter (where links and (is_new or changed)) as links,
        count(*) filter (where is_new and origin_id is not null) as of_others
    from fate"""
_FOUND = f"""
    select f.*, l.* from ({_FOUND_ALONE}) f cross join (
        select count(*) filter (where act = 'DELETE') as lines_gone, count(*) filter (where act = 'UPDATE') as lines_changed,
            count(*) filter (where act = 'INSERT') as lines_new
        from line_fate) l"""


@dataclass(frozen=True)
class Found:
    """Of one page. `links` will move to LINKED; `of_others` the project tool was read to know before."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    absorbs: int = 0
    issues: int = 0
    links: int = 0
    of_others: int = 0
    lines_gone: int = 0
    lines_changed: int = 0
    lines_new: int = 0


def counted(*, with_lines: bool) -> str:
    """SQL for it; takes nothing."""
    return _FOUND if with_lines else _FOUND_ALONE
