"""Where the hub may connect to, and what it refuses."""

import httpcore
import httpx
import pytest

from hub.errors import ErpUnavailable
from hub.http import AddressGuard, AddressRefused, Client, Limits
from hub.http.guard import GuardedBackend
from hub.sandboxes.kit import serving


def names(**known):
    asked = []

    async def resolve(host, port):
        asked.append((host, port))
        found = known[host]
        return found.pop(0) if found and isinstance(found[0], list) else found

    return resolve, asked


REFUSED = [
    "https://127.0.0.1/",
    "https://127.8.8.8:8080/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://db.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://192.0.0.8/",
    "https://198.18.0.1/",
    "https://203.0.113.9/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://127.0.0.1./",
    "https://2130706433./",
    "https://xn--localhost-/",
    "https://xn--a/",
    "https://erp.example.com:0/",
    "https://[3fff::1]/",
    "https://[5f00::1]/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://erp.example.com:25/",
    "https://erp.example.com:6379/",
    "https://erp.example.com:5432/",
    "ftp://erp.example.com/",
    "file:///etc/passwd",
    "gopher://erp.example.com/",
    "https://user:secret@erp.example.com/",
    "https://user@erp.example.com/",
    "https:///nohost",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", REFUSED)
async def test_an_inner_or_odd_address_is_refused_without_asking_a_name_server(address):
    resolve, asked = names()
    guard = AddressGuard(resolver=resolve)

    with pytest.raises(AddressRefused) as refused:
        await guard.check(address)

    assert asked == []
    assert refused.value.reached is False
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["10.0.0.7"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:192.168.0.1"],
        ["93.184.216.34", "10.0.0.7"],
        [],
    ],
)
async def test_a_public_name_for_an_inner_address_is_refused(found):
    resolve, _ = names(**{"erp.example.com": found})

    with pytest.raises(AddressRefused):
        await AddressGuard(resolver=resolve).check("https://erp.example.com/")


@pytest.mark.parametrize(
    "address", ["https://erp.example.com/", "https://erp.example.com:8443/x?y=1", "https://8.8.8.8/"]
)
async def test_a_public_address_passes(address):
    resolve, _ = names(**{"erp.example.com": ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]})

    await AddressGuard(resolver=resolve).check(address)


@pytest.mark.parametrize(
    "address", ["http://erp.example.com/", "http://8.8.8.8/", "HTTP://erp.example.com:8080/"]
)
async def test_nothing_leaves_in_clear_but_to_a_host_that_was_opened(address):
    resolve, _ = names(**{"erp.example.com": ["93.184.216.34"]})

    with pytest.raises(AddressRefused, match="use https"):
        await AddressGuard(resolver=resolve).check(address)

    opened = {"erp.example.com:80", "8.8.8.8:80", "erp.example.com:8080"}
    await AddressGuard(opened, resolver=resolve).check(address)


async def test_an_opened_pair_passes_and_no_other_port_of_its_host():
    guard = AddressGuard({"127.0.0.1:8123"})

    await guard.check("http://127.0.0.1:8123/")
    with pytest.raises(AddressRefused):
        await guard.check("http://127.0.0.1:8124/")
    with pytest.raises(AddressRefused):
        await guard.check("http://localhost:8123/")


class Recorded(httpcore.AsyncNetworkBackend):
    def __init__(self):
        self.targets = []

    async def connect_tcp(self, host, port, *_):
        self.targets.append((host, port))
        raise httpcore.ConnectError("not in this test")


async def test_a_name_that_changes_between_two_answers_is_connected_where_it_was_checked():
    resolve, asked = names(**{"erp.example.com": [["93.184.216.34"], ["127.0.0.1"]]})
    backend = GuardedBackend(AddressGuard(resolver=resolve))
    backend._inner = Recorded()

    with pytest.raises(httpcore.ConnectError):
        await backend.connect_tcp("erp.example.com", 443)
    with pytest.raises(AddressRefused):
        await backend.connect_tcp("erp.example.com", 443)

    assert backend._inner.targets == [("93.184.216.34", 443)]
    assert asked == [("erp.example.com", 443)] * 2


async def test_a_client_is_not_even_made_for_a_forbidden_address():
    with pytest.raises(AddressRefused):
        Client("http://169.254.169.254")


async def moved(scope, receive, send):
    location = scope["path"].removeprefix("/").encode() or b"/end"
    status = 200 if scope["path"] == "/end" else 302
    await send({"type": "http.response.start", "status": status, "headers": [(b"location", location)]})
    await send({"type": "http.response.body", "body": b"{}"})


async def test_a_redirect_is_followed_only_where_it_was_asked_for_and_never_to_an_inner_address():
    targets = []

    def answer(request):
        targets.append(str(request.url))
        location = request.url.params.get("to")
        return httpx.Response(302 if location else 200, headers={"location": location} if location else {})

    patient = Limits(hops=3, tries=1)
    transport = httpx.MockTransport(answer)
    strict = Client("https://erp.example.com", transport=transport, limits=Limits(tries=1))
    lenient = Client("https://erp.example.com", transport=transport, limits=patient)

    with pytest.raises(Exception, match="redirect"):
        await strict.get("/a?to=/b")
    assert (await lenient.get("/a?to=/b")).status == 200
    for inner in ("http://127.0.0.1/", "http://[::1]/", "ftp://erp.example.com/", "http://10.0.0.1/"):
        with pytest.raises(AddressRefused):
            await lenient.get(f"/a?to={inner}")
    assert targets == [
        "https://erp.example.com/a?to=/b",
        "https://erp.example.com/a?to=/b",
        "https://erp.example.com/b",
        *(
            f"https://erp.example.com/a?to={inner}"
            for inner in ("http://127.0.0.1/", "http://[::1]/", "ftp://erp.example.com/", "http://10.0.0.1/")
        ),
    ]


async def test_a_real_connection_to_loopback_needs_the_setting():
    with serving(moved) as address:
        opened = address.removeprefix("http://")
        client = Client(address, allowed_hosts={opened})
        assert (await client.get("/end")).status == 200
        await client.close()

        with pytest.raises(ErpUnavailable) as refused:
            Client(address)
        assert refused.value.reached is False
