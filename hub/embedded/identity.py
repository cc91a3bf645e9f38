"""As whom the embedded servers run, and how they end when their launcher dies."""

import functools
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass

from hub.embedded.errors import StartFailed

_NOBODY = 65534
# Lets the server reach a data folder inside a home of mode 700 although it runs as nobody.
_REACH = "+dac_override,+dac_read_search"


@dataclass(frozen=True)
class Identity:
    """`prefix` comes before a server's command line, `uid` is who owns its files on disk."""

    prefix: tuple[str, ...]
    uid: int
    needs_public_programs: bool = False


def leash(on_death: signal.Signals) -> tuple[str, ...]:
    """Give the words that make the kernel send `on_death` to the command that follows when its parent dies.

    The parent is the thread that started it, so children are started from the main thread only.
    """
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", on_death.name.removeprefix("SIG"), "--") if setpriv else ()


def server_identity() -> Identity:
    """Choose as whom PostgreSQL runs, as it refuses to run as root.

    Root gets a user namespace in which it counts as a plain user: nothing is created or opened for others.
    Where namespaces are refused, as in some containers, the server runs as nobody.
    """
    if os.geteuid() != 0:
        return Identity(prefix=(), uid=os.geteuid())
    for identity in (in_namespace(), as_nobody()):
        if _works(identity.prefix):
            return identity
    raise StartFailed(
        "PostgreSQL does not run as root, and neither a user namespace (unshare) nor another user (setpriv) "
        "can be had here: run as a plain user, or set DATABASE_URL."
    )


def in_namespace() -> Identity:
    return Identity(("unshare", "--user", "--map-user=1000", "--map-group=1000", "--"), uid=0)


def as_nobody() -> Identity:
    user = (f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups")
    reach = (f"--inh-caps={_REACH}", f"--ambient-caps={_REACH}")
    return Identity(("setpriv", *user, *reach, "--"), uid=_NOBODY, needs_public_programs=True)


@functools.cache
def _works(prefix: tuple[str, ...]) -> bool:
    try:
        return subprocess.run([*prefix, "true"], capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
