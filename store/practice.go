package store

import (
	"context"
	"time"

	"dangshi/quiz"
)

// Practice reads what a member practises, and the reply kept for the message of
// that key, in one round trip. One who never practised has nil and an empty
// version. Errors: quiz.ErrUnavailable, ErrRecord.
func (s *Store) Practice(ctx context.Context, id string, key uint64) (data []byte, version quiz.Version, reply string, err error) {
	shard := s.shard(id)
	values, err := s.client.MGet(ctx, practiceKey(shard, id), replyKey(shard, id, key)).Result()
	if err != nil {
		return nil, "", "", unavailable(err)
	}
	stored, _ := values[0].(string)
	reply, _ = values[1].(string)
	data, version, err = cutVersion(stored)
	return data, version, reply, err
}

// CommitPractice writes what a member practises if it still has the version that
// was read, and keeps the reply to the message of that key for its repeats; key 0
// belongs to no message. Errors:
//
//	quiz.ErrConflict     nothing was written: someone else wrote it meanwhile,
//	                     or the member has no record (any more)
//	quiz.ErrUnavailable  nothing was written
//	quiz.ErrUnknown      it may have been written or not: read it and look
func (s *Store) CommitPractice(ctx context.Context, id string, data []byte, expected quiz.Version, key uint64, reply string) error {
	shard := s.shard(id)
	answer, err := s.run(ctx, s.practice,
		[]string{memberKey(shard, id), practiceKey(shard, id), replyKey(shard, id, key)},
		string(expected), string(newVersion())+string(data), reply, lifeOf(key))
	if err == nil && answer != int64(1) {
		err = quiz.ErrConflict
	}
	return err
}

// lifeOf is how long the reply to a message is kept, in milliseconds; 0 where
// there is no message. Constants make arguments that cost nothing.
func lifeOf(key uint64) any {
	if key == 0 {
		return 0
	}
	return int64(replyLife / time.Millisecond)
}
