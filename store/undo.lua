-- undo.lua: keeps what it takes to undo an act; where all of it takes too much room, what
-- was done first can no longer be undone.
--
-- KEYS  1 hash act -> what it takes   2 sorted set act -> when it was done, in Unix seconds
-- ARGV  1 the act   2 what it takes   3 when it is done
--       4 for how long an act can be undone, in seconds
--       5 how much all of them may take, in bytes   6 what one takes beside its own size
-- Returns 1; 0 where what was done later takes all the room.
--
-- It is written before anything is removed: Redis refuses a script for want of memory
-- before its first write only, and this must not take what members' answers need.

if redis.call('HLEN', KEYS[1]) ~= redis.call('ZCARD', KEYS[2]) then -- one of them vanished
  redis.call('DEL', KEYS[1], KEYS[2])
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
local total, expired = 0, tonumber(ARGV[3]) - tonumber(ARGV[4])
local acts = redis.call('ZREVRANGE', KEYS[2], 0, -1, 'WITHSCORES')
for i = 1, #acts, 2 do
  total = total + redis.call('HSTRLEN', KEYS[1], acts[i]) + tonumber(ARGV[6])
  if total > tonumber(ARGV[5]) or tonumber(acts[i + 1]) <= expired then
    redis.call('HDEL', KEYS[1], acts[i])
    redis.call('ZREM', KEYS[2], acts[i])
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return redis.call('HEXISTS', KEYS[1], ARGV[1])
