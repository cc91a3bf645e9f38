"""Every connector passes its share of the suite, and the suite finds the faults that are planted.

The share is all that reads, and each write one step less deep than the command tries it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from hub.connectors import capabilities
from tests.conformance.case import Run, runs_of
from tests.conformance.cases import CASES
from tests.conformance.planted import PLANTED, Planted, finds
from tests.conformance.running import Place, Verdict, sandbox_of, tried
from tests.conformance.subject import Subject
from tests.conformance.subjects import SUBJECTS

FEWEST = 60
SHARE = [
    pytest.param(subject, run, id=f"{subject.name}: {run.id}")
    for subject in SUBJECTS.values()
    for run in runs_of(subject.shallower, (*CASES, *subject.cases))
    if run.idle is None
]


@pytest.fixture(scope="module")
async def places() -> AsyncIterator[dict[str, Place]]:
    """A sandbox of each connector, all at once."""
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(sandbox_of(one)) for name, one in SUBJECTS.items()}


@pytest.mark.parametrize(("subject", "run"), SHARE)
async def test_a_connector_passes(places: dict[str, Place], subject: Subject, run: Run):
    result = await tried(subject, places[subject.name], run)

    assert result.verdict is Verdict.PASSED, f"{run.case.proves}: {result.words}"


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_enough_cases_apply(subject: Subject):
    applying = {run.case.id for run in runs_of(subject, CASES) if run.idle is None}

    assert len(applying) >= FEWEST


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_every_operation_of_a_connector_is_tried(subject: Subject):
    can = capabilities(subject.connector, subject.settings)

    assert {write.operation for write in subject.writes} | subject.changed == set(can.write_classes)


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_each_case_has_an_id_and_a_sentence_of_its_own(subject: Subject):
    cases = (*CASES, *subject.cases)

    assert len({case.id for case in cases}) == len({case.proves for case in cases}) == len(cases)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: one.name)
async def test_a_planted_fault_is_found(places: dict[str, Place], planted: Planted):
    runs = runs_of(planted.subject, (*CASES, *planted.subject.cases))
    (run,) = [run for run in runs if run.id == planted.by]

    assert await finds(planted, places[planted.subject.name], run)
