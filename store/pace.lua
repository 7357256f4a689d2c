-- pace.lua: a leaky bucket that all replicas share (GCRA).
--
-- KEYS  1 until when the calls are spoken for, in microseconds of Redis' clock
-- ARGV  1 how many calls are wanted; 0: none, only look or hold
--       2 how long one call takes of the pace, in microseconds
--       3 how many calls may come at once
--       4 for how long nobody is to call, in microseconds; 0: no such thing
-- Returns how long to wait, in microseconds; 0: the calls are granted. Where it is
-- not 0 nothing was granted: ask again.
--
-- The key may vanish at any time: then the calls of one moment come too fast.

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
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
