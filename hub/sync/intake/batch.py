"""One page of records on its way in: what fits, in the form of the stages, and what does not, as issues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.codes import ErrorCode
from hub.core.spec import ErpObject, LineSpec
from hub.erp.connector import Incoming
from hub.sync.intake import fitting
from hub.sync.intake.columns import Column, columns_of
from hub.sync.intake.fitting import Misfit
from hub.sync.intake.issues import Issue
from hub.sync.intake.staging import MARKS, Names, Row, staged

_ORIGIN_LENGTH, _EXTERNAL_LENGTH = 64, 200
# What is told of a record that goes in all the same.
WARNINGS = frozenset({ErrorCode.UNKNOWN_JOB_STATUS})
_HEAD = ("external_id", "external_code", "origin_id", "updated_at")
_LINE = ("external_id",)


@dataclass(frozen=True)
class Part:
    """Which columns a page fills, and which references it names: what no record of it carries stays as it is."""

    columns: tuple[Column, ...]
    references: Mapping[str, str]  # column -> key of the object it names
    of_lines: bool = False

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
            of_lines=isinstance(spec, LineSpec),
        )

    @property
    def stage(self) -> Names:
        marks = MARKS[:1] if self.of_lines else MARKS
        return staged(marks, self.columns, tuple(self.references))

    def rows(self, placed: Iterable[tuple[int, Incoming]]) -> list[Row]:
        """As the stage has them, with the number of the record that answers for each."""
        names, keys = [column.name for column in self.columns], tuple(self.references.values())
        if self.of_lines:
            return [(n, r.external_id, *map(r.values.get, names), *map(r.refs.get, keys)) for n, r in placed]
        return [
            (
                *(n, r.external_id, r.external_code, r.linked_to, r.updated_at),
                *map(r.values.get, names),
                *map(r.refs.get, keys),
            )
            for n, r in placed
        ]

    def fit(self, rows: Sequence[Row], key_length: int) -> tuple[list[Row], list[Misfit]]:
        known = _LINE if self.of_lines else _HEAD
        return fitting.shape(known, self.columns, len(self.references), key_length).fit(rows)

    def place_of(self, column: str) -> int | None:
        """Where in a row of records a column stands."""
        names = [each.name for each in self.columns]
        return 1 + len(_HEAD) + names.index(column) if column in names else None


@dataclass
class Batch:
    """Rows begin with the number of their record, lines with that of the record they belong to. `unfit` are the ids of
    what stays out."""

    read: int
    head: Part
    rows: list[Row] = field(default_factory=list)
    lines: Part | None = None
    line_rows: list[Row] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    unfit: set[str] = field(default_factory=set)


def prepare(spec: ErpObject, records: Sequence[Incoming], *, from_erp: bool) -> Batch:
    """Of two records with one id the later wins: pages may overlap."""
    latest = _once(records)
    lines = spec.lines if spec.lines is not None and spec.lines.resource is None else None
    every_line = [line for record in latest for line in record.lines] if lines else []
    batch = Batch(read=len(records), head=Part.of(spec, latest))
    _refuse_problems(batch, latest, with_lines=lines is not None)
    rows = _fit(
        batch, latest, batch.head, enumerate(latest), _EXTERNAL_LENGTH if from_erp else _ORIGIN_LENGTH
    )
    if lines is not None:
        batch.lines = Part.of(lines, every_line)
        owned = ((n, line) for n, record in enumerate(latest) for line in _once(record.lines))
        batch.line_rows = _fit(batch, latest, batch.lines, owned, _line_length(lines), "lines.")
    _refuse_twins(batch, spec, latest, rows)
    batch.rows = _of_the_fit(batch, latest, rows)
    batch.line_rows = _of_the_fit(batch, latest, batch.line_rows)
    return batch


def _line_length(lines: LineSpec) -> int:
    """A line has the id of the side it was read from; the ERP's may be longer."""
    column = lines.table.columns.get("origin_id")
    return getattr(column.type, "length", None) or _ORIGIN_LENGTH if column is not None else _ORIGIN_LENGTH


def prepare_rows(part: Part, records: Sequence[Incoming]) -> Batch:
    """A page of rows that are no objects of their own: members, and what they may do."""
    latest = _once(records)
    batch = Batch(read=len(records), head=part)
    _refuse_problems(batch, latest, with_lines=False)
    batch.rows = _of_the_fit(batch, latest, _fit(batch, latest, part, enumerate(latest), _ORIGIN_LENGTH))
    return batch


def _once(records: Sequence[Incoming]) -> Sequence[Incoming]:
    return list({record.external_id: record for record in records}.values()) if len(records) > 1 else records


def _refuse_problems(batch: Batch, records: Sequence[Incoming], *, with_lines: bool) -> None:
    for record in records:
        if not record.problems and not (with_lines and any(line.problems for line in record.lines)):
            continue
        problems = fitting.issues_of(record.problems, record.external_id)
        for line in record.lines if with_lines else ():
            problems += fitting.issues_of(line.problems, record.external_id, "lines.")
        batch.issues += problems
        if any(issue.code not in WARNINGS for issue in problems):
            batch.unfit.add(record.external_id)


def _fit(
    batch: Batch,
    owners: Sequence[Incoming],
    part: Part,
    placed: Iterable[tuple[int, Incoming]],
    length: int,
    prefix: str = "",
) -> list[Row]:
    """A bad line makes its whole record unfit. Of what is unfit already nothing more is said."""
    rows, misfits = part.fit(_of_the_fit(batch, owners, part.rows(placed)), length)
    for misfit in misfits:
        external_id = owners[misfit.place].external_id
        batch.issues.append(fitting.issue_of(misfit, external_id, prefix))
        batch.unfit.add(external_id)
    return rows


def _of_the_fit(batch: Batch, owners: Sequence[Incoming], rows: list[Row]) -> list[Row]:
    if not batch.unfit:
        return rows
    return [row for row in rows if owners[row[0]].external_id not in batch.unfit]


def _refuse_twins(batch: Batch, spec: ErpObject, owners: Sequence[Incoming], rows: Sequence[Row]) -> None:
    """Of two records on one page that claim the same record of the ERP, or are the same code of a list that
    knows each code once, the first is taken."""
    claim = 1 + _HEAD.index("origin_id")
    name = batch.head.place_of(spec.natural_key) if spec.kept_in_erp else None
    taken: set[tuple[str, str]] = set()
    for row in rows:
        own = {("claim", row[claim])} if row[claim] is not None else set()
        if name is not None and row[name] is not None:
            own.add(("name", row[name]))
        if own & taken:
            external_id = owners[row[0]].external_id
            batch.unfit.add(external_id)
            batch.issues += [_twin(external_id, key) for _, key in sorted(own & taken)]
        taken |= own


def _twin(external_id: str, key: str) -> Issue:
    return Issue(
        external_id, ErrorCode.ERP_ID_TAKEN, f"Another record stands for {key} already.", "external_id", key
    )
