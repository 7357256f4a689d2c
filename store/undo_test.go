package store

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// acting is a hand whose act can be undone.
func acting(by, act string, signatures int) content.Hand {
	h := handOf(by, signatures)
	h.Act, h.At = act, testDay.Start().Add(9*time.Hour)
	return h
}

// undo undoes an act as it is looked at just before.
func undo(t *testing.T, s *Store, h content.Hand, act string) Undone {
	t.Helper()
	seen := get[Undone](t)(s.Undo(t.Context(), h, act, testDay, ""))
	return get[Undone](t)(s.Undo(t.Context(), h, act, testDay, seen.Set))
}

// TestUndoOfRetiring: a question that was put aside and taken back is what it was, with
// its signatures and what members got meanwhile.
func TestUndoOfRetiring(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		edit := func(h content.Hand, stem string, state content.State) {
			q := aQuestion("a", stem)
			q.State = state
			_, _, err := s.EditLibrary(t.Context(), h, nil, []content.Question{q})
			must(t, err)
		}
		edit(handOf("甲", 1), "one", content.Approved)
		edit(handOf("甲", 2), "two", content.Reviewed)
		before, was, _, err := s.QuestionSheet(t.Context(), "a")
		must(t, err)
		retire := ReviewRequest{Act: content.Retire, Hand: acting("乙", "act", 2), Filter: content.Filter{IDs: []string{"a"}}}
		_, _, err = s.ReviewQuestions(t.Context(), retire)
		must(t, err)
		if u := undo(t, s, acting("乙", "back", 2), "act"); u.Back != 1 || u.Did != "question.retire" || len(u.Stays) != 0 {
			t.Errorf("undone: %+v", u)
		}
		after, is, _, err := s.QuestionSheet(t.Context(), "a")
		must(t, err)
		if live, ok := after.InUse(); is != was || !ok || live.Stem != "one" || len(after.Review.Signed) != 1 {
			t.Errorf("it is %+v, and was %+v", after, before)
		}
		// Once more there is nothing to undo; the undoing itself can be undone.
		if u := get[Undone](t)(s.Undo(t.Context(), acting("乙", "x", 2), "act", testDay, "")); u.Back != 0 || len(u.Stays) != 1 || u.Stays[0].Why != StaysChanged {
			t.Errorf("twice: %+v", u)
		}
		if u := undo(t, s, acting("乙", "again", 2), "back"); u.Back != 1 {
			t.Errorf("the undoing undone: %+v", u)
		}
		if after, _, _, _ := s.QuestionSheet(t.Context(), "a"); after.State() != content.Retired {
			t.Errorf("it is %s", after.State())
		}
		if _, err := s.Undo(t.Context(), acting("乙", "x", 2), "never", testDay, ""); !errors.Is(err, ErrNoUndo) {
			t.Errorf("what was never done: %v", err)
		}
	})
}

// TestUndoOfLoad: what a load brought goes, what it changed is as it was under another
// revision; what members were asked, what somebody chose, needs or has changed since
// stays, and is named.
func TestUndoOfLoad(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		all := func(stem string, ids string) (list []content.Question) {
			for _, id := range strings.Fields(ids) {
				q := aQuestion(id, stem+" "+id)
				q.State = content.Approved
				list = append(list, q)
			}
			return list
		}
		_, _, err := s.EditLibrary(t.Context(), handOf("甲", 1), nil, all("old", "c d"))
		must(t, err)
		item := anItem("i", "one")
		_, _, err = s.EditLibrary(t.Context(), acting("乙", "load", 1), []content.Item{item}, all("new", "a b c d e f g"))
		must(t, err)
		_, _, err = s.EditLibrary(t.Context(), handOf("丙", 1), nil, all("newer", "d"))
		must(t, err)
		_, err = s.Freeze(t.Context(), &quiz.Paper{Day: testDay, Version: 1, Season: "2026", Weights: quiz.DefaultWeights, Fixed: []bool{true}, Questions: get[[]content.Question](t)(s.Questions(t.Context()))[1:2]}, "")
		must(t, err)
		before := get[versions](t)(s.askVersions(t.Context())).materials()
		must(t, s.PinPaper(t.Context(), testDay+9, []string{"e"}, "", Audited{}))
		if after := get[versions](t)(s.askVersions(t.Context())).materials(); maps.Equal(before, after) {
			t.Error("an undoing that was looked at before a question was chosen takes it away")
		}
		item.ID, item.Question = "j", "f"
		must(t, s.Edited(t.Context(), "item.new", handOf("丙", 1), []Edit[content.Item]{{Value: item}}, nil))

		seen := get[Undone](t)(s.Undo(t.Context(), acting("乙", "back", 1), "load", testDay, ""))
		if _, err := s.Undo(t.Context(), acting("乙", "back", 1), "load", testDay, "something else"); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("what was not shown: %v", err)
		}
		done := get[Undone](t)(s.Undo(t.Context(), acting("乙", "back", 1), "load", testDay, seen.Set))
		var why []string
		for _, l := range done.Stays {
			why = append(why, l.ID+" "+string(l.Why))
		}
		if done.Removed != 3 || done.Back != 1 || !slices.Equal(why, []string{"b asked", "d changed", "e chosen", "f needed"}) {
			t.Errorf("%d removed, %d set back, left: %q", done.Removed, done.Back, why)
		}
		if done.Stays[0].Day != testDay || done.Stays[1].By != "丙" || done.Stays[3].Item != "one" {
			t.Errorf("the reasons: %+v", done.Stays)
		}
		var there []string
		for _, q := range get[[]content.Question](t)(s.Questions(t.Context())) {
			there = append(there, fmt.Sprintf("%s %d", q.Stem, q.Revision))
		}
		if want := []string{"new b 1", "old c 3", "newer d 3", "new e 1", "new f 1"}; !slices.Equal(there, want) {
			t.Errorf("the bank is %q, want %q", there, want)
		}
		if pages, live, err := s.QuestionHistory(t.Context(), "c"); err != nil || live != 3 || len(pages) != 3 || pages[2].By != "甲" || len(pages[2].Signed) != 1 {
			t.Errorf("the history of what was set back: %+v %d %v", pages, live, err)
		}
		if undo(t, s, acting("乙", "x", 1), "back"); len(get[[]content.Question](t)(s.Questions(t.Context()))) != 7 {
			t.Error("the undoing cannot be undone")
		}
	})
}

