-- move.lua: writes all that is kept of a member under another id.
--
-- KEYS (all in the slot of the new id)
--   1  the record   2  reminders: zset member -> minute of the day
--   then the keys that hold the rest: logs, practice, objections
-- ARGV
--   1  expected version of the record, 8 bytes; empty: it must be absent
--   2  the record, version included   3  the new id
--   4  minute of the reminder; empty: none
--   then a value for each further key; empty: the key goes
-- Returns 1, or 0 where the record is another one: then nothing is written.
--
-- The boards are set afterwards, by their own commit: what is on a board of the
-- old id must not stand beside it.

local record = redis.call('GET', KEYS[1])
if (record and string.sub(record, 1, 8) or '') ~= ARGV[1] then
  return 0
end
if ARGV[4] == '' then
  redis.call('ZREM', KEYS[2], ARGV[3])
else
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[3])
end
for i = 3, #KEYS do
  if ARGV[i + 2] == '' then
    redis.call('DEL', KEYS[i])
  else
    redis.call('SET', KEYS[i], ARGV[i + 2])
  end
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
