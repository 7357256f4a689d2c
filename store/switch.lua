-- switch.lua: what all readers look at, in one step: the ledger of rulings (or the
-- tree of branches), and which generation of boards is read.
--
-- KEYS  1 ledger: 8 bytes of version, then what the caller likes   2 version hash
--       3 audit log: list of JSON
--       4 another document that must be as it was; left out where there is none
-- ARGV  1 expected version of the ledger, 8 bytes; empty: it must be absent
--       2 the new ledger; empty: it stays, and its version is not looked at
--       3 field of KEYS[2] that a new ledger raises
--       4 line for KEYS[3]; empty: none
--       5 number of fields of KEYS[2] that must be as expected; then each field
--         and its value, and after them each field that is set and its value;
--         last, where there is KEYS[4], its expected version
-- Returns 1, or 0 where something is not as expected: then nothing is written.

if ARGV[2] ~= '' and string.sub(redis.call('GET', KEYS[1]) or '', 1, 8) ~= ARGV[1] then
  return 0
end
local last = #ARGV
if KEYS[4] then
  if string.sub(redis.call('GET', KEYS[4]) or '', 1, 8) ~= ARGV[last] then
    return 0
  end
  last = last - 1
end
local set = 6 + 2 * tonumber(ARGV[5])
for i = 6, set - 1, 2 do
  if redis.call('HGET', KEYS[2], ARGV[i]) ~= ARGV[i + 1] then
    return 0
  end
end
if ARGV[4] ~= '' then
  redis.call('RPUSH', KEYS[3], ARGV[4])
end
for i = set, last, 2 do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
end
if ARGV[2] ~= '' then
  redis.call('HINCRBY', KEYS[2], ARGV[3], 1)
  redis.call('SET', KEYS[1], ARGV[2])
end
return 1
