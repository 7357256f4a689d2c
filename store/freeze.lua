-- freeze.lua: makes a paper the day's, unless another one came first.
--
-- KEYS  1 version of the day's paper   2 the frozen paper   3 version hash
-- ARGV  1 expected version, empty: none   2 the new version   3 the paper as JSON
--       4 field of KEYS[3]
-- Returns the version that is the day's now: ARGV[2] if this call set it.

local version = redis.call('GET', KEYS[1]) or ''
if version ~= ARGV[1] then
  return version
end
redis.call('HINCRBY', KEYS[3], ARGV[4], 1)
redis.call('SET', KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], ARGV[2])
return ARGV[2]
