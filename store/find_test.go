package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestFind: by each thing that staff may know, on one shard and on many.
func TestFind(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 4)
		ctx, s := t.Context(), w.s
		for i, name := range []string{"欧阳修", "欧阳询", "杨修", ""} {
			_, _, _, err := s.stepMember(ctx, w.ids[i], quiz.Claim{Binding: quiz.Binding{Name: name, Branch: []string{"zb1", "zb2"}[i%2]}}, time.Unix(0, 0))
			must(t, err)
			_, _, _, err = s.stepMember(ctx, w.ids[i], quiz.Confirm{}, time.Unix(0, 0))
			must(t, err)
		}
		moved := w.moves(0)[:1]
		if _, err := s.Rekey(ctx, moved, RekeyOptions{}); err != nil {
			t.Fatal(err)
		}
		w.ids[0] = moved[0].New
		d, known, err := s.Dossier(ctx, w.season, w.ids[0])
		if err != nil || !known || !d.Agree || len(d.Days) != 3 || d.Board != d.Must || d.Totals != w.totals[0] || d.Member.Name != "欧阳修" {
			t.Fatalf("%+v, %v, %v", d, known, err)
		}
		receipt, pseudonym := d.Days[1].Receipt, quiz.Pseudonym(s.Secret(), "2026", d.Self)
		if pseudonym != quiz.Pseudonym(s.Secret(), "2026", quiz.Self(w.began[0])) {
			t.Error("the pseudonym changed with the openid")
		}
		names := map[string]string{"zb1": "城关第一支部", "zb2": "红星支部"}
		for _, c := range []struct {
			text  string
			day   quiz.Day
			by    By
			total int
		}{
			{w.ids[0], 0, ByID, 1}, {w.began[0], 0, ByID, 1}, {receipt, 0, ByReceipt, 1}, {receipt, d.Days[1].Day, ByReceipt, 1}, {receipt, d.Days[0].Day, 0, 0},
			{pseudonym, 0, ByPseudonym, 1}, {"欧阳修", 0, ByName, 1}, {"欧阳", 0, ByNamePart, 2}, {"修", 0, ByNamePart, 2}, {"ＺＢ１", 0, ByBranch, 2}, {"城关", 0, ByBranch, 2},
			{"诸葛亮", 0, 0, 0}, {" ", 0, 0, 0},
		} {
			found, total, err := s.Find(ctx, Query{Text: c.text, Day: c.day, Branches: names})
			if err != nil || total != c.total || len(found) != total || total > 0 && found[0].By != c.by || c.by < ByNamePart && total == 1 && found[0].ID != w.ids[0] {
				t.Errorf("%q on %v: %+v, %d, %v", c.text, c.day, found, total, err)
			}
		}
		if found, total, err := s.Find(ctx, Query{Text: "欧阳", Most: 1}); len(found) != 1 || total != 2 || err != nil {
			t.Errorf("at most one: %d of %d, %v", len(found), total, err)
		}
	})
}

// TestFindKeepsFew: of many who fit only the best are held, whoever comes first.
func TestFindKeepsFew(t *testing.T) {
	f := &finding{query: Query{Text: "支部", Most: 3}, store: &Store{}, seen: map[uint64]bool{}, branches: map[string]bool{"zb1": true}}
	most := 0
	for i := range 1000 {
		m := quiz.Member{Joined: testDay, Branch: "zb1", Name: fmt.Sprintf("%04d", 999-i)}
		for range 2 { // a scan may show a member twice
			f.look(fmt.Sprint("o", i), []any{string(encodeRecord(quiz.Record{Version: newVersion(), Member: m}))})
		}
		most = max(most, len(f.found))
	}
	f.keepBest()
	if len(f.found) != 3 || f.found[0].Member.Name != "0000" || f.found[2].Member.Name != "0002" || len(f.seen) != 1000 || most > 500 {
		t.Errorf("%+v of %d, %d held at once", f.found, len(f.seen), most)
	}
}

// TestAnsweredMeanwhile: who comes second, after the line was written, leaves a line that
// it was not done.
func TestAnsweredMeanwhile(t *testing.T) {
	url := servers.Redis(t).URL
	w, other := newRekeyed(t, url, 3), openTest(t, url)
	answer := func(s *Store, by string) error {
		_, err := s.Answer(t.Context(), "2026", 2, "是对的", Act{By: by, At: time.Unix(100, 0)})
		return err
	}
	w.s.client.AddHook(beforeCommand{"evalsha", sync.OnceFunc(func() { must(t, answer(other, "甲")) })})
	if err := answer(w.s, "乙"); !errors.Is(err, quiz.ErrAnswered) {
		t.Error(err)
	}
	lines := ""
	must(t, other.EachAudited(t.Context(), func(a Audited) bool {
		if a.Did == "member.answer" {
			lines = a.By + " " + a.More + "\n" + lines
		}
		return true
	}))
	if lines != "甲 2\n乙 2\n乙 2 (not done)\n" {
		t.Errorf("the log:\n%s", lines)
	}
}

// TestAnswerIsCompleted: killed between the answer and the word of it to the
// member, the same call completes it, once.
func TestAnswerIsCompleted(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 3)
		ctx, s, act := t.Context(), w.s, Act{By: "staff", At: time.Unix(100, 0)}
		must(t, s.changeObjections(ctx, w.ids[1], func(all quiz.Objections) (quiz.Objections, error) { return all.Answer(2, "是对的", "staff", 100) }))
		heard := func() int { return get[quiz.Loaded](t)(s.Load(ctx, w.ids[1], 0)).Record.Member.Replies }
		if heard() != 0 {
			t.Fatal("told without the second step")
		}
		if _, err := s.Answer(ctx, "2026", 2, "又答一次", act); err != nil || heard() != 1 {
			t.Errorf("%v, %d answers", err, heard())
		}
		all, _, _, err := s.Objections(ctx, w.ids[1], 0)
		if o, _ := all.Number(2); err != nil || o.Reply != "是对的" {
			t.Errorf("%+v, %v", all, err)
		}
		if _, err := s.Answer(ctx, "2026", 2, "又答一次", act); !errors.Is(err, quiz.ErrAnswered) || heard() != 1 {
			t.Errorf("%v, %d answers", err, heard())
		}
		if _, err := s.Object(ctx, "2026", "oStranger", quiz.Objection{Text: "?"}, act); !errors.Is(err, ErrStranger) {
			t.Error("of a stranger:", err)
		}
		if open := get[[]Filed](t)(s.EachObjections(ctx, true)); len(open) != 2 || open[0].ID != w.ids[0] || open[1].ID != w.ids[2] {
			t.Errorf("open: %+v", open)
		}
	})
}
