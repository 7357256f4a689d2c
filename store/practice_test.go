package store

import (
	"errors"
	"testing"
	"time"

	"dangshi/quiz"
)

func TestPractice(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx := t.Context()
		const id = "learner"
		checkPractice := func(key uint64, want string, wantReply string) quiz.Version {
			t.Helper()
			data, version, reply, err := s.Practice(ctx, id, key)
			if string(data) != want || (version == "") != (want == "") || reply != wantReply || err != nil {
				t.Errorf("%q, %q, %q, %v; want %q, %q", data, version, reply, err, want, wantReply)
			}
			return version
		}
		checkPractice(1, "", "")
		if err := s.CommitPractice(ctx, id, []byte("x"), "", 1, "r"); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("one without a record: %v", err)
		}
		checkPractice(1, "", "")
		record := get[quiz.Loaded](t)(s.Commit(ctx, id, change(quiz.Record{}, 9, 1))).Record

		must(t, s.CommitPractice(ctx, id, []byte("cards\x00"), "", 1, "党史"))
		first := checkPractice(1, "cards\x00", "党史")
		if life := get[time.Duration](t)(s.client.PTTL(ctx, replyKey(s.shard(id), id, 1)).Result()); life <= 0 || life > replyLife {
			t.Errorf("the reply is kept for %v", life)
		}
		for name, stale := range map[string]quiz.Version{"absent": "", "other": "12345678"} {
			if err := s.CommitPractice(ctx, id, []byte("x"), stale, 2, "r"); !errors.Is(err, quiz.ErrConflict) {
				t.Errorf("expected %s: %v", name, err)
			}
		}
		checkPractice(2, "cards\x00", "")
		must(t, s.CommitPractice(ctx, id, []byte("more"), first, 0, "for nobody"))
		second := checkPractice(0, "more", "")

		var b breaking
		s.client.AddHook(&b)
		b.mode.Store(breakAfterWriting)
		if err := s.CommitPractice(ctx, id, []byte("third"), second, 3, "three"); !errors.Is(err, quiz.ErrUnknown) {
			t.Errorf("%v", err)
		}
		checkPractice(3, "third", "three")
		if err := s.CommitPractice(ctx, id, []byte("third"), second, 3, "again"); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("sent again: %v", err)
		}
		checkPractice(3, "third", "three")
		b.mode.Store(breakBeforeSending)
		if err := s.CommitPractice(ctx, id, nil, second, 4, ""); !errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("%v", err)
		}
		if now := get[quiz.Loaded](t)(s.Load(ctx, id, 9)); now.Record.Version != record.Version {
			t.Error("practising changed the record")
		}
	})
}

func TestDamagedPractice(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		must(t, s.client.Set(t.Context(), practiceKey(s.shard("a"), "a"), "short", 0).Err())
		if data, version, _, err := s.Practice(t.Context(), "a", 1); data != nil || version != "" || !errors.Is(err, ErrRecord) {
			t.Errorf("%q, %q, %v", data, version, err)
		}
	})
}
