-- erase.lua: takes away all that is kept of one member, in one step.
--
-- KEYS  1 the member's record   2 reply kept for repeats of the message
--       3 tombstones: zset keyed hash -> Unix milliseconds   4 reminders
--       5 hash season -> generation; then keys that are deleted, and after them
--       boards that the member is taken off
-- ARGV  1 expected version of the record, 8 bytes; empty: it must be absent
--       2 text of the reply   3 how long it is kept, in milliseconds; 0: not at all
--       4 the member   5 keyed hashes of the member, parted by spaces   6 now, in Unix milliseconds
--       7 how many keys are deleted; then KEYS[5] as the caller knew it, by which
--       the boards were chosen: field, value, field, value ...
-- Returns 'ok', or with nothing done 'conflict' (another version) or 'gen' (boards
-- have come or gone).
--
-- The tombstone outlasts the member, so that an older backup does not bring the
-- data back. A later erasure of the same member always has a later time, whatever
-- the clock says: restoring compares times.

local record = redis.call('GET', KEYS[1])
if (record and string.sub(record, 1, 8) or '') ~= ARGV[1] then
  return 'conflict'
end
if redis.call('HLEN', KEYS[5]) * 2 ~= #ARGV - 7 then
  return 'gen'
end
for i = 8, #ARGV, 2 do
  if redis.call('HGET', KEYS[5], ARGV[i]) ~= ARGV[i + 1] then
    return 'gen'
  end
end

-- First what fails on a key of the wrong type; each is right by itself.
for stone in string.gmatch(ARGV[5], '%S+') do
  local time = ARGV[6]
  local before = redis.call('ZSCORE', KEYS[3], stone)
  if before and tonumber(before) >= tonumber(time) then
    time = string.format('%.0f', tonumber(before) + 1)
  end
  redis.call('ZADD', KEYS[3], time, stone)
end
redis.call('ZREM', KEYS[4], ARGV[4])
for i = 6 + tonumber(ARGV[7]), #KEYS do
  redis.call('ZREM', KEYS[i], ARGV[4])
end
redis.call('DEL', KEYS[1])
for i = 6, 5 + tonumber(ARGV[7]) do
  redis.call('DEL', KEYS[i])
end
if ARGV[3] ~= '0' then
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
end
return 'ok'
