"""Documents that are awkward to compile give the answer that graphql-core gives, to the order of keys."""

import pytest
from calling import BothWays, Caller

AWKWARD = {
    "aliases of one field": "{ a: viewer { n: name } b: viewer { name m: name } }",
    "an alias that is another field's name": "{ commitments(first: 2) { nodes { number: title title: number } } }",
    "one key, merged selections": "{ viewer { name } viewer { id } viewer { projects { adminLevel } name } }",
    "merged lists": "{ commitments(first: 2) { nodes { id } } commitments(first: 2) { nodes { number } edges { cursor } } }",
    "keys in the order of the document": "{ viewer { name id erpLevel } commitments(first: 1) { totalCount nodes { title id } } }",
    "a key first met in a fragment": """
        { commitments(first: 2) { ...Rows totalCount } }
        fragment Rows on CommitmentConnection { pageInfo { hasNextPage } nodes { ...Row number } }
        fragment Row on Commitment { title number }""",
    "__typename everywhere": """
        { __typename viewer { __typename } systems { __typename role }
          commitments(first: 2) { __typename pageInfo { __typename } edges { __typename node { __typename
            link { __typename system { __typename } } origin { __typename } lines { __typename }
            viewerCan { __typename send { __typename reasons { __typename grant { __typename scope } } } }
            history(first: 1) { __typename nodes { __typename actor { __typename } } } } } } }""",
    "__typename under an alias": "{ t: __typename viewer { kind: __typename again: __typename } }",
    "only __typename": "{ __typename }",
    "several roots": "{ viewer { id } systems { id } members { id } companies(first: 1) { totalCount } syncRuns(first: 1) { nodes { id } } }",
    "every column of a commitment": """
        { commitments(first: 40, orderBy: OLDEST_FIRST) { nodes { id version createdAt updatedAt kind number title description
          status retainagePercent contractDate startDate isExecuted originalAmount currency originCreatedAt
          origin { id updatedAt deletedAt } linkState
          link { state externalId externalCode payload digest mappingVersion snapshot snapshotAt exportRevision sentAt answeredAt
                 comment errorCode errorMessage erpMessage syncedAt sentBy { name } answeredBy { name } system { name capabilities } }
          lines { lineNumber costCodeText description quantity unitOfMeasure unitCost amount costCode { code } costType { code } }
          attempts { id state exportRevision system { kind } } conflicts { field ours theirs seenAt resolvedAt }
          lastRun { id action } } } }""",
    "every explanation": """
        fragment Why on ActionPermission
            { allowed reasons { code kind message remedy field grant { tool scope needed held grantedBy } } }
        fragment Can on ItemActions { send { ...Why } retrieve { ...Why } accept { ...Why } reject { ...Why }
            unlink { ...Why } link { ...Why } add { ...Why } refresh { ...Why } }
        { commitments(first: 40) { nodes { viewerCan { ...Can } } } companies(first: 20) { nodes { viewerCan { ...Can } } }
          projects(first: 20) { nodes { viewerCan { ...Can } } } costCodes(first: 3) { nodes { viewerCan { ...Can } } } }""",
    "explanations under aliases": """
        { commitments(first: 9) { nodes { can: viewerCan { a: send { ok: allowed why: reasons { c: code g: grant { t: tool } } }
          b: send { reasons { message } allowed } } viewerCan { accept { allowed } } } } }""",
    "a relation there and back": """
        { companies(first: 3) { nodes { name commitments(first: 2) { totalCount nodes { number company { name
          commitments(first: 1) { nodes { project { number commitments(last: 1) { nodes { id } } } } } } } } } } }""",
    "lists in lists": "{ projects(first: 5) { nodes { number costCodes { inErp costCode { code name } costType { code linkState } } } } }",
    "nulls": """
        { commitments(first: 40) { nodes { company { id name } startDate retainagePercent lastRun { id } preview2: description } }
          node(id: "cmt_00000000-0000-7000-8000-000000000000") { id } commitment(id: "junk") { id } }""",
    "a fragment on the same type twice": "{ viewer { ...A ...A ... on Member { name ...A } } } fragment A on Member { id name }",
    "a field under a fragment without a condition": "{ viewer { ... { name } ... { ... { id } } } }",
    "quotes in a text": """{ companies(first: 20, filter: {search: "'\\"%_"}) { nodes { name } } }""",
    "a block text": '{ companies(first: 20, filter: {name: {eq: """Quote "Q" """}}) { nodes { name } } }',
    "comments, commas and no spaces": "{viewer{id,name,#all\nerpLevel},systems{id}}",
    "an empty list": '{ companies(first: 5, filter: {name: {eq: "nobody"}}) { nodes { id } edges { cursor }'
    " totalCount pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }",
    "keys that SQL could mistake": "{ select: viewer { from: name _: id o: erpLevel v: name t1: id l: name } }",
    "keys that differ in case": "{ viewer { A: name a: id } }",
    "one list under two filters": """
        { a: commitments(first: 3, filter: {kind: {eq: PURCHASE_ORDER}}) { nodes { id } }
          b: commitments(first: 3, filter: {kind: {eq: SUBCONTRACT}}) { nodes { id } } }""",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in AWKWARD.items()])
