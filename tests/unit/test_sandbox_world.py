"""The fictional contractor keeps what tests and demonstrations count on."""

from collections import Counter

import pytest

from hub.sandboxes.world import Access, Rule, World, build


@pytest.fixture(scope="module")
def world() -> World:
    return build()


def test_the_same_seed_builds_the_same_world(world: World) -> None:
    assert build(7) == world
    assert build(8).commitments != world.commitments


def test_vendors_stand_in_every_state_of_linking(world: World) -> None:
    states = Counter(
        (vendor.in_erp, vendor.procore_id is not None, vendor.linked) for vendor in world.vendors
    )

    assert states == {
        (True, True, True): 110,
        (True, True, False): 30,
        (True, False, False): 30,
        (False, True, False): 30,
    }


def test_vendor_codes_are_short_and_unique(world: World) -> None:
    codes = [vendor.code for vendor in world.vendors if vendor.code]

    assert len(set(codes)) == 170
    assert max(map(len, codes)) <= 12


def test_ten_vendors_are_inactive_in_the_erp_and_some_of_them_linked(world: World) -> None:
    inactive = [vendor for vendor in world.vendors if vendor.in_erp and not vendor.erp_active]

    assert len(inactive) == 10
    assert any(vendor.linked for vendor in inactive)


def test_names_hold_what_escaping_goes_wrong_on(world: World) -> None:
    names = [vendor.name for vendor in world.vendors]

    assert any("&" in name for name in names)
    assert any("<" in name for name in names)
    assert any(not name.isascii() for name in names)


def test_some_unlinked_vendors_differ_only_in_letter_case(world: World) -> None:
    differing = [vendor for vendor in world.vendors if vendor.in_erp and vendor.name != vendor.procore_name]

    assert len(differing) == 10
    assert all(vendor.name.casefold() == vendor.procore_name.casefold() for vendor in differing)


def test_jobs_and_their_charts(world: World) -> None:
    states = Counter((job.in_erp, job.procore_id is not None, job.linked) for job in world.jobs)

    assert states == {(True, True, True): 10, (True, False, False): 1, (False, True, False): 1}
    assert len(world.cost_codes) == 60
    assert all(len(job.chart) >= 45 for job in world.jobs if job.in_erp)


def test_every_rule_is_broken_by_at_least_three_commitments(world: World) -> None:
    assert all(len(world.breaking(rule)) >= 3 for rule in Rule)


def test_a_hundred_subcontracts_break_no_rule(world: World) -> None:
    kinds = Counter(commitment.kind for commitment in world.commitments)

    assert kinds == {"work_order_contract": 150, "purchase_order_contract": 6}
    assert len([one for one in world.sendable if one.kind == "work_order_contract"]) == 100


def test_a_commitment_says_truly_which_rules_it_breaks(world: World) -> None:
    vendors = {vendor.procore_id: vendor for vendor in world.vendors if vendor.procore_id}
    codes = {code.procore_id: code for code in world.project_codes}
    for commitment in world.commitments:
        vendor = vendors[commitment.vendor_id]
        lines = commitment.lines
        found = {
            Rule.TITLE_TOO_LONG: len(commitment.title) > 35,
            Rule.NUMBER_TOO_LONG: len(commitment.number) > 20,
            Rule.NO_START_DATE: commitment.start is None,
            Rule.VENDOR_NOT_LINKED: vendor.in_erp and not vendor.linked,
            Rule.VENDOR_ONLY_IN_PROCORE: not vendor.in_erp,
            Rule.STATUS_NOT_SENDABLE: commitment.status not in ("Approved", "Complete"),
            Rule.NO_LINES: not lines,
            Rule.ONLY_ZERO_LINES: bool(lines) and all(line.amount == 0 for line in lines),
            Rule.COST_CODE_NOT_IN_ERP: any(not codes[line.cost_code_id].linked for line in lines),
            Rule.LINE_WITHOUT_COST_TYPE: any(line.category is None for line in lines),
            Rule.PROJECT_NOT_LINKED: not world.job(commitment.job_code).linked,
        }
        assert {rule for rule, is_broken in found.items() if is_broken} == set(commitment.broken)


def test_lines_of_sound_commitments_fit_the_job_and_the_code(world: World) -> None:
    categories = {code.code: code.categories for code in world.cost_codes}
    for commitment in world.sendable:
        chart = world.job(commitment.job_code).chart
        assert all(line.code in chart and line.category in categories[line.code] for line in commitment.lines)


def test_the_sound_ones_show_the_borders_of_the_rules(world: World) -> None:
    by_trait = {trait: one for one in world.sendable for trait in one.traits}

    assert len(by_trait["title_of_35"].title) == 35
    assert not by_trait["title_of_35"].title.isascii()
    assert by_trait["complete"].status == "Complete"
    assert str(by_trait["retainage_10"].retainage) == "10.00"
    assert any(line.amount < 0 for line in by_trait["negative_line"].lines)


def test_the_cast_has_the_rights_its_parts_need(world: World) -> None:
    tools = {template.procore_id: template.tools for template in world.templates}
    approver, manager = world.person("accounting_approver"), world.person("project_manager")

    assert approver.can_push_to_accounting
    assert tools[approver.company_template_id]["erp_integrations"] is Access.STANDARD
    assert tools[manager.company_template_id]["erp_integrations"] is Access.NONE
    assert {tools[template]["commitments"] for template in manager.projects.values()} == {Access.ADMIN}
    assert not world.person("erp_administrator").can_push_to_accounting
    assert manager.procore_id > 2**53
    assert len(world.people) == 25


def test_ids_are_unique_within_their_kind(world: World) -> None:
    kinds = (world.commitments, world.project_codes, world.people, world.templates, world.cost_types)

    assert all(len({one.procore_id for one in kind}) == len(kind) for kind in kinds)
