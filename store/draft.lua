-- draft.lua: keeps or forgets what somebody has begun, if that is still what was read.
--
-- KEYS  1 the draft
-- ARGV  1 SHA-1 of the draft that must be there, in hexadecimal; empty: none is
--       2 the new draft; empty: it goes   3 for how long it is kept, in milliseconds
-- Returns 1, or 0 where another draft is there: then nothing is written.

local was = redis.call('GET', KEYS[1])
if (was and redis.sha1hex(was) or '') ~= ARGV[1] then
  return 0
end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
