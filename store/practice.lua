-- practice.lua: compare-and-set of a member's practice.
--
-- KEYS  1 the member's record   2 practice: 8 bytes of version, then its data
--       3 reply kept for repeats of a message
-- ARGV  1 expected version of the practice, 8 bytes; empty: it must be absent
--       2 the new practice, version included   3 text of the reply
--       4 how long the reply is kept, in milliseconds; 0: it is not kept
-- Returns 1, or 0 where nothing is written: the practice has another version, or
-- there is no such member. Without the second, one who was erased meanwhile
-- would leave a practice behind.

local practice = redis.call('GET', KEYS[2])
if (practice and string.sub(practice, 1, 8) or '') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
redis.call('SET', KEYS[2], ARGV[2])
if ARGV[4] ~= '0' then
  redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
end
return 1
