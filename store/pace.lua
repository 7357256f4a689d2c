-- pace.lua: a leaky bucket that all replicas share (GCRA).
--
-- KEYS  1 until when the calls are spoken for, in Unix microseconds
-- ARGV  1 how many calls are wanted; 0: none, only look or hold
--       2 how long one call takes of the pace, in microseconds
--       3 how many calls may come at once
--       4 for how long nobody is to call, in microseconds; 0: no such thing
--       5 now, in Unix microseconds, by the caller's clock: that of an embedded server
--       stands still for half a second at a time. Clocks that differ cost no more than
--       the key lives, which is as long as it takes by any clock.
-- Returns how long to wait, in microseconds; 0: the calls are granted. Where it is
-- not 0 nothing was granted: ask again.
--
-- The key may vanish at any time: then the calls of one moment come too fast.

local now = tonumber(ARGV[5])
local busy = tonumber(redis.call('GET', KEYS[1]) or '0')
busy = math.max(busy, now)
local wait = busy - now - tonumber(ARGV[2]) * math.max(tonumber(ARGV[3]) - tonumber(ARGV[1]), 0)
if tonumber(ARGV[4]) > 0 then
  busy = math.max(busy, now + tonumber(ARGV[4]) + tonumber(ARGV[2]) * tonumber(ARGV[3]))
elseif wait > 0 then
  return wait
else
  busy = busy + tonumber(ARGV[1]) * tonumber(ARGV[2])
end
local life = math.ceil((busy - now) / 1000)
if life > 0 then
  redis.call('SET', KEYS[1], string.format('%.0f', busy), 'PX', string.format('%.0f', life))
end
return 0
