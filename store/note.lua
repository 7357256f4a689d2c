-- note.lua: compare-and-set of a document, with the line that says who did it.
--
-- KEYS  1 document: 8 bytes of version, then what the caller likes   2 audit log: list
-- ARGV  1 expected version of the document, 8 bytes; empty: it must be absent
--       2 the new document, version included   3 the line
-- Returns 1, or 0 where the document has another version: then nothing is written.

if string.sub(redis.call('GET', KEYS[1]) or '', 1, 8) ~= ARGV[1] then
  return 0
end
redis.call('RPUSH', KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], ARGV[2])
return 1
