package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestStaffForAMember: what staff do at a member's wish is done once, is noted without
// a name, and gives way to what the member did meanwhile.
func TestStaffForAMember(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 4)
		ctx, s, id := t.Context(), w.s, w.ids[0]
		act := Act{By: "王", Why: "本人来电", At: time.Unix(100, 0)}
		first, then := quiz.Binding{Name: "李大剑", Branch: "zb1"}, quiz.Binding{Name: "李大钊", Branch: "zb2"}
		if changed, err := s.Correct(ctx, "2026", id, quiz.Binding{}, first, act); err != nil || !changed {
			t.Fatal(changed, err)
		}
		if changed, err := s.Correct(ctx, "2026", id, first, then, act); err != nil || !changed {
			t.Fatal(changed, err)
		}
		if changed, err := s.Correct(ctx, "2026", id, first, then, act); err != nil || changed {
			t.Error("the same once more:", changed, err)
		}
		if _, err := s.Correct(ctx, "2026", id, first, quiz.Binding{Name: "张三"}, act); !errors.Is(err, quiz.ErrConflict) {
			t.Error("over what was written since:", err)
		}
		if _, err := s.Correct(ctx, "2026", "oNobody", quiz.Binding{}, then, act); !errors.Is(err, quiz.ErrConflict) {
			t.Error("of nobody:", err)
		}
		bad := act
		bad.Why = "把 李大钊 改回去"
		if _, err := s.Correct(ctx, "2026", id, then, first, bad); !errors.Is(err, ErrNames) {
			t.Error("a reason with the name:", err)
		}

		on := func() bool {
			d := get[Dossier](t)(firstTwo(s.Dossier(ctx, w.season, id)))
			if !d.Agree {
				t.Error("the board is not what the log says")
			}
			return d.Board != 0
		}
		for _, ranked := range []bool{false, false, true} {
			if _, err := s.SetRanked(ctx, "2026", id, ranked, act); err != nil || on() != ranked {
				t.Errorf("ranked %v: %v, on the board %v", ranked, err, on())
			}
		}
		if _, err := s.SetRanked(ctx, "2026", "oNobody", false, act); !errors.Is(err, ErrStranger) {
			t.Error("of nobody:", err)
		}

		must(t, s.EraseFor(ctx, "2026", id, act))
		if l := get[quiz.Loaded](t)(s.Load(ctx, id, 0)); l.Record.Member.Known() {
			t.Error("the record is still there")
		}
		if err := s.EraseFor(ctx, "2026", id, act); !errors.Is(err, ErrStranger) {
			t.Error("once more:", err)
		}
		var did []string
		must(t, s.EachAudited(ctx, func(a Audited) bool {
			if a.By != act.By || a.On != quiz.Pseudonym(s.Secret(), "2026", quiz.Self(w.began[0])) {
				t.Errorf("%+v", a)
			}
			did = append(did, a.Did)
			return true
		}))
		if want := []string{"member.erase", "member.rank", "member.rank", "member.correct", "member.correct"}; !slices.Equal(did, want) {
			t.Errorf("noted %v", did)
		}
	})
}

func firstTwo(d Dossier, _ bool, err error) (Dossier, error) { return d, err }

// TestEachMember: all, once.
func TestEachMember(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 4)
		var ids []string
		read := 0
		must(t, w.s.EachMember(t.Context(), func(n int) { read = n }, func(id string, m quiz.Member) {
			if !m.Known() {
				t.Errorf("%+v", m)
			}
			ids = append(ids, id)
		}))
		want := slices.Sorted(slices.Values(w.ids))
		if slices.Sort(ids); !slices.Equal(ids, want) || read < len(want) {
			t.Errorf("%v of %v, %d read", ids, want, read)
		}
	})
}
