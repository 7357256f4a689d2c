-- help.lua: lets the first message of a day be helped, and its repeats.
--
-- KEYS  1 mark: day, space, message
-- ARGV  1 day   2 message   3 how long the mark is kept, in milliseconds
-- Returns 1 if the message is the first of the day or a repeat of it, else 0.

local mark = redis.call('GET', KEYS[1]) or ''
local mine = ARGV[1] .. ' ' .. ARGV[2]
if mark == mine then
  return 1
end
if string.sub(mark, 1, #ARGV[1] + 1) == ARGV[1] .. ' ' then
  return 0
end
redis.call('SET', KEYS[1], mine, 'PX', ARGV[3])
return 1
