-- commit.lua: compare-and-set of one versioned record with all that hangs on it.
--
-- Redis runs a script as one step: nobody sees half of it, and the append-only
-- file and the replicas get its writes as one transaction, so a crash keeps all
-- of it or nothing. Everything that can fail on a key of the wrong type comes
-- before the first SET.
--
-- KEYS (all in one slot; none is built here)
--   1  record: 8 bytes of version, then what the caller likes
--   2  reply kept for repeats of a message; may be left out with all that follow
--   3  log; may be left out with all that follow
--   4  hash season -> generation
--   5  a board
--   6  another board; left out where there is none
--
-- ARGV
--   1  expected version of the record, 8 bytes; empty: the record must be absent
--   2  the new record, version included
--   3  text of the reply
--   4  how long the reply is kept, in milliseconds; 0: it is not kept
--   5  what is added to the end of the log; empty: the log stays as it is
--   6  season, the field of KEYS[4]
--   7  the generation that the caller chose the boards by: "1", or "1 2" while
--      2 is being filled
--   8  the board's member
--   9  score on KEYS[5] as decimal digits, never a Lua number (a large one would
--      turn into 1.23e+14); empty: the member is taken off the board
--  10  score on KEYS[6], likewise
--
-- Returns 1: everything is written; or an array
--   {"conflict", record, reply}  nothing is written: the record as it is now and
--                                the reply kept for this message, each nil where
--                                there is none
--   {"gen", generation}          nothing is written: the boards were chosen by
--                                another generation than this present one

-- The version alone is read: a record that became a string of Lua would cost more than
-- all the rest of the comparison.
if redis.call('GETRANGE', KEYS[1], '0', '7') ~= ARGV[1] then
  return {'conflict', redis.call('GET', KEYS[1]), KEYS[2] and redis.call('GET', KEYS[2]) or false}
end

local log = ''
if KEYS[3] and ARGV[5] ~= '' then
  log = (redis.call('GET', KEYS[3]) or '') .. ARGV[5]
end

if KEYS[4] then
  local gen = redis.call('HGET', KEYS[4], ARGV[6]) or '1'
  if gen ~= ARGV[7] then
    return {'gen', gen}
  end
  for i = 5, #KEYS do
    if ARGV[i + 4] == '' then
      redis.call('ZREM', KEYS[i], ARGV[8])
    else
      redis.call('ZADD', KEYS[i], ARGV[i + 4], ARGV[8])
    end
  end
end

if log ~= '' then
  redis.call('SET', KEYS[3], log) -- not APPEND, which reserves twice the size
end
redis.call('SET', KEYS[1], ARGV[2])
if KEYS[2] and ARGV[4] ~= '0' then
  redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
end
return 1
