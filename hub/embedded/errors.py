"""What can keep an embedded server or a supervised child from starting."""

from hub.errors import HubError


class StartFailed(HubError):
    """A process does not start. The message says which, why, and what to do where that is known."""
