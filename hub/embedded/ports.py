"""Which local ports are free for a server of ours."""

import random
import socket

# Below the range from which the kernel takes ports for outgoing connections: there, a client that
# retries against a server that is down can connect to itself and so keep the server from coming back.
_FIRST, _LAST = 15_000, 32_000


def free_port() -> int:
    """Give a port of 127.0.0.1 on which nothing listens now; another process may still take it first."""
    while True:
        port = random.randint(_FIRST, _LAST)
        if _is_free(port):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
