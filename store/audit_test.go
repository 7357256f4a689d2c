package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestAuditOfWhatIsDone: who asked for a change and has gone since leaves a line; and
// where the line cannot be written nobody is told that nothing was done.
func TestAuditOfWhatIsDone(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		gone, hangUp := context.WithCancel(t.Context())
		hangUp()
		must(t, s.AuditDone(gone, Audited{By: "李书记", Did: "member.rank"}))
		lines := 0
		must(t, s.EachAudited(t.Context(), func(Audited) bool { lines++; return true }))
		if lines != 1 {
			t.Errorf("%d lines", lines)
		}
		must(t, s.client.Close())
		if err := s.AuditDone(t.Context(), Audited{By: "李书记", Did: "member.rank"}); !errors.Is(err, quiz.ErrUnknown) || errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("without its line it is told as: %v", err)
		}
	})
}

func TestAudit(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		read := func(n int) (got []Audited) {
			must(t, s.EachAudited(t.Context(), func(a Audited) bool { got = append(got, a); return len(got) < n }))
			return got
		}
		if got := read(9); len(got) != 0 {
			t.Errorf("nothing was written, and there is %v", got)
		}
		at := time.Date(2026, 12, 31, 1, 2, 3, 0, time.UTC)
		const n = auditPage + 7
		for i := range n {
			must(t, s.Audit(t.Context(), Audited{At: at, By: "李书记", Did: "season.close", On: "2026", Why: "年终", More: fmt.Sprint(i)}))
		}
		all := read(2 * n)
		if len(all) != n {
			t.Fatalf("%d lines of %d", len(all), n)
		}
		for i, a := range all {
			if want := (Audited{at, "李书记", "season.close", "2026", "年终", fmt.Sprint(n - 1 - i)}); a != want {
				t.Fatalf("%d from the end: %+v, want %+v", i, a, want)
			}
		}
		if got := read(3); len(got) != 3 || got[2].More != fmt.Sprint(n-3) {
			t.Errorf("the last three: %v", got)
		}
		before := func(place int64) (places []int64) {
			must(t, s.EachAuditedBefore(t.Context(), place, func(at int64, a Audited) bool {
				if a.More != fmt.Sprint(at-1) {
					t.Errorf("at %d is line %s", at, a.More)
				}
				places = append(places, at)
				return len(places) < 2
			}))
			return places
		}
		for place, want := range map[int64]string{0: "[1007 1006]", 1007: "[1006 1005]", 3: "[2 1]", 2: "[1]", 1: "[]", 99999: "[1007 1006]"} {
			if got := fmt.Sprint(before(place)); got != want {
				t.Errorf("before %d: %s, want %s", place, got, want)
			}
		}
	})
}

// TestNoChangeWithoutItsLine: where the line cannot be written, what people ask for is
// not done; what is announced and then not done is told as such.
func TestNoChangeWithoutItsLine(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 4)
		ctx, s, id := t.Context(), w.s, w.ids[0]
		act := Act{By: "王", Why: "本人来电", At: time.Unix(100, 0)}
		line := Audited{By: "王", Did: "x.do"}
		must(t, s.client.Set(ctx, auditKey(), "no list", 0).Err())
		for what, do := range map[string]func() error{
			"paper":  func() error { return s.PinPaper(ctx, testDay, []string{"a"}, "", line) },
			"person": func() error { return s.SavePerson(ctx, Person{"张三", []byte(`{}`)}, "", line) },
			"name": func() error {
				_, err := s.Correct(ctx, "2026", id, quiz.Binding{}, quiz.Binding{Name: "李大钊"}, act)
				return err
			},
			"objection": func() error { _, err := s.Object(ctx, "2026", id, quiz.Objection{Text: "分不对"}, act); return err },
			"erasure":   func() error { return s.EraseFor(ctx, "2026", w.ids[1], act) },
			"call": func() error {
				return s.Announce(ctx, line, func() error { t.Error("it is done all the same"); return nil })
			},
		} {
			if err := do(); err == nil {
				t.Errorf("%s: no error", what)
			}
		}
		pinned, _, err := s.PinnedPaper(ctx, testDay)
		must(t, err)
		person, _, err := s.Person(ctx, "张三")
		must(t, err)
		filed, _, _, err := s.Objections(ctx, id, 0) // newRekeyed has filed one
		must(t, err)
		members := get[[]quiz.Member](t)(s.MembersOf(ctx, w.ids[:2]))
		if len(pinned) > 0 || person != nil || len(filed) != 1 || members[0].Name != "" || !members[1].Known() {
			t.Errorf("done without a line: %v %s %v %+v", pinned, person, filed, members)
		}
		must(t, s.client.Del(ctx, auditKey()).Err())

		refused := errors.New("refused")
		for _, want := range []error{nil, quiz.ErrUnknown, refused} {
			if err := s.Announce(ctx, line, func() error { return want }); !errors.Is(err, want) {
				t.Errorf("%v is told as %v", want, err)
			}
		}
		var more []string
		must(t, s.EachAudited(ctx, func(a Audited) bool { more = append(more, a.Did+a.More); return true }))
		if want := []string{"x.do(not done)", "x.do", "x.do", "x.do"}; !slices.Equal(more, want) {
			t.Errorf("the log has %q, want %q", more, want)
		}
	})
}

// TestSeasonsActsHaveTheirLine: what is decided of a season is done with its line, or not
// at all; what takes long is not over before it has it.
func TestSeasonsActsHaveTheirLine(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 4)
		ctx, s := t.Context(), w.s
		commit := func() error {
			_, err := s.CommitSeason(ctx, w.season, 100, "王", func(int) {})
			return err
		}
		void := func() error {
			return s.VoidDay(ctx, Voiding{Day: testDay + 1, How: quiz.Dropped, At: 200, By: "王", Why: "停电"}, []quiz.Season{w.season}, RebuildOptions{})
		}
		regrade := func() error {
			now := inForce(t, s, 0)
			return s.PublishRegrade(ctx, ruling(0, otherRuling(1, now), now, w.season), RebuildOptions{})
		}
		for _, x := range []struct {
			did         string
			do          func() error
			afterwards  func() error // the same, or what goes on with it
			undoneUntil func() bool
		}{
			{"season.commit", commit, commit, func() bool {
				c, err := s.readClosing(ctx, "2026")
				return err == nil && len(c.Commits) == 0
			}},
			{"season.drop", void, func() error { _, err := s.ResumeRegrade(ctx, RebuildOptions{}); return err }, func() bool {
				_, going, err := s.Staged(ctx)
				return err == nil && going
			}},
			{"bank.regrade", regrade, func() error { _, err := s.ResumeRegrade(ctx, RebuildOptions{}); return err }, func() bool {
				_, going, err := s.Staged(ctx)
				return err == nil && going
			}},
		} {
			must(t, s.client.Set(ctx, auditKey(), "no list", 0).Err())
			if err := x.do(); err == nil || !x.undoneUntil() {
				t.Errorf("%s: without a line it is done: %v", x.did, err)
			}
			must(t, s.client.Del(ctx, auditKey()).Err())
			must(t, x.afterwards())
			var lines []string
			must(t, s.EachAudited(ctx, func(a Audited) bool { lines = append(lines, a.Did); return true }))
			if !slices.Equal(lines, []string{x.did}) || x.undoneUntil() {
				t.Errorf("%s: the log has %q", x.did, lines)
			}
		}
	})
}
