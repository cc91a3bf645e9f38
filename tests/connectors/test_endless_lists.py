"""Servers that lead a reading in a circle, on for ever, or elsewhere: it ends in an error of theirs, and stays at home."""

import json

import httpx
import pytest
from mri_site import connector_on
from procore_double import BASE, QUICK, Double

from hub.connectors.procore.api import Api
from hub.connectors.procore.asking import Asking
from hub.connectors.procore.lists import List
from hub.connectors.procore.settings import Settings
from hub.erp import paging
from hub.erp.paging import Trail, parts_of
from hub.erp.reach import Reach
from hub.errors import ErpUnexpected


def test_a_page_is_asked_for_once():
    trail = Trail()

    assert [trail.on("a"), trail.on("b")] == ["a", "b"]
    with pytest.raises(ErpUnexpected, match="circle"):
        trail.on("a")


def test_pages_without_end_come_to_one(monkeypatch):
    monkeypatch.setattr(paging, "MOST_PAGES", 3)
    trail = Trail()
    for number in range(3):
        trail.on(str(number))

    with pytest.raises(ErpUnexpected, match="does not end after 3 pages"):
        trail.on("3")


@pytest.mark.parametrize(
    "link", ["http://[", "http://a]/", "\ud800", "https://x/rest/../../admin", "/rest/v1.0/.."]
)
def test_a_link_that_cannot_be_followed_is_an_error_of_the_other_side(link):
    with pytest.raises(ErpUnexpected):
        parts_of(link)


def going_round(path):
    """Two pages that name each other as the next."""

    def answer(request):
        other = "1" if request.url.params.get("page") == "2" else "2"
        link = f'<{BASE}{path}?per_page=100&page={other}>; rel="next"'
        return httpx.Response(200, json=[{"id": 1}], headers={"link": link})

    return answer


async def test_a_reading_of_all_rows_of_procore_that_goes_round_ends():
    path = "/rest/v1.0/vendors"
    double = Double({path: going_round(path)})
    settings = Settings.read({"company_id": "4100"}, BASE)
    api = Api(Reach(BASE, {}, {}, transport=httpx.MockTransport(double), limits=QUICK), settings)

    with pytest.raises(ErpUnexpected, match="circle"):
        await Asking(api, settings).all(List(path), {"company": "4100"})
    assert len(double.asked) == 3


@pytest.mark.parametrize("link", ["http://[", "//evil.example/rest/v1.0/vendors", "/rest/../../x", "/x"])
async def test_no_link_of_procore_leads_to_another_host_or_out_of_its_interface(link):
    asked = []

    def answer(request):
        asked.append(request.url.host)
        return httpx.Response(200, json=[], headers={"link": f'<{link}>; rel="next"'})

    double = Double({"/rest/v1.0/vendors": answer})
    connector = double.connector()
    try:
        page = await connector.fetch("company", {}, None)
        if page.cursor is not None:
            await connector.fetch("company", {}, page.cursor)
    except ErpUnexpected:
        pass

    assert set(asked) == {"procore.example.com"}


@pytest.mark.parametrize("link", ["http://[", "\ud800", "https://evil.example/x?$skip=\udfff"])
async def test_a_link_of_mri_that_cannot_be_read_is_an_error_of_mri(link):
    content = json.dumps(
        {"odata.metadata": "m", "value": [{"VendorID": "A"}], "nextLink": link, "odata.nextLink": link}
    )
    connector = connector_on(
        lambda _: httpx.Response(200, content=content, headers={"Content-Type": "application/json"})
    )

    with pytest.raises(ErpUnexpected, match="link to the next page"):
        await connector.fetch("company", {}, None)
