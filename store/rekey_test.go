package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// rekeyed are members who answered, and all that is known of them, whatever ids
// they go by.
type rekeyed struct {
	s       *Store
	url     string
	season  quiz.Season
	ids     []string // now
	began   []string
	totals  []quiz.Totals
	streaks []quiz.Streak
}

// newRekeyed lets some members do everything that leaves a trace.
func newRekeyed(t *testing.T, url string, n int) *rekeyed {
	t.Helper()
	ctx := t.Context()
	w := &rekeyed{s: openTest(t, url), url: url, season: quiz.Season{ID: "2026", From: testDay, To: testDay + 30}}
	const days = 4
	freezePapers(t, w.s, days)
	get[quiz.Terms](t)(w.s.BeginSeason(ctx, "2026", quiz.Terms{From: testDay, Weights: quiz.DefaultWeights}))
	for i := range n {
		id := fmt.Sprintf("oBegan%02d", i)
		p := &player{store: w.s, season: w.season, id: id, optOut: i == 3}
		for day := range quiz.Day(days) {
			if int(day) != i%days {
				must(t, p.finish(ctx, testDay+day, []int{i % 4, 0}))
			}
		}
		_, _, _, err := w.s.stepMember(ctx, id, quiz.Remind{Minute: 600 + i}, time.Unix(0, 0))
		must(t, err)
		must(t, w.s.SetReminder(ctx, id, 600+i))
		must(t, w.s.CommitPractice(ctx, id, []byte("cards of "+id[1:]), "", 0, ""))
		must(t, w.s.CommitObjections(ctx, id, quiz.Objections{{Number: i + 1, Text: "?"}}, "", 0, ""))
		loaded := get[quiz.Loaded](t)(w.s.Load(ctx, id, 0))
		w.totals, w.streaks = append(w.totals, loaded.Record.Member.Totals), append(w.streaks, loaded.Record.Member.Streak)
		w.ids, w.began = append(w.ids, id), append(w.began, id)
	}
	_, err := w.s.saveWinners(ctx, "2026", "", map[int]string{1: w.ids[1], 2: w.ids[2]})
	must(t, err)
	return w
}

// moves gives everyone another id.
func (w *rekeyed) moves(round int) (all []content.Move) {
	for i, id := range w.ids {
		all = append(all, content.Move{Old: id, New: fmt.Sprintf("nRound%02d_%02d", round, i)})
	}
	return all
}

// whole checks that nobody is lost and nobody there twice, by the ids of now.
func (w *rekeyed) whole(t *testing.T) {
	t.Helper()
	ctx, s := t.Context(), w.s
	s.changed()
	for i, id := range w.ids {
		m := get[quiz.Loaded](t)(s.Load(ctx, id, 0)).Record.Member
		if m.Totals != w.totals[i] || m.Streak != w.streaks[i] || m.Self(id) != quiz.Self(w.began[i]) || m.OptOut != (i == 3) {
			t.Errorf("%s is %+v", id, m)
		}
		data, _, _, err := s.Practice(ctx, id, 0)
		if all, _, _, unread := s.Objections(ctx, id, 0); err != nil || unread != nil || string(data) != "cards of "+w.began[i][1:] || len(all) != 1 || all[0].Number != i+1 {
			t.Errorf("%s practises %q, objects %+v", id, data, all)
		}
		must(t, s.Reminders(ctx, 600+i, func(ids []string) error {
			if !slices.Equal(ids, []string{id}) {
				t.Errorf("to be reminded at %d: %v, not %s", 600+i, ids, id)
			}
			return nil
		}))
	}
	v := get[Verification](t)(s.Verify(ctx, w.season, VerifyOptions{}))
	if v.Members != len(w.ids) || v.Ranked != len(w.ids)-1 || len(v.Differences) > 0 {
		t.Errorf("Verify: %+v", v)
	}
	if top := get[[]quiz.Standing](t)(s.Top(ctx, "2026", 100)); len(top) != len(w.ids)-1 {
		t.Errorf("%d on the board", len(top))
	}
	winners, _, err := parseWinners(get[string](t)(s.client.Get(ctx, winnersKey("2026")).Result()))
	if err != nil || winners[1] != w.ids[1] || winners[2] != w.ids[2] || len(winners) != 2 {
		t.Errorf("the winners are %v, %v", winners, err)
	}
}

// process is a program that rekeys and may be killed on the way.
func (w *rekeyed) process(t *testing.T, moves []content.Move, at int64, after bool) (sent int64, plan RekeyPlan, err error) {
	t.Helper()
	s, err := Open(t.Context(), Options{URL: w.url, Sandbox: true, Timeout: patience})
	must(t, err)
	defer s.Close()
	k := &killing{at: at, after: after}
	s.client.AddHook(k)
	plan, err = s.Rekey(t.Context(), moves, RekeyOptions{Act: Act{By: "staff", At: time.Unix(1, 0)}})
	return k.sent.Load(), plan, err
}

