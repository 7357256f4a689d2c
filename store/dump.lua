-- Reads KEYS, all of one slot, at one instant. Returns for each of them
-- {type, expiry in Unix milliseconds or -1, content}; scores are strings.
-- It writes nothing.
local out = {}
for i, key in ipairs(KEYS) do
  local t = redis.call('TYPE', key)['ok']
  local content = false
  if t == 'string' then
    content = redis.call('GET', key)
  elseif t == 'hash' then
    content = redis.call('HGETALL', key)
  elseif t == 'list' then
    content = redis.call('LRANGE', key, 0, -1)
  elseif t == 'set' then
    content = redis.call('SMEMBERS', key)
  elseif t == 'zset' then
    content = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  elseif t ~= 'none' then
    content = 0
  end
  out[i] = {t, redis.call('PEXPIRETIME', key), content}
end
return out
