"""A drafted migration takes the number after the last one."""

from db.migrate import following


def test_a_number_that_was_left_out_is_not_taken_later():
    assert following(["0001_initial.py", "0010_orders.py", "0012_companies.py"]) == "0013"


def test_the_first_migration_is_number_one():
    assert following([]) == "0001"
