"""Reading an answer's body without filling the memory: counted on the wire and after decompression."""

import zlib
from collections.abc import AsyncIterable

from hub.errors import ErpUnexpected

ACCEPTED_ENCODINGS = "gzip"


class _Plain:
    def feed(self, chunk: bytes, room: int) -> bytes:
        return chunk[: room + 1]

    def ended(self) -> bool:
        return True


class _Inflate:
    """Inflates at most one byte more than there is room for, so a bomb is seen and never unfolded."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    def feed(self, chunk: bytes, room: int) -> bytes:
        try:
            return self._inner.decompress(chunk, room + 1)
        except zlib.error as error:
            raise ErpUnexpected("The answer's compression cannot be read.") from error

    def ended(self) -> bool:
        return self._inner.eof


def _decoder(encoding: str) -> _Plain | _Inflate:
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Inflate(zlib.MAX_WBITS | 16)  # 16: gzip's own header and checksum
    raise ErpUnexpected("The answer comes in an encoding that was not asked for.")


async def read_body(chunks: AsyncIterable[bytes], encoding: str, cap: int) -> bytes:
    """The decoded body. Raises `ErpUnexpected` beyond `cap` bytes or where the compression is cut short."""
    decoder, parts, size, wire = _decoder(encoding), list[bytes](), 0, 0
    async for chunk in chunks:
        wire += len(chunk)
        part = decoder.feed(chunk, cap - size)
        size += len(part)
        if size > cap or wire > cap:
            raise ErpUnexpected(f"The answer is larger than {cap} bytes.")
        parts.append(part)
    if wire and not decoder.ended():
        raise ErpUnexpected("The answer's compressed body is cut short.")
    return b"".join(parts)
