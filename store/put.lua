-- put.lua: writes entries of the library, all of them or none.
--
-- KEYS  1 questions: hash id -> JSON   2 items: likewise   3 version hash
--       4 hash of what was seeded; left out where nothing is seeded
-- ARGV  1 field of KEYS[3]; then for each entry:
--       1 or 2 for the hash that it stands in, id, expected JSON (empty: absent),
--       new JSON (empty: stays as it is), and with KEYS[4] the field there and
--       its new value
-- Returns 1, or 0 where an entry is not as expected: then nothing is written.

local each = KEYS[4] and 6 or 4
for i = 2, #ARGV, each do
  if (redis.call('HGET', KEYS[tonumber(ARGV[i])], ARGV[i + 1]) or '') ~= ARGV[i + 2] then
    return 0
  end
end
redis.call('HINCRBY', KEYS[3], ARGV[1], 1)
for i = 2, #ARGV, each do
  if ARGV[i + 3] ~= '' then
    redis.call('HSET', KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 3])
  end
  if KEYS[4] then
    redis.call('HSET', KEYS[4], ARGV[i + 4], ARGV[i + 5])
  end
end
return 1
