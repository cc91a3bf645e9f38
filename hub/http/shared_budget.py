"""The budget that all workers share: one script that Redis runs as a whole, so that no two count at once."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from redis.asyncio import Redis

from db.clock import Sources, SystemClock
from hub.http.budget import Lesson, Usage
from hub.http.rules import BudgetRules
from hub.http.traffic import Lane

# Calls are kept as sorted sets of their moments: ours in `calls`, those in bulk in `bulk` too, and for each window
# in `others` those that the server counts and we did not make. Scores are Unix seconds.
SCRIPT = """
local op, given = ARGV[1], cjson.decode(ARGV[2])
local rules, now = given.rules, given.now
if now == cjson.null then
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end
local calls, bulk, state = KEYS[1], KEYS[2], KEYS[3]
local function others(place) return KEYS[3 + place] end
local function number(field) return tonumber(redis.call('HGET', state, field) or '0') or 0 end
-- A moment that lies further ahead than any wait was set before the clock was put back.
local function moment(field)
  local found = number(field)
  return found <= now + rules.ahead and found or 0
end
local function put(field, value) redis.call('HSET', state, field, string.format('%.6f', value)) end
local function counted(key, start) return redis.call('ZCOUNT', key, string.format('(%.6f', start), '+inf') end
local function first(key, start)
  local found = redis.call('ZRANGEBYSCORE', key, string.format('(%.6f', start), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  return found[2] and tonumber(found[2])
end
local function first_of_all(place, start)
  local ours, theirs = first(calls, start), first(others(place), start)
  if ours and theirs then return math.min(ours, theirs) end
  return ours or theirs
end
local function length(window) return window.seconds + rules.slack end
local function used(place, start) return counted(calls, start) + counted(others(place), start) end
local function tokens()
  local kept = redis.call('HGET', state, 'tokens')
  return tonumber(kept or '') or rules.retry_burst
end
local function add(key, member) redis.call('ZADD', key, string.format('%.6f', now), member) end
local function longest()
  local most = 0
  for _, window in ipairs(rules.windows) do most = math.max(most, length(window)) end
  return most + rules.keep
end

local function room_at(place, window)
  local start, until_ = now - length(window), 0
  if used(place, start) >= window.count then until_ = first_of_all(place, start) + length(window) end
  if not given.bulk then return until_ end
  local mine = counted(bulk, start)
  if mine >= window.bulk then return math.max(until_, first(bulk, start) + length(window)) end
  if mine > 0 and mine >= rules.pace_from * window.bulk then
    local last = redis.call('ZREVRANGE', bulk, 0, 0, 'WITHSCORES')
    return math.max(until_, tonumber(last[2]) + length(window) / window.bulk)
  end
  return until_
end

local function keep()
  local span = longest()
  local old, milliseconds = string.format('%.6f', now - span), math.ceil(math.max(span, rules.ahead) * 1000)
  for place, key in ipairs(KEYS) do
    if place ~= 3 then redis.call('ZREMRANGEBYSCORE', key, '-inf', old) end
    redis.call('PEXPIRE', key, milliseconds)
  end
end

-- Calls from the future were counted before the clock was put back; they would take room for as long as that.
local function forget_future()
  local future = string.format('(%.6f', now + rules.skew)
  for place, key in ipairs(KEYS) do
    if place ~= 3 then redis.call('ZREMRANGEBYSCORE', key, future, '+inf') end
  end
end

local function take()
  forget_future()
  local until_ = moment('shut')
  for place, window in ipairs(rules.windows) do until_ = math.max(until_, room_at(place, window)) end
  if given.bulk then until_ = math.max(until_, moment('wanted')) end
  local wait = until_ - now
  if wait > 0 then
    wait = math.max(wait, rules.least)
    if not given.bulk then put('wanted', now + wait + rules.grace) end
    keep()
    return wait
  end
  local member = redis.call('HINCRBY', state, 'last', 1)
  put('tokens', math.min(rules.retry_burst, tokens() + rules.retry_share))
  if #rules.windows > 0 then
    add(calls, member)
    if given.bulk then add(bulk, member) end
  end
  if not given.bulk then redis.call('HDEL', state, 'wanted') end
  keep()
  return 0
end

-- The server counts more than we do: others use the credential, and their calls take room from now on.
local function believe(place, left)
  local window = rules.windows[place]
  local missing = window.count - used(place, now - given.took - length(window)) - left
  for _ = 1, math.min(missing, window.count, rules.at_once) do add(others(place), redis.call('HINCRBY', state, 'last', 1)) end
end

local function learn()
  local was_open = moment('shut') <= now
  if given.shut ~= cjson.null then
    put('shut', math.max(moment('shut'), now + given.shut))
  elseif given.limited and was_open then
    local before = number('limited')
    put('shut', now + math.min(rules.limited_first * 2 ^ before, rules.limited_most))
    redis.call('HSET', state, 'limited', math.min(before + 1, 30))
  elseif given.fine and was_open then
    redis.call('HDEL', state, 'limited')
  end
  if given.place > 0 then believe(given.place, given.left) end
  keep()
  return 0
end

local function may_retry()
  local kept = tokens()
  if kept < 1 then return 0 end
  put('tokens', kept - 1)
  return 1
end

local function usage()
  local found = {}
  for place, window in ipairs(rules.windows) do
    local start = now - length(window)
    local oldest = first_of_all(place, start)
    table.insert(found, {used(place, start), oldest and string.format('%.6f', oldest + length(window)) or false})
  end
  return found
end

local function adopt()
  for _, call in ipairs(given.calls) do
    local member, score = redis.call('HINCRBY', state, 'last', 1), string.format('%.6f', call[1])
    redis.call('ZADD', calls, score, member)
    if call[2] then redis.call('ZADD', bulk, score, member) end
  end
  keep()
  return 0
end

local operations = {take = take, learn = learn, may_retry = may_retry, usage = usage, adopt = adopt}
local answer = operations[op]()
if type(answer) == 'number' then return string.format('%.6f', answer) end
return answer
"""

_KEEP = 600.0  # seconds a counted call is kept beyond its window: answers about it may be that late
_GRACE, _LEAST = 1.0, 0.001
_AT_ONCE = 5000  # most calls of others that one answer has counted: Redis serves nobody else meanwhile
_SKEW = 60.0  # seconds by which the clocks of workers may differ from Redis's
_AHEAD = 3600.0  # no answer closes a credential for longer


class SharedBudget:
    """The calls of one credential, counted in Redis under `key` by Redis's own time, or a virtual clock's."""

    def __init__(self, redis: Redis, key: str, rules: BudgetRules) -> None:
        self._script, self._rules = redis.register_script(SCRIPT), rules
        places = [f"others:{window.count}:{window.seconds:g}" for window in rules.windows]
        self._keys = [f"{key}:{name}" for name in ("calls", "bulk", "state", *places)]
        self._plain = _plain(rules)

    async def take(self, lane: Lane) -> float:
        return float(await self._run("take", bulk=lane is Lane.BULK))

    async def learn(self, lesson: Lesson) -> None:
        place, left = lesson.left or (-1, 0)
        await self._run(
            "learn", shut=lesson.shut, limited=lesson.limited, fine=lesson.fine, took=lesson.took,
            place=place + 1, left=left,
        )  # fmt: skip

    async def may_retry(self) -> bool:
        return float(await self._run("may_retry")) == 1

    async def adopt(self, calls: Sequence[tuple[float, bool]]) -> None:
        """Count calls that were made while Redis was away, and whether in bulk."""
        await self._run("adopt", calls=calls)

    async def usage(self) -> Sequence[Usage]:
        found = await self._run("usage")
        return [
            Usage(window, int(used), float(resets) if resets else None)
            for window, (used, resets) in zip(self._rules.windows, found, strict=True)
        ]

    async def _run(self, operation: str, **given: Any) -> Any:
        document = {"rules": self._plain, "now": moment(), **given}
        return await self._script(keys=self._keys, args=[operation, json.dumps(document)])


def moment() -> float | None:
    """The virtual time of a simulation; None where Redis's own is to be taken, which all workers agree on."""
    clock = Sources.clock
    return None if isinstance(clock, SystemClock) else clock.now().timestamp()


def _plain(rules: BudgetRules) -> Mapping[str, Any]:
    return {
        "windows": [
            {"count": window.count, "seconds": window.seconds, "bulk": window.share(1 - rules.reserve)}
            for window in rules.windows
        ],
        "pace_from": rules.pace_from, "slack": rules.slack, "limited_first": rules.limited_first,
        "limited_most": rules.limited_most, "retry_share": rules.retry_share, "retry_burst": rules.retry_burst,
        "keep": _KEEP, "grace": _GRACE, "least": _LEAST, "at_once": _AT_ONCE, "skew": _SKEW,
        "ahead": max(_AHEAD, rules.limited_most, *(window.seconds for window in rules.windows)) + _SKEW,
    }  # fmt: skip
