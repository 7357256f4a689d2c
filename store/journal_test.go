package store

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"dangshi/quiz"
)

// TestErasureJournal: everything was lost but an old backup and a journal. Who was
// erased since the backup is erased again; who came back before it stays; a
// shortened journal, and one of another installation, do nothing.
func TestErasureJournal(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 4)
		ctx, s := t.Context(), w.s
		w.erase(t, w.ids[0]) // and comes back
		must(t, (&player{store: s, season: w.season, id: w.ids[0]}).finish(ctx, testDay, []int{0}))
		moved := w.moves(0)[3:]
		if _, err := s.Rekey(ctx, moved, RekeyOptions{}); err != nil {
			t.Fatal(err)
		}
		backup := everything(t, s, func(key string) bool { return Classify(key) == Truth })
		w.erase(t, w.ids[1])
		w.erase(t, moved[0].New)
		var journal bytes.Buffer
		if n, err := s.WriteErasures(ctx, &journal); err != nil || n != 4 { // the one who moved has two openids
			t.Fatalf("%d erasures, %v", n, err)
		}
		if text := journal.String(); strings.Contains(text, "Began") || strings.Contains(text, "Round") {
			t.Error("the journal names members")
		}

		flush(t, s)
		if _, err := Restore(context.Background(), s.client, strings.NewReader(backup), func(key string) (string, bool) { return Rekey(key, s.Shards()) }); err != nil {
			t.Fatal(err)
		}
		s.recent.forget(w.ids[1])
		s.recent.forget(moved[0].New)
		must(t, s.Rebuild(ctx, w.season, RebuildOptions{}))
		if !w.has(t, w.ids[1]) || !w.has(t, moved[0].New) {
			t.Fatal("the backup is not older than the erasures")
		}
		before := everything(t, s, nil)
		text := journal.String()
		for name, bad := range map[string]string{
			"shortened": text[:len(text)-60], "empty": "", "of something else": "{}\n" + text,
			"of others": strings.Replace(text, s.installation(), "0123456789abcdef", 1),
		} {
			if _, err := s.ApplyErasures(ctx, strings.NewReader(bad)); !errors.Is(err, ErrJournal) && !errors.Is(err, ErrOtherJournal) || everything(t, s, nil) != before {
				t.Errorf("%s: %v", name, err)
			}
		}
		for range 2 {
			if _, err := s.ApplyErasures(ctx, strings.NewReader(text)); err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{w.ids[1], moved[0].New, moved[0].Old} {
				if left := lastingTraces(t, s, id); len(left) > 0 {
					t.Errorf("left of one who was erased: %v", left)
				}
			}
			if !w.has(t, w.ids[0]) || !w.has(t, w.ids[2]) {
				t.Error("who was not erased, or came back, is gone")
			}
		}
		s.changed()
		if v := get[Verification](t)(s.Verify(ctx, w.season, VerifyOptions{})); v.Members != 2 || v.Ranked != 2 || len(v.Differences) > 0 {
			t.Errorf("Verify: %+v", v)
		}
	})
}

// flush empties a Redis or a cluster.
func flush(t *testing.T, s *Store) {
	t.Helper()
	nodes, err := masters(t.Context(), s.client)
	must(t, err)
	for _, node := range nodes {
		must(t, node.FlushAll(t.Context()).Err())
	}
	for _, sc := range []script{s.commit, s.erase, s.move} {
		must(t, s.client.ScriptLoad(t.Context(), sc.source).Err())
	}
}

// TestErasureLeavesNobody: name, branch and openid of one who did everything are
// nowhere afterwards, and the totals are those of the others.
func TestErasureLeavesNobody(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 3)
		ctx, s, act := t.Context(), w.s, Act{By: "staff", Why: "登记错了"}
		moves := w.moves(0)[1:2]
		if _, err := s.Rekey(ctx, moves, RekeyOptions{Act: act}); err != nil {
			t.Fatal(err)
		}
		id, name, branch := moves[0].New, "欧阳夏丹", "只此一家支部"
		for range 2 {
			_, _, _, err := s.stepMember(ctx, id, quiz.Claim{Binding: quiz.Binding{Name: name, Branch: branch}}, act.At)
			must(t, err)
			_, _, _, err = s.stepMember(ctx, id, quiz.Confirm{}, act.At)
			must(t, err)
			_, _, err = s.Unbind(ctx, "2026", id, quiz.Unbound{Name: true, Branch: true}, act)
			must(t, err)
		}
		_, _, _, err := s.stepMember(ctx, id, quiz.Claim{Binding: quiz.Binding{Name: name, Branch: branch}}, act.At)
		must(t, err)
		r := get[quiz.Loaded](t)(s.Load(ctx, id, 0)).Record
		r.Recent = r.Remember(quiz.Delivery{Key: 77, Sent: 1 << 30})
		get[quiz.Loaded](t)(s.Commit(ctx, id, quiz.Change{Record: r, Key: 77, Reply: "请核对：" + name}))
		o := get[quiz.Objection](t)(s.Object(ctx, "2026", id, quiz.Objection{Text: "我是" + name}, act))
		get[Filed](t)(s.Answer(ctx, "2026", o.Number, name+"同志您好", act))
		get[string](t)(s.NewLink(ctx, id, act.At))
		must(t, s.CountTally(ctx, w.season, testDay.Start()))
		if len(traces(t, s, name)) < 2 || len(traces(t, s, branch)) == 0 {
			t.Fatal("nothing to look for")
		}
		w.erase(t, id)
		must(t, s.CountTally(ctx, w.season, testDay.Start()))
		for _, text := range []string{name, branch, id} {
			if left := traces(t, s, text); len(left) > 0 {
				t.Errorf("%s is left in %v", text, left)
			}
		}
		if left := lastingTraces(t, s, moves[0].Old); len(left) > 0 {
			t.Errorf("the earlier openid is left in %v", left)
		}
		if v := get[Verification](t)(s.Verify(ctx, w.season, VerifyOptions{})); v.Members != 2 || v.Ranked != 2 || len(v.Differences) > 0 {
			t.Errorf("Verify: %+v", v)
		}
		if rank, total, err := s.Rank(ctx, "2026", 0); total != 2 || rank != 3 || err != nil {
			t.Errorf("%d on the board, %v", total, err)
		}
	})
}

// FuzzErasures: whatever the file is, it is refused or read to its end.
func FuzzErasures(f *testing.F) {
	f.Add(`{"kind":"dangshi erasures 1","installation":"00","count":1}` + "\n" + `{"stone":"0123456789abcdef0123456789abcdef","at":5}` + "\n")
	f.Add(`{"kind":"dangshi erasures 1","count":0}`)
	f.Fuzz(func(t *testing.T, text string) {
		head, all, err := readErasures(strings.NewReader(text))
		if err == nil && (head.Kind != journalKind || head.Count != len(all)) {
			t.Errorf("%+v with %d", head, len(all))
		}
	})
}
