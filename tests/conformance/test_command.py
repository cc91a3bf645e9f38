"""The suite's command: at a system that is not its own sandbox it asks before it writes, and it fails for a planted fault."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from hub.sandboxes.kit import serving
from tests.conformance.command import main
from tests.conformance.subjects import SUBJECTS

MRI = SUBJECTS["mri"]


@pytest.fixture
def sign_in(tmp_path: Path) -> str:
    path = tmp_path / "sign-in.json"
    path.write_text(json.dumps(dict(MRI.credentials)))
    return str(path)


def writes(url: str) -> int:
    return httpx.get(f"{url}/__control/requests", params={"method": "post"}).json()["count"]


def test_at_a_system_of_ones_own_only_what_reads_is_run(sign_in: str, capsys: pytest.CaptureFixture[str]):
    with serving(MRI.sandbox()) as url:
        code = main(["--connector", "mri", "--url", url, "--credentials", sign_in])
        written = writes(url)
    shown = capsys.readouterr().out

    assert (code, written) == (0, 0)
    figures = json.loads(shown.splitlines()[-1])
    assert figures["conformance"]["mri"]["failed"] == 0
    assert figures["conformance"]["mri"]["passed"] >= 30
    assert MRI.secret not in shown


def test_with_leave_to_write_it_says_what_stays(sign_in: str, capsys: pytest.CaptureFixture[str]):
    with serving(MRI.sandbox()) as url:
        code = main(["--connector", "mri", "--url", url, "--credentials", sign_in, "--write"])
        written = writes(url)

    assert (code, written) == (0, 3)
    assert "leave behind what they wrote" in capsys.readouterr().out


def test_a_sign_in_that_fails_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps({**MRI.credentials, "password": "wr0ng-and-long"}))
    with serving(MRI.sandbox()) as url:
        assert main(["--connector", "mri", "--url", url, "--credentials", str(wrong)]) == 1

    assert "wr0ng-and-long" not in capsys.readouterr().out


def test_without_a_sign_in_nothing_is_tried(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CONFORMANCE_CREDENTIALS", raising=False)

    with pytest.raises(SystemExit, match="--credentials FILE"):
        main(["--connector", "mri", "--url", "http://127.0.0.1:1"])


def test_a_system_that_calls_its_fields_otherwise_fails(sign_in: str, capsys: pytest.CaptureFixture[str]):
    renamed = {"fault": "lie", "times": 0, "match": {"api": "MRI_S-PMAP_Vendors"}}
    with serving(MRI.sandbox()) as url:
        # A page of one row, so that the lie strikes all of it.
        listed = {"params": {"set": {"value": [{"VendorID": "OKAF01", "Name": "Okafor Concrete"}]}}}
        httpx.post(f"{url}/__control/faults", json={**renamed, **listed}).raise_for_status()
        code = main(["--connector", "mri", "--url", url, "--credentials", sign_in])

    assert code == 1
    shown = capsys.readouterr().out
    assert "FAIL read.sample " in shown
    assert "read.sample: No record has a name." in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--settings", "{"], "a JSON object is expected"),
        (["--settings", "[]"], "a JSON object is expected"),
        (["--settings", '{"page_size": "many"}'], "settings.page_size: "),
        (
            ["--url", "http://127.0.0.1:1", "--credentials", "nowhere.json"],
            "nowhere.json cannot be read: No such",
        ),
    ],
)
def test_what_is_told_wrongly_is_named(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["--connector", "mri", *arguments])

    assert words in f"{ended.value.code} {capsys.readouterr().err}"


def test_a_connector_without_a_planted_fault_has_proven_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setitem(SUBJECTS, "lonely", replace(MRI, name="lonely"))

    assert main(["--connector", "lonely", "--planted"]) == 1
    assert "No fault is planted" in capsys.readouterr().out


def test_the_cases_can_be_listed(capsys: pytest.CaptureFixture[str]):
    assert main(["--list"]) == 0

    assert "What is sent is what was approved, byte for byte, once" in capsys.readouterr().out


def test_it_fails_for_a_connector_with_a_planted_fault(capsys: pytest.CaptureFixture[str]):
    assert main(["--plant", "mri.SwallowsUnauthorized"]) == 1

    shown = capsys.readouterr().out
    figures = json.loads(shown.splitlines()[-1])
    assert figures["passed"] is False
    assert "FAIL sign_in.wrong" in shown
