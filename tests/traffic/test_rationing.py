"""Which limits a connection keeps: those its system declares, unless the account has set others."""

import pytest

from hub.connectors import capabilities
from hub.erp.rationing import rules
from hub.errors import Refused
from hub.http import BreakerRules, Rules, Window


def of(kind: str, **settings: object) -> Rules:
    return rules(capabilities(kind, {}).identity.rate_limits, settings)


def test_procore_has_an_hourly_limit_and_one_for_ten_seconds():
    assert of("procore").budget.windows == (Window(3600, 3600), Window(25, 10))


def test_mri_has_one_for_five_minutes():
    assert of("mri").budget.windows == (Window(1000, 300),)


def test_what_is_set_takes_the_place_of_what_is_declared():
    limits = [{"count": 600, "window_s": 3600}]

    assert of("procore", rate_limits=limits).budget.windows == (Window(600, 3600),)
    assert of("procore", rate_limits=[]).budget.windows == ()


def test_the_usual_numbers_and_the_way_to_change_one():
    usual, changed = of("mri"), of("mri", traffic={"reserve": 0.5, "alone": 0.1}, breaker={"refusals": 3})

    assert (usual.budget.reserve, usual.budget.limited_first, usual.budget.alone) == (0.3, 5.0, 0.25)
    assert usual.breaker == BreakerRules(ratio=0.5, calls=20, span=60.0, refusals=5, probe_every=30.0)
    assert (changed.budget.reserve, changed.budget.alone, changed.budget.slack) == (0.5, 0.1, 0.5)
    assert (changed.breaker.refusals, changed.breaker.calls) == (3, 20)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"rate_limits": [{"count": True, "window_s": 10}]}, "settings.rate_limits"),
        ({"rate_limits": [{"count": 5}]}, "settings.rate_limits"),
        ({"rate_limits": {"count": 5, "window_s": 1}}, "settings.rate_limits"),
        ({"traffic": {"windows": []}}, "settings.traffic"),
        ({"traffic": {"slack": "long"}}, "settings.traffic.slack"),
        ({"breaker": {"ratio": 1.5}}, "settings.breaker.ratio"),
        ({"breaker": {"span": 0}}, "settings.breaker.span"),
        ({"breaker": {"span": -1}}, "settings.breaker.span"),
    ],
)
def test_a_setting_that_means_nothing_is_named_with_its_place(settings: dict, field: str):
    with pytest.raises(Refused) as refused:
        of("mri", **settings)

    assert refused.value.field == field