async def test_both_ways_agree(both_ways: BothWays, ours, text):
    for role in ("approver", "project_manager", "read_only"):
        assert isinstance(await both_ways.ask(ours, role, text), dict)


async def test_keys_come_in_the_order_of_the_document(by):
    answer = await by("approver").post(
        "{ viewer { name id } ...R } fragment R on Query { systems { role id } viewer { erpLevel } }"
    )

    data = answer.json()["data"]
    assert list(data) == ["viewer", "systems"]
    assert list(data["viewer"]) == ["name", "id", "erpLevel"]
    assert list(data["systems"][0]) == ["role", "id"]


async def test_introspection_beside_planned_fields_is_completed(by: Caller):
    data = await by("approver").data(
        '{ __schema { queryType { name } } viewer { name } __type(name: "Money") { name } }'
    )

    assert data == {
        "__schema": {"queryType": {"name": "Query"}},
        "viewer": {"name": "Ana Ruiz"},
        "__type": None,
    }


async def test_a_computed_field_is_completed_from_one_statement(by: Caller, ours):
    data = await by("approver").data(
        "query($id: ID!) { commitment(id: $id) { a: preview { digest erpCalls } number b: preview { __typename } } }",
        id=ours.ids("cmt")[0],
    )

    assert list(data["commitment"]) == ["a", "number", "b"]
    assert data["commitment"]["b"] == {"__typename": "Preview"}


@pytest.mark.parametrize(
    "text",
    [
        "{ viewer { nmae } }",
        "{ commitments(first: 1) { nodes { link { stat } } } }",
        "{ viewer }",
        "{ viewer { name { first } } }",
        "{ commitments(frist: 1) { totalCount } }",
        "{ viewer { ...Unknown } }",
        "{ commitments(first: 1, orderBy: SIZE_ASC) { totalCount } }",
        "{ commitments(first: 1, filter: {colour: {eq: 1}}) { totalCount } }",
        "{ viewer { name } viewer: systems { id } }",
        "{ viewer { name: id name } }",
        "query($x: Int) { viewer { id } }",
        "query { commitments(first: $x) { totalCount } }",
        "{ commitments(first: 1.5) { totalCount } }",
        '{ commitments(first: "1") { totalCount } }',
        "{ commitments(first: 99999999999) { totalCount } }",
        "{ node { id } }",
        "{ viewer { id @upper } }",
    ],
)
async def test_what_does_not_fit_the_schema_is_refused(by: Caller, text):
    assert await by("approver").code(text) == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("day", ["03/01/2026", "2026-02-30", "2026"])
async def test_a_day_that_is_none_is_told_the_form_of_one(by: Caller, day: str):
    text = (
        "query ($day: Date!) { commitments(first: 1, filter: { startDate: { gte: $day } }) { totalCount } }"
    )
    [error] = (await by("approver").post(text, {"day": day})).json()["errors"]
    assert error["extensions"]["code"] == "BAD_VARIABLES"
    assert 'A date is a string such as "2026-03-15".' in error["message"]