// TestRekeyKilled: killed at any moment, and made again, it leaves everyone there
// once, under the new openid, with all that was theirs; a further run does nothing.
func TestRekeyKilled(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 6)
		w.whole(t)
		most := int64(120)
		for round := range storetest.Rounds(12) {
			moves := w.moves(round)
			at := 1 + rand.Int64N(most)
			sent, _, err := w.process(t, moves, at, rand.IntN(2) == 0)
			if err != nil && !errors.Is(err, errKilled) {
				t.Fatalf("round %d, killed at %d: %v", round, at, err)
			}
			if err == nil {
				most = sent
			}
			w.s.changed()
			standing := map[string]bool{}
			for _, st := range get[[]quiz.Standing](t)(w.s.Top(t.Context(), "2026", 100)) {
				standing[st.ID] = true
			}
			for i, m := range moves {
				if !w.has(t, m.Old) && !w.has(t, m.New) {
					t.Fatalf("round %d, killed at %d: %d is lost", round, at, i)
				}
				if standing[m.Old] && standing[m.New] {
					t.Fatalf("round %d, killed at %d: %d is on the board twice", round, at, i)
				}
			}
			if _, _, err := w.process(t, moves, 0, false); err != nil {
				t.Fatalf("round %d, made again after %d: %v", round, at, err)
			}
			for i, m := range moves {
				w.ids[i] = m.New
				for _, key := range lastingTraces(t, w.s, m.Old) {
					if key != memberKey(w.s.shard(m.New), m.New) { // Former
						t.Errorf("round %d: %s is left of the old id", round, key)
					}
				}
			}
			w.whole(t)
			before := everything(t, w.s, nil)
			if _, plan, err := w.process(t, moves, 0, false); err != nil || plan.Before == nil || everything(t, w.s, nil) != before {
				t.Errorf("a further run: %+v, %v", plan, err)
			}
			if t.Failed() {
				t.FailNow()
			}
		}
	})
}

// TestRekeyIsNotedOnce: wherever it is killed at its end, the audit log has one line of it
// when it is finished, and none before.
func TestRekeyIsNotedOnce(t *testing.T) {
	w := newRekeyed(t, "redis://"+storetest.Miniredis(t).Addr()+"/0", 4)
	var last int64
	for round := range 13 {
		moves := w.moves(round)
		if round == 0 {
			var err error
			last, _, err = w.process(t, moves, 0, false)
			must(t, err)
		}
		file := movesDigest(moves)
		lines := func() (n int) {
			must(t, w.s.EachAudited(t.Context(), func(a Audited) bool {
				if a.Did == "member.rekey" && a.On == file {
					n++
				}
				return true
			}))
			return n
		}
		at, after := max(last-int64(round)/2, 1), round%2 == 0
		_, _, err := w.process(t, moves, at, after)
		run, _, e := w.s.rekeyRun(t.Context(), file)
		must(t, e)
		if n := lines(); (n == 1) != (run.Finished != 0) {
			t.Errorf("killed at %d of %d, %v: %v: %d lines of %+v", at, last, after, err, n, run)
		}
		_, _, err = w.process(t, moves, 0, false)
		must(t, err)
		if n := lines(); n != 1 {
			t.Errorf("made again after it was killed at %d of %d, %v: %d lines", at, last, after, n)
		}
		for i, m := range moves {
			w.ids[i] = m.New
		}
	}
	w.whole(t)
}

func (w *rekeyed) has(t *testing.T, id string) bool {
	t.Helper()
	return get[quiz.Loaded](t)(w.s.Load(t.Context(), id, 0)).Record.Member.Known()
}

// TestRekeyRefuses: where a new openid has a record of its own, nothing is done
// unless it is skipped.
func TestRekeyRefuses(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 4)
		moves := append(w.moves(0), content.Move{Old: "oNobody", New: "nNobody"})
		must(t, (&player{store: w.s, season: w.season, id: moves[2].New}).finish(t.Context(), testDay, []int{0}))
		before := everything(t, w.s, nil)
		plan, err := w.s.Rekey(t.Context(), moves, RekeyOptions{})
		if !errors.Is(err, ErrRekeyConflicts) || len(plan.Conflicts) != 1 || plan.Conflicts[0].Index != 2 || plan.Count != [6]int{Unmoved: 1, Ready: 3, Conflict: 1} {
			t.Errorf("%+v, %v", plan, err)
		}
		if now := everything(t, w.s, nil); now != before {
			t.Error("something was done")
		}
		plan, err = w.s.Rekey(t.Context(), moves, RekeyOptions{SkipConflicts: true})
		if err != nil || plan.Count[Ready] != 3 || !w.has(t, moves[2].Old) || w.has(t, moves[0].Old) || !w.has(t, moves[0].New) {
			t.Errorf("skipping: %+v, %v", plan, err)
		}
		if v := get[Verification](t)(w.s.Verify(t.Context(), w.season, VerifyOptions{})); len(v.Differences) > 0 {
			t.Errorf("Verify: %+v", v)
		}
	})
}

