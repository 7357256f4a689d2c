-- session.lua: keeps a session of the console, unless it was ended.
--
-- KEYS  1 the session; empty for a while once it was ended
-- ARGV  1 what it holds   2 for how long, in milliseconds
-- Returns 1; 0: it was ended, and stays so.
--
-- A page that is being answered while somebody signs out writes its session afterwards.

if redis.call('GET', KEYS[1]) == '' then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
