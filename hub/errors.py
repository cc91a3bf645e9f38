"""Every error of the hub, sorted by what the caller should do.

HubError
├─ Refused                 the caller can mend it; becomes a `userError`
├─ RequestRefused          the request itself is not acceptable; becomes a top-level error
├─ ErpError                raised by connectors only
│   ├─ ErpUnavailable          try later, `retry_after` seconds if the other side said so
│   ├─ ErpUnauthorized         the credentials are not accepted; a person mends the connection
│   │   └─ ErpForbidden            they are accepted, but not for this; the rest goes on
│   ├─ ErpRefused              the other side said no, in its own words; a person decides
│   └─ ErpUnexpected           an answer that cannot be read; a write becomes UNKNOWN
└─ MappingError            one value does not fit; becomes a sync issue, the rest goes on
"""

from hub.codes import ErrorCode
from hub.keepable import keepable


class HubError(Exception):
    """Something the hub expects to go wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())

    @property
    def message(self) -> str:
        return str(self)


class Refused(HubError):
    """The request cannot be carried out as it stands."""

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        field: str | None = None,
        remedy: str | None = None,
        erp_message: str | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.code, self.field, self.remedy = code, field, remedy
        self.erp_message, self.retryable = erp_message, retryable


class RequestRefused(HubError):
    """The request is not acceptable. `status` is the HTTP status of the answer."""

    def __init__(self, code: ErrorCode, message: str, *, status: int = 422) -> None:
        super().__init__(message)
        self.code, self.status = code, status


class ErpError(HubError):
    """The other system did not do what was asked. The message may hold its words, of which what can be kept is kept."""

    code = ErrorCode.ERP_UNAVAILABLE

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(keepable(message))
        self.request_id = request_id


class ErpUnavailable(ErpError):
    """The other system does not answer now. `reached` is false where no byte of the request left."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        reached: bool = True,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.retry_after, self.reached = retry_after, reached


class ErpUnauthorized(ErpError):
    """The other system does not accept the credentials."""

    code = ErrorCode.ERP_AUTH_FAILED


class ErpForbidden(ErpUnauthorized):
    """The credentials are accepted, but this is closed to them; a person grants the right. Nothing else stops for it."""

    code = ErrorCode.ERP_FORBIDDEN


class ErpRefused(ErpError):
    """The other system said no. `words` are its own, `duplicate` says it knows the number already."""

    code = ErrorCode.ERP_REFUSED

    def __init__(self, words: str, *, duplicate: bool = False, request_id: str | None = None) -> None:
        super().__init__(words, request_id=request_id)
        self.words, self.duplicate = keepable(words), duplicate


class ErpUnexpected(ErpError):
    """The other system answered something that cannot be read."""

    code = ErrorCode.ERP_BAD_RESPONSE


class MappingError(HubError):
    """One value does not fit. `field` is our name for it."""

    def __init__(self, message: str, *, field: str, value: object = None) -> None:
        super().__init__(message)
        self.field, self.value = field, value
