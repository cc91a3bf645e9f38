"""Where the sandbox of the project tool posts to, and sends people back to: this machine alone."""

import pytest

from hub.sandboxes.procore.signin import is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1@evil.example/", "http://x@127.0.0.1/", "http://evil.example\\@127.0.0.1/",
        "http://localhost.evil.example/", "http://127.0.0.1.nip.io/", "http://0.0.0.0/", "http://10.0.0.1/",
        "http://[/", "http://localhost:99999/", "http://localhost:0/", "ftp://127.0.0.1/", "//127.0.0.1", "",
        "file://localhost/etc/passwd", "http://127.0.0.1%2eevil.example/",
    ],
)  # fmt: skip
def test_an_address_that_leads_elsewhere_is_not_taken(url: str):
    assert not is_loopback(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/hook", "http://localhost/x?y=1", "http://[::1]:9/"])
def test_an_address_of_this_machine_is(url: str):
    assert is_loopback(url)
