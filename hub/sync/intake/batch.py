"""One page of records on its way in: what fits, in the form of the stages, and what does not, as issues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.codes import ErrorCode
from hub.core.spec import ErpObject, LineSpec
from hub.erp.connector import Incoming
from hub.sync.intake import fitting
from hub.sync.intake.columns import Column, columns_of
from hub.sync.intake.fitting import Values
from hub.sync.intake.issues import Issue
from hub.sync.intake.staging import Names, Row, staged

_ORIGIN_LENGTH, _EXTERNAL_LENGTH = 64, 200
# What is told of a record that goes in all the same.
WARNINGS = frozenset({ErrorCode.UNKNOWN_JOB_STATUS})
Fitted = tuple[Incoming, Values]


@dataclass(frozen=True)
class Part:
    """Which columns a page fills, and which references it names: what no record of it carries stays as it is."""

    columns: tuple[Column, ...]
    references: Mapping[str, str]  # column -> key of the object it names

    @classmethod
    def of(cls, spec: ErpObject | LineSpec, records: Sequence[Incoming]) -> "Part":
        known = columns_of(spec)
        named: set[str] = set().union(*(record.values for record in records))
        referred: set[str] = set().union(*(record.refs for record in records))
        return cls(
            columns=tuple(
                column
                for name, column in known.items()
                if name not in spec.references and (name in named or column.required)
            ),
            references={
                name: key for name, key in spec.references.items() if key in referred or known[name].required
            },
        )

    @property
    def stage(self) -> Names:
        return staged(self.columns, tuple(self.references))

    def row(self, place: int, record: Incoming, fitted: Values) -> Row:
        marks = (fitted["their_id"], fitted["their_code"], fitted["their_claim"], record.updated_at)
        values = (fitted[column.name] for column in self.columns)
        return (place, *marks, *values, *(record.refs.get(key) for key in self.references.values()))


@dataclass
class Batch:
    """`line_rows` carry the number of the record they belong to. `unfit` are the ids of what stays out."""

    read: int
    head: Part
    rows: list[Row]
    lines: Part | None
    line_rows: list[Row]
    issues: list[Issue] = field(default_factory=list)
    unfit: set[str] = field(default_factory=set)


def prepare(spec: ErpObject, records: Sequence[Incoming], *, from_erp: bool) -> Batch:
    """Of two records with one id the later wins: pages may overlap."""
    latest = list({record.external_id: record for record in records}.values())
    lines = spec.lines if spec.lines is not None and spec.lines.resource is None else None
    every_line = [line for record in latest for line in record.lines] if lines else []
    batch = Batch(
        read=len(records),
        head=Part.of(spec, latest),
        rows=[],
        lines=Part.of(lines, every_line) if lines else None,
        line_rows=[],
    )
    length = _EXTERNAL_LENGTH if from_erp else _ORIGIN_LENGTH
    _refuse_problems(batch, latest, with_lines=lines is not None)
    fitted = _fit(batch, [(record, record) for record in latest], batch.head, length)
    fitted_lines: list[Fitted] = []
    if batch.lines is not None:
        pairs = [(record, line) for record in latest for line in _once(record.lines)]
        fitted_lines = _fit(batch, pairs, batch.lines, _line_length(lines), "lines.")
    _refuse_twins(batch, spec, fitted)
    _number(batch, fitted, fitted_lines, {id(line): r for r in latest for line in r.lines})
    return batch


def _line_length(lines: LineSpec | None) -> int:
    """A line has the id of the side it was read from; the ERP's may be longer."""
    column = lines.table.columns.get("origin_id") if lines else None
    return getattr(column.type, "length", None) or _ORIGIN_LENGTH if column is not None else _ORIGIN_LENGTH


def prepare_rows(part: Part, records: Sequence[Incoming]) -> Batch:
    """A page of rows that are no objects of their own: members, and what they may do."""
    latest = list({record.external_id: record for record in records}.values())
    batch = Batch(read=len(records), head=part, rows=[], lines=None, line_rows=[])
    _refuse_problems(batch, latest, with_lines=False)
    fitted = _fit(batch, [(record, record) for record in latest], part, _ORIGIN_LENGTH)
    _number(batch, fitted, [], {})
    return batch


def _once(lines: Sequence[Incoming]) -> Iterable[Incoming]:
    return {line.external_id: line for line in lines}.values()


def _refuse_problems(batch: Batch, records: Sequence[Incoming], *, with_lines: bool) -> None:
    for record in records:
        problems = fitting.issues_of(record.problems, record.external_id)
        for line in record.lines if with_lines else ():
            problems += fitting.issues_of(line.problems, record.external_id, "lines.")
        batch.issues += problems
        if any(issue.code not in WARNINGS for issue in problems):
            batch.unfit.add(record.external_id)


def _fit(
    batch: Batch, pairs: Sequence[tuple[Incoming, Incoming]], part: Part, length: int, prefix: str = ""
) -> list[Fitted]:
    """Pairs of the record that answers for a row and the row. A bad line makes its whole record unfit."""
    pairs = [(owner, record) for owner, record in pairs if owner.external_id not in batch.unfit]
    rows = [_values(record, part.columns) for _, record in pairs]
    fitted, reasons = fitting.shape(part.columns, length).fit(rows)
    for reason in reasons:
        owner, _ = pairs[int(reason["loc"][0])]
        batch.issues.append(fitting.issue_of(reason, owner.external_id, prefix))
        batch.unfit.add(owner.external_id)
    return [(record, row) for (_, record), row in zip(pairs, fitted, strict=True) if row is not None]


def _values(record: Incoming, columns: Sequence[Column]) -> Values:
    found: Values = {column.name: record.values.get(column.name) for column in columns}
    return found | {
        "their_id": record.external_id,
        "their_code": record.external_code,
        "their_claim": record.linked_to,
    }


def _refuse_twins(batch: Batch, spec: ErpObject, fitted: Sequence[Fitted]) -> None:
    """Of two records on one page that claim the same record of the ERP, or are the same code of a list that
    knows each code once, the first is taken."""
    taken: set[tuple[str, str]] = set()
    for record, row in fitted:
        keys = {
            ("claim", row["their_claim"]),
            ("name", row.get(spec.natural_key) if spec.kept_in_erp else None),
        }
        own = {(kind, key) for kind, key in keys if key is not None}
        if own & taken:
            batch.unfit.add(record.external_id)
            batch.issues += [_twin(record.external_id, key) for _, key in sorted(own & taken)]
        taken |= own


def _twin(external_id: str, key: str) -> Issue:
    return Issue(
        external_id, ErrorCode.ERP_ID_TAKEN, f"Another record stands for {key} already.", "external_id", key
    )


def _number(
    batch: Batch, fitted: Sequence[Fitted], lines: Sequence[Fitted], owners: Mapping[int, Incoming]
) -> None:
    kept = [(record, row) for record, row in fitted if record.external_id not in batch.unfit]
    places = {record.external_id: place for place, (record, _) in enumerate(kept)}
    batch.rows = [batch.head.row(places[record.external_id], record, row) for record, row in kept]
    if batch.lines is None:
        return
    for line, row in lines:
        place = places.get(owners[id(line)].external_id)
        if place is not None:
            batch.line_rows.append(batch.lines.row(place, line, row))
