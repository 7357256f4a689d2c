-- remind.lua: puts a member at the place on the reminder index that the record
-- says, if the record is still the one that says so.
--
-- KEYS  1 the member's record   2 reminders: zset member -> minute of the day
-- ARGV  1 expected version of the record, 8 bytes; empty: it must be absent
--       2 the member   3 minute; empty: none   4 "NX": a place that the member
--       has already stays; else empty
-- Returns 1, or 0 where the record has another version and nothing is done.

local record = redis.call('GET', KEYS[1])
if (record and string.sub(record, 1, 8) or '') ~= ARGV[1] then
  return 0
end
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[2], ARGV[2])
elseif ARGV[4] ~= 'NX' or not redis.call('ZSCORE', KEYS[2], ARGV[2]) then
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
end
return 1
