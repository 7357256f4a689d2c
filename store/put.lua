-- put.lua: writes entries of the library, all of them or none.
--
-- KEYS  1 questions: hash id -> JSON   2 items: likewise   3 version hash
--       4 earlier pages of both: hash prefix and id -> lines of JSON
--       5 audit log: list of JSON   6 changes: hash version -> what changed with it
--       7 hash of what was seeded; left out where nothing is seeded
-- ARGV  1 field of KEYS[3] that is raised   2 line for KEYS[5] (empty: none)
--       3 what changes, for KEYS[6] (empty: too much to be told there)
--       4 of how many of the last changes KEYS[6] tells
--       5 number of fields of KEYS[3] that must be as expected, then each of them and
--       its value (empty: absent); then for each entry:
--       1 or 2 for the hash that it stands in, id, expected JSON (empty: absent),
--       new JSON (empty: stays as it is; "-": it goes, with its earlier pages), field
--       of KEYS[4], line to add to it (empty: none), and with KEYS[7] the field there
--       and its new value
-- Returns 1, or 0 where something is not as expected: then nothing is written.

local first = 6 + 2 * tonumber(ARGV[5])
for i = 6, first - 1, 2 do
  if (redis.call('HGET', KEYS[3], ARGV[i]) or '') ~= ARGV[i + 1] then
    return 0
  end
end
local each = KEYS[7] and 8 or 6
for i = first, #ARGV, each do
  if (redis.call('HGET', KEYS[tonumber(ARGV[i])], ARGV[i + 1]) or '') ~= ARGV[i + 2] then
    return 0
  end
end
local version = redis.call('HINCRBY', KEYS[3], ARGV[1], 1)
redis.call('HDEL', KEYS[6], version, version - tonumber(ARGV[4]))
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[6], version, ARGV[3])
end
if ARGV[2] ~= '' then
  redis.call('RPUSH', KEYS[5], ARGV[2])
end
for i = first, #ARGV, each do
  if ARGV[i + 3] == '-' then
    redis.call('HDEL', KEYS[tonumber(ARGV[i])], ARGV[i + 1])
    redis.call('HDEL', KEYS[4], ARGV[i + 4])
  elseif ARGV[i + 3] ~= '' then
    redis.call('HSET', KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 3])
  end
  if ARGV[i + 5] ~= '' then
    local pages = redis.call('HGET', KEYS[4], ARGV[i + 4]) or ''
    redis.call('HSET', KEYS[4], ARGV[i + 4], pages .. ARGV[i + 5] .. '\n')
  end
  if KEYS[7] then
    redis.call('HSET', KEYS[7], ARGV[i + 6], ARGV[i + 7])
  end
end
return 1
