-- freeze.lua: makes a paper the day's, unless another one came first.
--
-- KEYS  1 version of the day's paper   2 the frozen paper   3 version hash
-- ARGV  1 expected version, empty: none   2 the new version   3 the paper as JSON
--       4 field of KEYS[3]
-- Returns the version that is the day's now: ARGV[2] if this call set it.
--
-- A frozen paper is never written again, since logs may name it. Where KEYS[2]
-- is there and the pointer to it is not (lost, or restored from an older backup),
-- the pointer is set to it and the paper that is there wins: read it back.

local version = redis.call('GET', KEYS[1]) or ''
if version ~= ARGV[1] then
  return version
end
redis.call('HINCRBY', KEYS[3], ARGV[4], 1)
redis.call('SETNX', KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], ARGV[2])
return ARGV[2]
