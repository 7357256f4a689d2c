package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// A day is voided while members answer and readers look, killed at random moments,
// before or after a command reached Redis: they see boards and records of before or
// of after, never some of each, and the same call by a new process ends as if
// nothing had been.
func TestVoidKilled(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := &killed{url: url, s: openTest(t, url), writer: openTest(t, url)}
		freezePapers(t, w.s, killedDays)
		w.commands = voidOnce(t, w, 0, 0) // as long as it takes
		for i := range storetest.Rounds(15) {
			voidOnce(t, w, i+1, 1+rand.Int64N(w.commands))
		}
	})
}

// voidOnce voids a day and may be killed at a command (0: never); it gives how many
// it took.
func voidOnce(t *testing.T, w *killed, n int, at int64) (sent int64) {
	season := quiz.Season{ID: fmt.Sprint("void", n), From: testDay, To: testDay + killedDays}
	v := Voiding{Day: testDay + 1, How: []quiz.Void{quiz.Dropped, quiz.Kept, quiz.Stands}[n%3], At: 1, By: "test"}
	before := get[quiz.Voids](t)(w.s.readVoids(t.Context()))
	must(t, w.s.SetVoid(t.Context(), v.Day, quiz.Stands)) // let them answer it
	still := players(w.s, season, "still", 6)
	for i, p := range still {
		play(t, p, []attempt{{testDay, []int{i % 3}}, {testDay + 1, []int{i % 4}}, {testDay + 3, []int{(i + n) % 4}}})
	}
	must(t, w.s.SetVoid(t.Context(), v.Day, before[v.Day]), w.s.Rebuild(t.Context(), season, RebuildOptions{}))
	w.writer.changed()
	writing := players(w.writer, season, "writing", 3)

	// under is held by whoever acts by what it has read before; waiting for them
	// stands for the seconds that are waited in the field.
	var under sync.RWMutex
	settle := func(context.Context) error {
		w.writer.changed()
		under.Lock()
		defer under.Unlock()
		return nil
	}
	look := voidLooks(t, w, season, still, before, v.added(before))
	stop := make(chan struct{})
	var others sync.WaitGroup
	for i, p := range writing {
		others.Go(func() {
			for day := range quiz.Day(killedDays) {
				under.RLock()
				play(t, p, []attempt{{testDay + day, []int{i, int(day) % 4, 0}}})
				under.RUnlock()
			}
		})
	}
	others.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				under.RLock()
				look.records(t)
				under.RUnlock()
			}
		}
	})
	process := func(at int64) error {
		s, err := Open(t.Context(), Options{URL: w.url, Sandbox: true, Timeout: patience})
		must(t, err)
		defer s.Close()
		s.settle = settle
		k := &killing{at: at, after: n%2 == 0}
		s.client.AddHook(k)
		err = s.VoidDay(t.Context(), v, []quiz.Season{season}, RebuildOptions{})
		sent = k.sent.Load()
		return err
	}
	if err := process(at); err != nil {
		if at == 0 {
			t.Fatal(err)
		}
		if err := process(0); err != nil && !errors.Is(err, ErrVoided) {
			t.Fatalf("killed at command %d: the next process: %v", at, err)
		}
	}
	close(stop)
	others.Wait()
	w.writer.changed()
	look.records(t)
	if look.seen[1] == 0 {
		t.Error("nobody has seen the new board")
	}
	all := append(still, writing...)
	w.s.changed()
	after := get[quiz.Voids](t)(w.s.Voids(t.Context()))
	if after[v.Day] != v.How {
		t.Errorf("killed at command %d: the day is %v, want %v", at, after[v.Day], v.How)
	}
	checkBoard(t, w.s, season, all, after)
	if v := get[Verification](t)(w.s.Verify(t.Context(), season, VerifyOptions{})); len(v.Differences) > 0 {
		t.Errorf("killed at command %d: %+v", at, v.Differences)
	}
	if _, pending, err := w.s.Staged(t.Context()); pending || err != nil {
		t.Errorf("something is left: %v, %v", pending, err)
	}
	forget(t, w.s, all)
	return sent
}

func voidLooks(t *testing.T, w *killed, season quiz.Season, still []*player, voids ...quiz.Voids) *looks {
	t.Helper()
	return newLooks(w.writer, season, still, func(p *player, after int) quiz.Totals { return p.totals(t, w.s, voids[after]) })
}

// records looks at the board, at the records, and at the board again: where that is
// the same, so are they.
func (l *looks) records(t *testing.T) {
	first := l.now(t)
	found := map[string]quiz.Totals{}
	for id := range l.totals[0] {
		found[id] = amended(t, l.s, id).Totals
	}
	if second := l.now(t); first != second || reflect.DeepEqual(l.totals[0], l.totals[1]) {
		return
	}
	if !reflect.DeepEqual(found, l.totals[first]) {
		t.Errorf("the board is the one of %s, the records are %v, neither %v", []string{"before", "after"}[first], found, l.totals[first])
	}
}

// now is which board is seen: 0 the old one, 1 the new one.
func (l *looks) now(t *testing.T) int {
	before := l.seen
	l.once(t)
	if l.seen[1] > before[1] {
		return 1
	}
	return 0
}

