"""What the supervisor is told about one process."""

import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

Probe = Callable[[], Awaitable[bool]]
OnExit = Callable[[str, int, int], Awaitable[None] | None]


@dataclass(frozen=True)
class Child:
    """A process to keep running.

    `env` is added to ours. `on_exit(name, pid, returncode)` is called each time one is reaped, before the
    next is started. `ready` is asked until it says yes. `stop_signal` asks for an orderly end, also when the
    launcher dies; after `grace` seconds the process is killed. `prefix` is what runs before all else, such as
    the change into a namespace.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    restart: bool = True
    on_exit: OnExit | None = None
    ready: Probe | None = None
    ready_within: float = 30.0
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    prefix: Sequence[str] = ()
