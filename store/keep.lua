-- keep.lua: keeps an uploaded file, if there is room.
--
-- KEYS  1 the file   2 hash name -> size in bytes   3 hash name -> since when nothing uses it
-- ARGV  1 its name   2 what it holds   3 how much all of them may hold, in bytes
-- Returns 1, also where it is there already; 0 where there is no room.
--
-- Who uploads a file anew is about to use it: it no longer counts as unused.

if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
  local total = #ARGV[2]
  for _, size in ipairs(redis.call('HVALS', KEYS[2])) do
    total = total + tonumber(size)
  end
  if total > tonumber(ARGV[3]) then
    return 0
  end
  redis.call('HSET', KEYS[2], ARGV[1], #ARGV[2])
  redis.call('SET', KEYS[1], ARGV[2])
end
redis.call('HDEL', KEYS[3], ARGV[1])
return 1
