-- turn.lua: moves a shard's board of one season to another generation.
--
-- KEYS  1 hash season -> generation
-- ARGV  1 season   2 expected generation   3 new generation
-- Returns the generation before: the turn was made if that is ARGV[2].

local gen = redis.call('HGET', KEYS[1], ARGV[1]) or '1'
if gen == ARGV[2] then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return gen
