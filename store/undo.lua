-- undo.lua: keeps what it takes to undo an act, or forgets it; where all of it takes too
-- much room, what was done first can no longer be undone.
--
-- KEYS  1 hash act -> what it takes   2 sorted set act -> when it was done, in Unix seconds
--       3 how much all of them take, in bytes
-- ARGV  1 the act   2 what it takes; empty: it is forgotten   3 when it is done
--       4 for how long an act can be undone, in seconds
--       5 how much all of them may take, in bytes   6 what one takes beside its own size
-- Returns 1 where it is kept; 0 where it is not, for what was done later takes all the room.
--
-- It is written before anything is removed: Redis refuses a script for want of memory
-- before its first write only, and this must not take what members' answers need.

local total = tonumber(redis.call('GET', KEYS[3]) or '')
local n = redis.call('HLEN', KEYS[1])
if redis.call('ZCARD', KEYS[2]) ~= n or n > 0 and not total then -- one of them vanished
  redis.call('DEL', KEYS[1], KEYS[2])
  n = 0
end
if n == 0 then
  total = 0
end
local function drop(act)
  local size = redis.call('HSTRLEN', KEYS[1], act)
  if size > 0 then
    total = total - size - tonumber(ARGV[6])
    redis.call('HDEL', KEYS[1], act)
  end
  redis.call('ZREM', KEYS[2], act)
end

if ARGV[2] == '' then
  drop(ARGV[1])
else
  local had = redis.call('HSTRLEN', KEYS[1], ARGV[1])
  if had > 0 then
    total = total - had - tonumber(ARGV[6])
  end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
  total = total + #ARGV[2] + tonumber(ARGV[6])
end
for _, act in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', tonumber(ARGV[3]) - tonumber(ARGV[4]))) do
  drop(act)
end
while total > tonumber(ARGV[5]) do
  local oldest = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
  if not oldest then -- the sum was wrong
    total = 0
    break
  end
  drop(oldest)
end
redis.call('SET', KEYS[3], string.format('%.0f', total), 'EX', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return redis.call('HEXISTS', KEYS[1], ARGV[1])
