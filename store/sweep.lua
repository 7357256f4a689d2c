-- sweep.lua: notes which uploaded files nothing uses, and takes those away that nothing
-- has used for long.
--
-- KEYS  1 hash name -> size in bytes   2 hash name -> since when nothing uses it
--       3 version hash; then the files that may go
-- ARGV  1 field of KEYS[3]   2 the version at which the library was looked through
--       3 now, in Unix seconds   4 the time at which what goes became unused, or before
--       5 how many files are unused; then their names, and after them the names of
--       the files of KEYS, in order
-- Returns how many were taken away; -1 where the library has another version, or a file
-- was uploaded anew since it was looked at: then nothing is done.

if (redis.call('HGET', KEYS[3], ARGV[1]) or '') ~= ARGV[2] then
  return -1
end
local unused = tonumber(ARGV[5])
for i = 4, #KEYS do
  local since = redis.call('HGET', KEYS[2], ARGV[unused + 2 + i])
  if not since or tonumber(since) > tonumber(ARGV[4]) then
    return -1
  end
end
local idle = {}
for i = 6, 5 + unused do
  idle[ARGV[i]] = true
  redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[3])
end
for _, name in ipairs(redis.call('HKEYS', KEYS[2])) do
  if not idle[name] then
    redis.call('HDEL', KEYS[2], name) -- something uses it again
  end
end
for i = 4, #KEYS do
  redis.call('DEL', KEYS[i])
  redis.call('HDEL', KEYS[1], ARGV[unused + 2 + i])
  redis.call('HDEL', KEYS[2], ARGV[unused + 2 + i])
end
return #KEYS - 3
