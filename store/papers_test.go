package store

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// Replicas that draw a day's paper at once all get the one that came first, and
// a paper never changes.
func TestFreeze(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		replicas := []*Store{openTest(t, url), openTest(t, url), openTest(t, url)}
		for _, s := range replicas {
			if p, err := s.CurrentPaper(t.Context(), testDay); p != nil || err != nil {
				t.Fatalf("before there is one: %v, %v", p, err)
			}
		}
		papers := make([]*quiz.Paper, 12)
		var wg sync.WaitGroup
		for i := range papers {
			wg.Go(func() {
				mine := testPaper(testDay)
				mine.Questions[0].Stem = string(rune('A' + i))
				papers[i], _ = replicas[i%len(replicas)].Freeze(t.Context(), mine, "")
			})
		}
		wg.Wait()
		for i, p := range papers {
			if !reflect.DeepEqual(p, papers[0]) || p == nil {
				t.Fatalf("paper %d is %+v, the first %+v", i, p, papers[0])
			}
		}
		for _, s := range replicas {
			// They may have asked a moment ago: see Staleness.
			eventually(t, func() bool {
				p, err := s.CurrentPaper(t.Context(), testDay)
				return err == nil && reflect.DeepEqual(p, papers[0])
			})
		}
		replacePaper(t, replicas[0], replicas[1], papers[0])
	})
}

func replacePaper(t *testing.T, s, other *Store, first *quiz.Paper) {
	t.Helper()
	skipped := testPaper(testDay)
	skipped.Version = 3
	if p := get[*quiz.Paper](t)(s.Freeze(t.Context(), skipped, "")); p.Version != 1 {
		t.Errorf("version 3 after version 1 gave version %d", p.Version)
	}
	second := testPaper(testDay)
	second.Version = 2
	if p := get[*quiz.Paper](t)(s.Freeze(t.Context(), second, "")); p.Version != 2 {
		t.Errorf("version 2 gave version %d", p.Version)
	}
	if p := get[*quiz.Paper](t)(s.CurrentPaper(t.Context(), testDay)); p.Version != 2 {
		t.Errorf("the replica that froze version 2 still has %d", p.Version)
	}
	eventually(t, func() bool {
		p, err := other.CurrentPaper(t.Context(), testDay)
		return err == nil && p.Version == 2
	})
	if p := get[*quiz.Paper](t)(s.Paper(t.Context(), testDay, 1)); !reflect.DeepEqual(p, first) {
		t.Errorf("version 1 is now %+v", p)
	}
	if p, err := s.Paper(t.Context(), testDay, 9); p != nil || err != nil {
		t.Errorf("a version that is not there: %v, %v", p, err)
	}
	second.Day = testDay + 1
	if p, err := s.Freeze(t.Context(), second, ""); err == nil {
		t.Errorf("version 2 as the first of its day: %+v", p)
	}
	if _, err := s.Freeze(t.Context(), &quiz.Paper{Day: testDay, Version: 1}, ""); err == nil {
		t.Error("a paper without questions was frozen")
	}
}

// TestFreezeUnder: a paper is the day's only while what it was drawn from is as it was
// when that was read.
func TestFreezeUnder(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		get[Put](t)(s.PutQuestions(t.Context(), []content.Question{aQuestion("a", "one"), aQuestion("b", "two")}))
		under := func() quiz.Version {
			_, v, err := s.LibraryNow(t.Context())
			must(t, err)
			return v
		}
		retired := aQuestion("a", "one")
		retired.State = content.Retired
		before := under()
		for what, change := range map[string]func() error{
			"taken away": func() error {
				_, err := other.PutQuestions(t.Context(), []content.Question{retired})
				return err
			},
			"ruled": func() error { return other.client.HIncrBy(t.Context(), versionKey(), versionRulings, 1).Err() },
			"chosen": func() error {
				return other.PinPaper(t.Context(), testDay, []string{"b"}, "", Audited{At: time.Unix(1_790_000_000, 0), By: "张三", Did: "paper.pin"})
			},
		} {
			drawn := under()
			must(t, change())
			if p, err := s.Freeze(t.Context(), testPaper(testDay), drawn); !errors.Is(err, quiz.ErrConflict) {
				t.Errorf("%s meanwhile: %+v, %v", what, p, err)
			}
			if p := get[*quiz.Paper](t)(s.CurrentPaper(t.Context(), testDay)); p != nil {
				t.Errorf("%s meanwhile: %+v was frozen", what, p)
			}
		}
		frozen := get[*quiz.Paper](t)(s.Freeze(t.Context(), testPaper(testDay), under()))
		for _, drawn := range []quiz.Version{before, under(), ""} {
			late := testPaper(testDay)
			late.Questions[0].Stem = "late"
			if p := get[*quiz.Paper](t)(other.Freeze(t.Context(), late, drawn)); !reflect.DeepEqual(p, frozen) {
				t.Errorf("frozen first %+v, then %+v", frozen, p)
			}
		}
	})
}