// TestRekeyAndErasure: who is erased under the new openid is gone for good, also
// where the old record was still there, and from dumps of before.
func TestRekeyAndErasure(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 3)
		ctx := t.Context()
		older := everything(t, w.s, func(key string) bool { return Classify(key) == Truth })
		moves := w.moves(0)
		// Killed between copy and deletion of the first, who then erases the data.
		p := get[pair](t)(w.s.readPair(ctx, moves[0], []string{"2026"}))
		r := get[*rekeying](t)(w.s.newRekeying(ctx, moves))
		get[quiz.Version](t)(r.copy(ctx, moves[0], p))
		w.erase(t, moves[0].New)
		if _, err := w.s.Rekey(ctx, moves, RekeyOptions{}); err != nil {
			t.Fatal(err)
		}
		w.erase(t, moves[1].New)
		check := func(when string) {
			t.Helper()
			for _, m := range moves[:2] {
				if left := append(lastingTraces(t, w.s, m.Old), lastingTraces(t, w.s, m.New)...); len(left) > 0 {
					t.Errorf("%s: left of one who was erased: %v", when, left)
				}
			}
			if w.has(t, moves[2].Old) || !w.has(t, moves[2].New) {
				t.Errorf("%s: who moved is there twice or not at all", when)
			}
		}
		check("rekeyed")
		if _, err := Restore(context.Background(), w.s.client, strings.NewReader(older), func(key string) (string, bool) { return Rekey(key, w.s.Shards()) }); err != nil {
			t.Fatal(err)
		}
		check("restored")
	})
}

// lastingTraces are traces but for what goes within minutes: replies for repeats.
func lastingTraces(t *testing.T, s *Store, id string) []string {
	return slices.DeleteFunc(traces(t, s, id), func(key string) bool { return Classify(key) == Disposable })
}

func (w *rekeyed) erase(t *testing.T, id string) {
	t.Helper()
	loaded := get[quiz.Loaded](t)(w.s.Load(t.Context(), id, 0))
	must(t, w.s.Erase(t.Context(), id, loaded.Record.Version, 0, ""))
}

// TestRekeyWaits: while a regrade is staged or a close begun, nobody moves.
func TestRekeyWaits(t *testing.T) {
	w := newRekeyed(t, servers.Redis(t).URL, 3)
	ctx, s := t.Context(), w.s
	c := get[closing](t)(s.readClosing(ctx, "2026"))
	c.Entropy = "1 2 3"
	if done, err := s.saveClosing(ctx, "2026", c, Audited{}); !done || err != nil {
		t.Fatal(done, err)
	}
	if _, err := s.Rekey(ctx, w.moves(0), RekeyOptions{}); !errors.Is(err, ErrClosing) || !w.has(t, w.ids[0]) {
		t.Error("during a close:", err)
	}
	c = get[closing](t)(s.readClosing(ctx, "2026"))
	c.Entropy = ""
	if done, err := s.saveClosing(ctx, "2026", c, Audited{}); !done || err != nil {
		t.Fatal(done, err)
	}
	must(t, s.stage(ctx, ruling(0, differentRulings[1], differentRulings[0], w.season)))
	if _, err := s.Rekey(ctx, w.moves(0), RekeyOptions{}); !errors.Is(err, ErrRegrading) || !w.has(t, w.ids[0]) {
		t.Error("during a regrade:", err)
	}
}

// TestRekeyAndOlderDump: a dump from before the moves, restored over what there is
// now, brings nobody back twice, and who won is a winner once the moves are made
// again.
func TestRekeyAndOlderDump(t *testing.T) {
	w := newRekeyed(t, servers.Redis(t).URL, 3)
	ctx, s := t.Context(), w.s
	older := everything(t, s, func(key string) bool { return Classify(key) == Truth })
	moves := w.moves(0)
	if _, err := s.Rekey(ctx, moves, RekeyOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(context.Background(), s.client, strings.NewReader(older), nil); err != nil {
		t.Fatal(err)
	}
	for i, m := range moves {
		if w.has(t, m.Old) || !w.has(t, m.New) {
			t.Errorf("%d is there twice or not at all", i)
		}
		w.ids[i] = m.New
	}
	if plan, err := s.Rekey(ctx, moves, RekeyOptions{}); err != nil || plan.Before == nil {
		t.Fatal(plan, err)
	}
	winners, _, err := parseWinners(get[string](t)(s.client.Get(ctx, winnersKey("2026")).Result()))
	if err != nil || winners[1] != moves[1].New || winners[2] != moves[2].New {
		t.Errorf("the winners are %v, %v", winners, err)
	}
	if v := get[Verification](t)(s.Verify(ctx, w.season, VerifyOptions{})); v.Members != 3 || len(v.Differences) > 0 {
		t.Errorf("Verify: %+v", v)
	}
}

// TestEverythingMoves: a new kind of key that is a member's truth is moved, too.
func TestEverythingMoves(t *testing.T) {
	moved := map[string]bool{"member": true}
	for _, key := range movedKeys(0, anID, []string{"2026"}) {
		k, _, _, _ := parseKey(key)
		moved[k.name] = true
	}
	for _, k := range kinds {
		if own := k.class == Truth && k.owned != unowned && k.owned != anyShard; own != moved[k.name] {
			t.Errorf("%s: a member's truth %v, moved %v", k.name, own, moved[k.name])
		}
	}
}