// TestUndoOfNewQuestion: a question that came with a change of its item goes with it,
// unless the item as it was needs it, too.
func TestUndoOfNewQuestion(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		for _, id := range []string{"i", "j"} {
			item := anItem(id, "one")
			if id == "j" {
				item.Question = "b"
			}
			_, _, err := s.EditLibrary(t.Context(), handOf("甲", 1), []content.Item{item}, nil)
			must(t, err)
		}
		i, j := anItem("i", "two"), anItem("j", "two")
		i.Question, j.Question = "a", "b"
		_, _, err := s.EditLibrary(t.Context(), acting("乙", "load", 1), []content.Item{i, j}, []content.Question{aQuestion("a", "new a"), aQuestion("b", "new b")})
		must(t, err)
		u := undo(t, s, acting("乙", "back", 1), "load")
		if u.Removed != 1 || u.Back != 2 || len(u.Stays) != 1 || u.Stays[0].ID != "b" || u.Stays[0].Why != StaysNeeded {
			t.Errorf("undone: %+v", u)
		}
		if left := get[[]content.Question](t)(s.Questions(t.Context())); len(left) != 1 || left[0].ID != "b" {
			t.Errorf("there are %+v", left)
		}
	})
}

// TestUndoOfWhatIsRead: a story that stands in for the item of a day, with which its paper
// was frozen, was sent to members and stays.
func TestUndoOfWhatIsRead(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		var items []content.Item
		for _, id := range []string{"read", "unread"} {
			it := anItem(id, id)
			it.Kind, it.Date, it.State = content.Story, "", content.Approved
			items = append(items, it)
		}
		_, _, err := s.EditLibrary(t.Context(), acting("乙", "load", 1), items, nil)
		must(t, err)
		paper := testPaper(testDay)
		paper.Read = "read"
		get[*quiz.Paper](t)(s.Freeze(t.Context(), paper, ""))
		u := undo(t, s, acting("乙", "back", 1), "load")
		if u.Removed != 1 || len(u.Stays) != 1 || u.Stays[0].ID != "read" || u.Stays[0].Why != StaysShown || u.Stays[0].Day != testDay {
			t.Errorf("undone: %+v", u)
		}
	})
}

// bulky writes the stem of a question anew, in an act of its own whose undoing takes size
// bytes and a little; nobody can pack what it holds.
func bulky(t *testing.T, s *Store, act string, at time.Time, size int) error {
	t.Helper()
	h := acting("甲", act, 1)
	h.At = at
	noise := make([]byte, size*3/4)
	_, _ = mathrand.NewChaCha8([32]byte([]byte(fmt.Sprintf("%032s", act)))).Read(noise)
	_, _, err := s.EditLibrary(t.Context(), h, nil, []content.Question{aQuestion("bulky", base64.StdEncoding.EncodeToString(noise))})
	return err
}

func canUndo(t *testing.T, s *Store, at time.Time, acts string) (can string) {
	t.Helper()
	for _, act := range strings.Fields(acts) {
		if get[bool](t)(s.CanUndo(t.Context(), act, at)) {
			can += act
		}
	}
	return can
}

