-- put.lua: writes entries of the library, all of them or none.
--
-- KEYS  1 questions or items: hash id -> JSON   2 version hash
--       3 hash of what was seeded; left out where nothing is seeded
-- ARGV  1 field of KEYS[2]; then for each entry:
--       id, expected JSON (empty: absent), new JSON (empty: stays as it is),
--       and with KEYS[3] the field there and its new value
-- Returns 1, or 0 where an entry is not as expected: then nothing is written.

local each = KEYS[3] and 5 or 3
for i = 2, #ARGV, each do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then
    return 0
  end
end
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
for i = 2, #ARGV, each do
  if ARGV[i + 2] ~= '' then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
  end
  if KEYS[3] then
    redis.call('HSET', KEYS[3], ARGV[i + 3], ARGV[i + 4])
  end
end
return 1
