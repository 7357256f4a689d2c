package quiz_test

import (
	"testing"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

func TestLogRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := quiz.Date(2026, 1, 1)
		var want []quiz.Entry
		var log []byte
		for day := from + quiz.Day(rapid.IntRange(0, 30).Draw(t, "first")); day < from+quiz.MaxSeasonDays; day += quiz.Day(rapid.IntRange(1, 60).Draw(t, "gap")) {
			e := quiz.Entry{Day: day, Version: rapid.IntRange(1, 300).Draw(t, "version"), Lapsed: rapid.Bool().Draw(t, "lapsed"), Given: []quiz.Given{}}
			for range rapid.IntRange(0, quiz.MaxQuestions).Draw(t, "answers") {
				g := quiz.Given{Pace: quiz.Pace(rapid.IntRange(0, 15).Draw(t, "pace"))}
				if rapid.Bool().Draw(t, "blank") {
					g.Hash = quiz.BlankHash(rapid.String().Draw(t, "text"))
				} else {
					g.Letters = content.Letters(rapid.IntRange(1, 255).Draw(t, "letters"))
				}
				e.Given = append(e.Given, g)
			}
			want = append(want, e)
			log = quiz.AppendEntry(log, from, e)
		}
		got, err := quiz.ParseLog(log, from)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) {
			t.Fatalf("%d entries come back as %d", len(want), len(got))
		}
		for i := range want {
			if got[i].Day != want[i].Day || got[i].Version != want[i].Version || got[i].Lapsed != want[i].Lapsed || !equal(got[i].Given, want[i].Given) {
				t.Fatalf("entry %d: %+v comes back as %+v", i, want[i], got[i])
			}
		}
	})
}

func equal(a, b []quiz.Given) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestLogSize: a day of five questions of four options takes at most 8 bytes,
// with a blank among them 10.
func TestLogSize(t *testing.T) {
	given := []quiz.Given{{Letters: 1}, {Letters: 2}, {Letters: 15}, {Letters: 8}, {Letters: 4}}
	e := quiz.Entry{Day: 364, Version: 1, Given: given}
	if n := len(quiz.AppendEntry(nil, 0, e)); n > 8 {
		t.Errorf("a day takes %d bytes", n)
	}
	e.Given[4] = quiz.Given{Hash: quiz.BlankHash("1921年")}
	if n := len(quiz.AppendEntry(nil, 0, e)); n > 10 {
		t.Errorf("a day with a blank takes %d bytes", n)
	}
}

// FuzzParseLog: a damaged log is refused or read, never a panic; what is read
// writes back to something that reads the same.
func FuzzParseLog(f *testing.F) {
	from := quiz.Date(2026, 1, 1)
	f.Add(quiz.AppendEntry(nil, from, quiz.Entry{Day: from + 200, Version: 9, Given: []quiz.Given{{Letters: 3}, {Hash: 0x8001}, {Letters: 0x90}}}))
	f.Add([]byte{})
	f.Add([]byte{0x80})
	f.Fuzz(func(t *testing.T, log []byte) {
		entries, err := quiz.ParseLog(log, from)
		if err != nil {
			return
		}
		var again []byte
		for _, e := range entries {
			again = quiz.AppendEntry(again, from, e)
		}
		second, err := quiz.ParseLog(again, from)
		if err != nil || len(second) != len(entries) {
			t.Fatalf("%x reads as %+v, which is written as %x and reads as %+v, %v", log, entries, again, second, err)
		}
	})
}

func TestRecent(t *testing.T) {
	var r quiz.Record
	for i := range 40 {
		d := quiz.Delivery{Key: uint64(1000 + i), Sent: int64(i)}
		if r.Seen(d.Key) || r.TooOld(d) {
			t.Fatalf("message %d counts as a repeat", i)
		}
		r.Recent = r.Remember(d)
		if !r.Seen(d.Key) || len(r.Recent) > quiz.RecentMessages {
			t.Fatalf("message %d is not remembered among %d", i, len(r.Recent))
		}
	}
	if d := (quiz.Delivery{Key: 1010, Sent: 10}); r.Seen(d.Key) || !r.TooOld(d) {
		t.Error("a forgotten message would be graded again")
	}
	if d := (quiz.Delivery{Key: 9999, Sent: 39}); r.TooOld(d) {
		t.Error("another message of the same second is taken for an old one")
	}
	// A message that was under way for long takes the place of the oldest, not of the newest.
	late := quiz.Delivery{Key: 5, Sent: 24}
	if r.TooOld(late) {
		t.Error("a message as old as the oldest one kept is refused")
	}
	if r.Recent = r.Remember(late); !r.Seen(1039) {
		t.Error("the newest message was forgotten")
	}
}
