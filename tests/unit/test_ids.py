"""Ids sort by birth and travel as tagged text."""

import uuid
from datetime import UTC, datetime

from db.clock import Sources, new_id
from hub.core.ids import global_id, parse_id


def test_ids_of_one_process_sort_by_birth_even_within_a_millisecond():
    made = [new_id() for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {known.version for known in made} == {7}


def test_a_clock_that_goes_back_does_not_turn_the_order_around(monkeypatch):
    class Back:
        def now(self):
            return datetime(2020, 1, 1, tzinfo=UTC)

        def monotonic(self):
            return 0.0

    first = new_id()
    monkeypatch.setattr(Sources, "clock", Back())

    assert new_id() > first


def test_a_global_id_is_read_back_and_nothing_else_is():
    id_ = uuid.UUID("01a20793-afc1-795f-ae6c-325cfea94e78")

    assert global_id("com", id_) == "com_01a20793-afc1-795f-ae6c-325cfea94e78"
    assert parse_id("com_01a20793-afc1-795f-ae6c-325cfea94e78") == ("com", id_)
    assert parse_id("COM_01a20793-afc1-795f-ae6c-325cfea94e78") is None
    assert parse_id("com_01a20793afc1795fae6c325cfea94e78") is None
    assert parse_id("com_01a20793-afc1-795f-ae6c-325cfea94e78\n") is None
    assert parse_id("") is None
