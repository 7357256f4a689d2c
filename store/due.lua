-- due.lua: gives one page of the members who are to be reminded at one minute.
--
-- KEYS  1 reminders: zset member -> minute of the day
-- ARGV  1 minute   2 the last member of the page before; empty: the first page
--       3 how many members make a page
-- Returns the members, fewer than a page at the end.
--
-- The next page begins behind that last member, also where that one has left the
-- minute meanwhile: then it is put back for the moment of looking. So nobody who
-- stays is passed over, whoever comes and goes between two pages.

local first = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[1])
local stop = first + redis.call('ZCOUNT', KEYS[1], ARGV[1], ARGV[1])
if ARGV[2] ~= '' then
  local now = redis.call('ZSCORE', KEYS[1], ARGV[2])
  if now and tonumber(now) == tonumber(ARGV[1]) then
    first = redis.call('ZRANK', KEYS[1], ARGV[2]) + 1
  else
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
    local rank = redis.call('ZRANK', KEYS[1], ARGV[2])
    if now then
      redis.call('ZADD', KEYS[1], now, ARGV[2])
    else
      redis.call('ZREM', KEYS[1], ARGV[2])
    end
    if now and tonumber(now) < tonumber(ARGV[1]) then
      rank = rank + 1 -- it is back before all of them
    end
    first = rank
  end
end
local last = math.min(first + tonumber(ARGV[3]), stop) - 1
if last < first then
  return {}
end
return redis.call('ZRANGE', KEYS[1], first, last)
