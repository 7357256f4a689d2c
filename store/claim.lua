-- claim.lua: the right of one process to do something alone, for a while.
--
-- KEYS  1 the claim: who has it
-- ARGV  1 who asks, for whom there is no other   2 for how long, in milliseconds;
--       0: it is given back   3 take: also where nobody has it; empty: only where
--       it is still theirs
-- Returns 1; 0: it is somebody else's, or was lost. To take it and to keep it may be
-- asked twice, and gives the same.

local has = redis.call('GET', KEYS[1])
if has and has ~= ARGV[1] or not has and ARGV[3] ~= 'take' then
  return 0
end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
