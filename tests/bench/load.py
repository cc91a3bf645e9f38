"""Load from a program made for it: wrk, or autocannon where there is none."""

import asyncio
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

# Each request with a body of its own, by a key that nobody knows.
VARIED = """
local n = 0
local rest = string.sub(wrk.body, 2)
request = function()
  n = n + 1
  return wrk.format(nil, nil, nil, '{"n": ' .. n .. ', ' .. rest)
end
"""
MISSING = """There is neither wrk nor npx on this machine, and load made in Python would measure itself.
On Debian and Ubuntu: apt-get install wrk. Elsewhere install wrk, or Node.js, whose npx brings autocannon."""
LUA = """
wrk.method = "POST"
wrk.body = %s
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/graphql-response+json"
wrk.headers["Authorization"] = %s
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{"requests": %%d, "seconds": %%f, "p50": %%f, "p99": %%f, "failed": %%d}\\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class LoadFailed(Exception):
    """The message is all that a person needs to see."""


@dataclass(frozen=True)
class Burst:
    """What came of some seconds of load. Latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failed: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def tool() -> str:
    """The program that makes the load."""
    for name in ("wrk", "autocannon", "npx"):
        if shutil.which(name):
            return name
    raise LoadFailed(MISSING)


@dataclass(frozen=True)
class Post:
    """What is sent over and over. Where `varied`, each body differs by a key that nobody reads."""

    url: str
    body: str
    authorization: str
    varied: bool = False


async def burst(post: Post, *, connections: int, seconds: int, folder: Path) -> Burst:
    """So many requests as go through in so many seconds, over so many connections."""
    if tool() == "wrk":
        made = await _wrk(post, connections, seconds, folder)
    elif post.varied:
        raise LoadFailed("Only wrk sends bodies that differ. On Debian and Ubuntu: apt-get install wrk.")
    else:
        made = await _autocannon(post, connections, seconds)
    if made.failed or not made.requests:
        raise LoadFailed(f"{made.failed} of {made.requests} requests to {post.url} failed.")
    return made


async def _wrk(post: Post, connections: int, seconds: int, folder: Path) -> Burst:
    script = folder / "burst.lua"
    filled = LUA % (_long(post.body), _long(post.authorization))
    script.write_text(filled + (VARIED if post.varied else ""))
    output = await _output("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), post.url)
    return Burst(**json.loads(output.strip().splitlines()[-1]))


async def _autocannon(post: Post, connections: int, seconds: int) -> Burst:
    headers = (
        "Content-Type=application/json",
        "Accept=application/graphql-response+json",
        f"Authorization={post.authorization}",
    )
    start = ("autocannon",) if tool() == "autocannon" else ("npx", "--yes", "autocannon")
    options = [word for header in headers for word in ("-H", header)]
    load = ["-j", "-m", "POST", "-c", str(connections), "-d", str(seconds)]
    output = await _output(*start, *load, *options, "-b", post.body, post.url)
    found = json.loads(output[output.index("{") :])
    return Burst(
        requests=found["2xx"],
        seconds=found["duration"],
        p50=found["latency"]["p50"],
        p99=found["latency"]["p99"],
        failed=found["errors"] + found["non2xx"],
    )


def _long(text: str) -> str:
    """A Lua string that needs no escapes."""
    return f"[==[{text}]==]"


async def _output(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    if process.returncode != 0:
        raise LoadFailed(f"{words[0]} failed: {err.decode(errors='replace')[-500:]}")
    return out.decode()