// Voiding as a whole: a preview that comes true, what is refused, and a day without
// a season.
func TestVoidDay(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	ctx := t.Context()
	players := overYear(t, s, 30)
	v := Voiding{Day: testDay + 2, How: quiz.Dropped, At: 5, By: "李四", Why: "停电"}
	impact := get[quiz.Impact](t)(s.PreviewVoid(ctx, v, theYear, 5, nil))
	before := map[string]int64{}
	for _, st := range sorted(t, s, players, nil) {
		before[st.ID] = st.Score
	}
	must(t, s.VoidDay(ctx, v, []quiz.Season{theYear}, RebuildOptions{}))
	voids := get[quiz.Voids](t)(s.Voids(ctx))
	checkBoard(t, s, theYear, players, voids)
	lose, finished := 0, 0
	for _, p := range players {
		was, _, _ := quiz.UnpackRank(before[p.id])
		is := p.totals(t, s, voids)
		if is.Points < was {
			lose++
		}
		log := get[[]byte](t)(s.Log(ctx, p.id, "2026"))
		for _, e := range get[[]quiz.Entry](t)(quiz.ParseLog(log, theYear.From)) {
			if e.Day == v.Day {
				finished++
			}
		}
	}
	if impact.Finished != finished || finished == 0 {
		t.Errorf("the preview has %d who answered, there are %d", impact.Finished, finished)
	}
	ranked := 0
	for _, p := range impact.Points {
		ranked += p.Members
	}
	if impact.Gain != 0 || impact.Lose != ranked || impact.Lose < lose {
		t.Errorf("%+v; %d lose", impact, lose)
	}
	if err := s.VoidDay(ctx, v, []quiz.Season{theYear}, RebuildOptions{}); !errors.Is(err, ErrVoided) {
		t.Errorf("again: %v", err)
	}
	if _, err := s.PreviewVoid(ctx, v, theYear, 5, nil); !errors.Is(err, ErrVoided) {
		t.Errorf("previewed again: %v", err)
	}
	v.How = quiz.Stands
	must(t, s.VoidDay(ctx, v, []quiz.Season{theYear}, RebuildOptions{}))
	for _, st := range sorted(t, s, players, nil) {
		if before[st.ID] != st.Score {
			t.Errorf("%s has %d after all was taken back, %d before", st.ID, st.Score, before[st.ID])
		}
	}
	checkBoard(t, s, theYear, players, nil)
	must(t, s.VoidDay(ctx, Voiding{Day: testDay - 100, How: quiz.Kept, At: 6}, nil, RebuildOptions{}))

	get[[]quiz.Commitment](t)(s.CommitSeason(ctx, theYear, 100, "test", nil))
	get[Closed](t)(s.CloseSeason(ctx, closeRequest("1", &kept{}), RebuildOptions{}))
	v.How = quiz.Kept
	if err := s.VoidDay(ctx, v, []quiz.Season{theYear}, RebuildOptions{}); !errors.Is(err, ErrSeasonClosed) {
		t.Errorf("of a closed season: %v", err)
	}
	var lines []string
	must(t, s.EachAudited(ctx, func(a Audited) bool { lines = append(lines, a.Did+" "+a.On+" "+a.Why); return true }))
	if lines[3] != "season.stand 2026-01-03 停电" || lines[4] != "season.drop 2026-01-03 停电" {
		t.Errorf("the audit log has %q", lines)
	}
}

// What members commit while a day is being voided is right on the boards before
// anything is mended: between the replay of their log and the switch, and between
// the switch and the mending of their record.
func TestCommitsWhileVoiding(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, w := openTest(t, url), openTest(t, url)
		ctx := t.Context()
		overYear(t, s, 5)
		all := players(w, theYear, "P", 2)
		for i, p := range all {
			play(t, p, []attempt{{testDay, []int{0}}, {testDay + 1, []int{0, i}}, {testDay + 3, []int{0}}})
		}
		v := Voiding{Day: testDay + 1, How: quiz.Dropped, At: 1}
		voids := quiz.Voids{v.Day: v.How}
		shown := func(when string, p *player) {
			t.Helper()
			want := p.totals(t, s, voids)
			for _, st := range get[[]quiz.Standing](t)(w.Top(ctx, "2026", 1000)) {
				if st.ID == p.id && st.Score != want.Rank() {
					t.Errorf("%s: the board has %d, the log gives %d", when, st.Score, want.Rank())
				}
			}
			if got := get[quiz.Loaded](t)(w.Load(ctx, p.id, 0)).Record.Member.Totals; got != want {
				t.Errorf("%s: the record has %+v, the log gives %+v", when, got, want)
			}
		}
		played, settled := false, 0
		s.settle = func(context.Context) error {
			w.changed()
			if settled++; settled == 2 {
				shown("after the switch", all[0])
				play(t, all[1], []attempt{{testDay + 4, []int{0}}})
				shown("answered after the switch", all[1])
			}
			return nil
		}
		o := RebuildOptions{Progress: func(int) {
			if !played {
				played = true
				play(t, all[0], []attempt{{testDay + 4, []int{0}}})
			}
		}}
		must(t, s.VoidDay(ctx, v, []quiz.Season{theYear}, o))
		if !played || settled != 3 {
			t.Errorf("played %v, settled %d times", played, settled)
		}
		w.changed()
		for _, p := range all {
			shown("in the end", p)
		}
	})
}
