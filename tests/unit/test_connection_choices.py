"""Settings that mean nothing are refused with their name, so that no rule meets them."""

import pytest

from hub.errors import Refused
from hub.sync.choices import check_choices

SOUND = {
    "suggestion_likeness": 0.4,
    "default_project_template": "Ground-up building",
    "copy_template_codes": False,
    "project_limit": 40,
    "project_limit_words": "no more projects",
    "go_live_on": "2026-01-31",
    "direct_export": "with_workflow",
    "code_format_approved": False,
}


def test_settings_that_mean_something_pass_and_null_takes_one_back():
    check_choices(SOUND)
    check_choices(dict.fromkeys(SOUND))
    check_choices({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("suggestion_likeness", 0), ("suggestion_likeness", 1.5), ("suggestion_likeness", "high"), ("suggestion_likeness", True),
        ("default_project_template", 7), ("default_project_template", " "), ("copy_template_codes", "yes"),
        ("project_limit", -1), ("project_limit", 2.5), ("project_limit", True), ("project_limit_words", ""),
        ("go_live_on", "January"), ("go_live_on", "20260131"), ("go_live_on", 2026),
        ("direct_export", "sometimes"), ("direct_export", True), ("direct_export", []), ("code_format_approved", "no"),
    ],
)  # fmt: skip
def test_a_setting_that_means_nothing_is_refused_with_its_name(name: str, value: object):
    with pytest.raises(Refused) as caught:
        check_choices({name: value})

    assert (caught.value.code, caught.value.field) == ("INVALID_VALUE", f"settings.{name}")