// eventually asks until it is so: what another replica changed is seen within
// Staleness.
func eventually(t testing.TB, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never came to be so")
		}
	}
}

func TestRecentPapers(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		for _, d := range []quiz.Day{0, 1, 3, 4, 9} {
			get[*quiz.Paper](t)(s.Freeze(t.Context(), testPaper(testDay+d), ""))
		}
		second := testPaper(testDay + 3)
		second.Version = 2
		get[*quiz.Paper](t)(s.Freeze(t.Context(), second, ""))
		for _, s := range []*Store{s, other, other} { // from memory, from Redis, half and half
			papers := get[[]*quiz.Paper](t)(s.RecentPapers(t.Context(), testDay+1, testDay+8))
			var days []quiz.Day
			for _, p := range papers {
				days = append(days, p.Day-testDay)
				if p.Day == testDay+3 && p.Version != 2 {
					t.Errorf("an older version: %d", p.Version)
				}
			}
			if !reflect.DeepEqual(days, []quiz.Day{1, 3, 4}) {
				t.Errorf("days %v", days)
			}
		}
		if papers, err := s.RecentPapers(t.Context(), testDay+5, testDay+4); len(papers) != 0 || err != nil {
			t.Errorf("no days: %v, %v", papers, err)
		}
		lost := frozenKey(testDay+1, 1)
		if err := s.client.Set(t.Context(), lost, "{}", 0).Err(); err != nil {
			t.Fatal(err)
		}
		fresh := openTest(t, url)
		if _, err := fresh.CurrentPaper(t.Context(), testDay+1); !errors.Is(err, errPaper) {
			t.Errorf("a damaged paper: %v", err)
		}
		s.client.Del(t.Context(), lost)
		if _, err := fresh.CurrentPaper(t.Context(), testDay+1); !errors.Is(err, errPaper) {
			t.Errorf("a lost paper: %v", err)
		}
		if _, err := fresh.RecentPapers(t.Context(), testDay+1, testDay+1); !errors.Is(err, errPaper) {
			t.Errorf("a lost paper among recent ones: %v", err)
		}
	})
}

func TestVoids(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		for _, step := range []struct {
			day  quiz.Day
			void quiz.Void
			want quiz.Voids
		}{
			{testDay, quiz.Stands, quiz.Voids{}},
			{testDay, quiz.Dropped, quiz.Voids{testDay: quiz.Dropped}},
			{testDay + 1, quiz.Kept, quiz.Voids{testDay: quiz.Dropped, testDay + 1: quiz.Kept}},
			{testDay, quiz.Kept, quiz.Voids{testDay: quiz.Kept, testDay + 1: quiz.Kept}},
			{testDay, quiz.Stands, quiz.Voids{testDay + 1: quiz.Kept}},
		} {
			if err := s.SetVoid(t.Context(), step.day, step.void); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Voids(t.Context()); err != nil || !reflect.DeepEqual(got, step.want) {
				t.Errorf("after %v the replica that did it has %v, %v", step, got, err)
			}
			get[quiz.Voids](t)(other.Voids(t.Context()))
		}
		eventually(t, func() bool {
			got, err := other.Voids(t.Context())
			return err == nil && reflect.DeepEqual(got, quiz.Voids{testDay + 1: quiz.Kept})
		})
		if err := s.SetVoid(t.Context(), testDay, 9); err == nil {
			t.Error("void 9 was accepted")
		}
		s.client.HSet(t.Context(), voidsKey(), testDay.String(), "perhaps")
		s.client.HIncrBy(t.Context(), versionKey(), versionVoids, 1)
		s.changed()
		if got, err := s.Voids(t.Context()); err == nil || !strings.Contains(err.Error(), "perhaps") {
			t.Errorf("a void that is none: %v, %v", got, err)
		}
	})
}

// Between two looks at the version nothing is asked: the papers of a thousand
// messages come from memory.
func TestSharedComesFromMemory(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	freezePapers(t, s, 1)
	get[quiz.Voids](t)(s.Voids(t.Context()))
	get[*quiz.Paper](t)(s.CurrentPaper(t.Context(), testDay))
	calls := func() string {
		return get[string](t)(s.client.Info(t.Context(), "commandstats").Result())
	}
	count := func(stats, command string) int {
		_, after, _ := strings.Cut(stats, "cmdstat_"+command+":calls=")
		n := 0
		for _, r := range after {
			if r < '0' || r > '9' {
				break
			}
			n = n*10 + int(r-'0')
		}
		return n
	}
	before := calls()
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for range 200 {
				if p, err := s.CurrentPaper(t.Context(), testDay); err != nil || p == nil {
					t.Errorf("%v, %v", p, err)
				}
				if _, err := s.Voids(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	after := calls()
	if n := count(after, "get") - count(before, "get"); n != 0 {
		t.Errorf("%d papers were read again", n)
	}
	// At most one look a second; ten thousand calls cannot have taken a minute.
	if n := count(after, "hgetall") - count(before, "hgetall"); n > 60 {
		t.Errorf("the version was asked for %d times", n)
	}
}
