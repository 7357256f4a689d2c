package store

import (
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/content"
	"dangshi/quiz"
)

// yearOfMember lets one member answer so many questions on each day of a year.
func yearOfMember(t testing.TB, s *Store, id string, questions int) {
	t.Helper()
	season := quiz.Season{ID: "2026", From: testDay, To: testDay + 364}
	r := get[quiz.Loaded](t)(s.Load(t.Context(), id, 0)).Record
	for n := range 365 {
		day := testDay + quiz.Day(n)
		entry := quiz.Entry{Day: day, Version: 1}
		for i := range questions {
			g := quiz.Given{Letters: content.Letters(1 << ((n + i) % 4)), Pace: quiz.Pace((n * i) % 16)}
			if i == 4 && n%5 == 0 {
				g.Letters, g.Hash = 0, quiz.BlankHash(fmt.Sprint(n)) // a blank on every fifth day
			}
			entry.Given = append(entry.Given, g)
		}
		sent := day.Start().Unix() + 9*3600
		for i := range quiz.RecentMessages {
			r.Recent = r.Remember(quiz.Delivery{Key: 24_000_000_000_000_000 + uint64(sent)*1000 + uint64(i), Sent: sent})
		}
		r.Member = quiz.Member{
			Joined: testDay, Branch: "B0017", Begun: day,
			Streak: quiz.Streak{Length: n + 1, Toward: n % 7, Freezes: 2, Last: day},
			Totals: quiz.Totals{Season: season.ID, Points: (n + 1) * 240_000, Days: n + 1, Longest: n + 1, Run: n + 1, Last: day, Correct: 4 * (n + 1), Asked: questions * (n + 1)},
			Last:   quiz.Result{Day: day, Correct: 4, Questions: questions, Points: 240_000},
		}
		r = get[quiz.Loaded](t)(s.Commit(t.Context(), id, quiz.Change{
			Record: r, Log: &quiz.LogWrite{Season: season.ID, Entry: quiz.AppendEntry(nil, season.From, entry)},
			Board: &quiz.BoardSet{Season: season.ID, Score: r.Member.Totals.Rank()},
		})).Record
	}
}

// A member-year of 365 days of 5 questions stays within 4 kB of Redis memory; one of
// 10 takes what BENCHMARKS.md says.
func TestMemoryOfAMemberYear(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	for i := range 2000 { // a board of some size: a small one is packed tighter
		z := redis.Z{Score: float64(1_000_000 + i), Member: fmt.Sprintf("oABCD-efgh_12345678901234%04d", i)}
		if err := s.client.ZAdd(t.Context(), boardKey(0, "2026", 1), z).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for questions, limit := range map[int]int64{5: 4096, 10: 6144} {
		id := fmt.Sprintf("oABCD-efgh_1234567890abcde%02d", questions)
		yearOfMember(t, s, id, questions)
		record, log, board, err := s.MemoryOfMember(t.Context(), id, "2026")
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d questions: record %d + log %d + board %d = %d bytes", questions, record, log, board, record+log+board)
		if sum := record + log + board; sum > limit || record == 0 || log < 365*7 || board == 0 {
			t.Errorf("a member-year of %d questions takes %d bytes: record %d, log %d, board %d", questions, sum, record, log, board)
		}
	}
	if r, l, _, err := s.MemoryOfMember(t.Context(), "absent", "2026"); r != 0 || l != 0 || err != nil {
		t.Errorf("of someone absent: %d, %d, %v", r, l, err)
	}
}
