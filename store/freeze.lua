-- freeze.lua: makes a paper the day's, unless another one came first.
--
-- KEYS  1 version of the day's paper   2 the frozen paper   3 version hash
-- ARGV  1 expected version, empty: none   2 the new version   3 the paper as JSON
--       4 field of KEYS[3] that is raised
--       then fields of KEYS[3] that must be as they were when the paper was drawn,
--       each with its value (empty: absent)
-- Returns the version that is the day's now: ARGV[2] if this call set it; "moved" where
-- the day has the expected version and one of the fields has changed: then nothing is
-- written.
--
-- What a paper is drawn from (library, rulings, questions chosen for coming days, papers
-- of days before) lies in the slot of the papers, and each change of it raises its field
-- in the same step. So no paper is frozen with a question that was retired, ruled or
-- taken away before this script ran: it is drawn anew. A question that is retired
-- afterwards is asked on that day; who takes one away for good asks for the papers
-- first, and put.lua compares their version likewise.
--
-- A frozen paper is never written again, since logs may name it. Where KEYS[2]
-- is there and the pointer to it is not (lost, or restored from an older backup),
-- the pointer is set to it and the paper that is there wins: read it back.

local version = redis.call('GET', KEYS[1]) or ''
if version ~= ARGV[1] then
  return version
end
for i = 5, #ARGV, 2 do
  if (redis.call('HGET', KEYS[3], ARGV[i]) or '') ~= ARGV[i + 1] then
    return 'moved'
  end
end
redis.call('HINCRBY', KEYS[3], ARGV[4], 1)
redis.call('SETNX', KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], ARGV[2])
return ARGV[2]