// TestUndoRoom: what undoes the oldest acts goes where all of it takes too much room; an
// act that is too large for any is done all the same.
func TestUndoRoom(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		s.undoRoom = 60_000
		noon := testDay.Start().Add(12 * time.Hour)
		for i, c := range []struct{ act, can string }{{"a", "a"}, {"b", "ab"}, {"c", "abc"}, {"d", "abcd"}, {"e", "cde"}} {
			at := noon.Add(time.Duration(i) * time.Second)
			must(t, bulky(t, s, c.act, at, 20_000))
			if can := canUndo(t, s, at, "a b c d e"); can != c.can {
				t.Errorf("after %s can be undone: %s, want %s", c.act, can, c.can)
			}
		}
		later := noon.Add(time.Minute)
		must(t, bulky(t, s, "f", later, 200_000))
		must(t, bulky(t, s, "g", later, 20_000)) // what was there before it takes as much
		if can := canUndo(t, s, later, "c d e f g"); can != "def" {
			t.Errorf("after a large act can be undone: %s", can)
		}
		if _, err := s.Undo(t.Context(), acting("乙", "x", 1), "g", testDay, ""); !errors.Is(err, ErrNoUndo) {
			t.Errorf("what was not kept: %v", err)
		}
		// One that does not come to be takes no room.
		fresh := []Edit[content.Question]{{Value: aQuestion("other", "other")}}
		if done, err := s.edited(t.Context(), "question.new", acting("丙", "h", 1), nil, fresh, versions{versionLibrary: "stale"}); done || err != nil {
			t.Errorf("what has moved on: %v %v", done, err)
		}
		if can := canUndo(t, s, later, "d e f h"); can != "def" {
			t.Errorf("after an act that did not come to be can be undone: %s", can)
		}
		// A day later none of them can be undone, and what they took is given back.
		tomorrow := noon.Add(25 * time.Hour)
		if can := canUndo(t, s, tomorrow, "d e f"); can != "" {
			t.Errorf("a day later can be undone: %s", can)
		}
		must(t, bulky(t, s, "i", tomorrow, 100))
		held := func() (sizes int) {
			for _, packed := range get[[]string](t)(s.client.HVals(t.Context(), undoKey()).Result()) {
				sizes += len(packed) + undoEach
			}
			return sizes
		}
		if n, size := get[int64](t)(s.client.HLen(t.Context(), undoKey()).Result()), get[int](t)(s.client.Get(t.Context(), undoSizeKey()).Int()); n != 1 || size != held() {
			t.Errorf("%d are kept, of %d bytes: %d", n, held(), size)
		}
		// Where a part of it vanishes, it begins anew.
		for i, key := range []string{undoKey(), undoneKey(), undoSizeKey()} {
			must(t, s.client.Del(t.Context(), key).Err())
			at := tomorrow.Add(time.Duration(i+1) * time.Second)
			must(t, bulky(t, s, fmt.Sprint("j", i), at, 100))
			if can, size := canUndo(t, s, at, "i j0 j1 j2"), get[int](t)(s.client.Get(t.Context(), undoSizeKey()).Int()); can != fmt.Sprint("j", i) || size != held() {
				t.Errorf("without %s: %s, %d bytes of %d", key, can, size, held())
			}
		}
	})
}

// TestUndoWithoutMemory: where Redis has no memory left, an act is done all the same,
// without what would undo it.
func TestUndoWithoutMemory(t *testing.T) {
	s := openTest(t, storetest.Redis(t).URL)
	noon := testDay.Start().Add(12 * time.Hour)
	for _, act := range strings.Fields("a b c") {
		must(t, bulky(t, s, act, noon, 2_000_000))
	}
	if can := canUndo(t, s, noon, "a b c"); can != "abc" {
		t.Fatalf("can be undone: %s", can)
	}
	info := get[string](t)(s.client.Info(t.Context(), "memory").Result())
	used, err := strconv.Atoi(regexp.MustCompile(`used_memory:(\d+)`).FindStringSubmatch(info)[1])
	must(t, err)
	// Two of the three undoings that were kept are larger than what is lacking.
	must(t, s.client.ConfigSet(t.Context(), "maxmemory", strconv.Itoa(used-1_000_000)).Err())
	_, _, err = s.EditLibrary(t.Context(), acting("甲", "d", 1), nil, []content.Question{aQuestion("small", "small")})
	must(t, err)
	if can := canUndo(t, s, noon, "a b c d"); can != "" {
		t.Errorf("can be undone: %s", can)
	}
	if all := get[[]content.Question](t)(s.Questions(t.Context())); len(all) != 2 {
		t.Errorf("the bank is %d questions", len(all))
	}
	// Where nothing can be given back it is refused, and nothing is written.
	must(t, s.client.ConfigSet(t.Context(), "maxmemory", "1").Err())
	if _, _, err := s.EditLibrary(t.Context(), acting("甲", "e", 1), nil, []content.Question{aQuestion("other", "other")}); !errors.Is(err, quiz.ErrUnavailable) {
		t.Errorf("without any memory: %v", err)
	}
}
