-- append.lua: adds one entry to the end of a list.
--
-- KEYS  1 list
-- ARGV  1 the entry   2 how many entries are kept, the last ones; 0: all

redis.call('RPUSH', KEYS[1], ARGV[1])
if ARGV[2] ~= '0' then
  redis.call('LTRIM', KEYS[1], '-' .. ARGV[2], -1)
end
return 1
