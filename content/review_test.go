package content

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC)

func handOf(by string, signatures int) Hand { return Hand{By: by, At: noon, Signatures: signatures} }

// told is a sheet in one line: state, revision, who signed, what stands in.
func told(s Sheet[Question]) string {
	var signed []string
	for _, sig := range s.Review.Signed {
		signed = append(signed, sig.By)
	}
	line := fmt.Sprintf("%s %d %s", s.Value.State, s.Value.Revision, strings.Join(signed, "+"))
	if s.Standing != nil {
		line += fmt.Sprintf(" (%d in use)", s.Standing.Revision)
	}
	return line
}

// TestActs: each act in each state, with one signature and with two.
func TestActs(t *testing.T) {
	was := func(state State, signed ...string) Sheet[Question] {
		s := Sheet[Question]{Value: judgeOf("q", "对吗？", state)}
		s.Value.Revision = 3
		for _, by := range signed {
			s.Review.Signed = append(s.Review.Signed, Signature{By: by, At: noon})
		}
		return s
	}
	verdicts := [...]string{"moved", "signed", "idle", "twice", "barred"}
	for _, c := range []struct {
		from Sheet[Question]
		act  Act
		n    int
		want string
	}{
		{was(Draft), Sign, 1, "moved reviewed 3 乙"},
		{was(Reviewed, "甲"), Sign, 1, "signed reviewed 3 甲+乙"},
		{was(Reviewed, "乙"), Sign, 1, "idle reviewed 3 乙"},
		{was(Approved), Sign, 1, "barred approved 3 "},
		{was(Retired), Sign, 1, "barred retired 3 "},
		{was(Draft), Approve, 1, "moved approved 3 乙"},
		{was(Reviewed, "甲"), Approve, 1, "moved approved 3 甲+乙"},
		{was(Reviewed, "乙"), Approve, 1, "moved approved 3 乙"},
		{was(Approved), Approve, 1, "signed approved 3 乙"}, // what was shipped becomes the organisation's own
		{was(Approved, "甲"), Approve, 1, "idle approved 3 甲"},
		{was(Retired), Approve, 1, "barred retired 3 "},
		{was(Draft), Approve, 2, "moved reviewed 3 乙"},
		{was(Draft), Sign, 2, "moved reviewed 3 乙"},
		{was(Reviewed, "甲"), Approve, 2, "moved approved 3 甲+乙"},
		{was(Reviewed, "乙"), Approve, 2, "twice reviewed 3 乙"},
		{was(Reviewed, " 乙 "), Approve, 2, "twice reviewed 3  乙 "}, // spaces make no other person
		{was(Reviewed), Approve, 2, "signed reviewed 3 乙"},
		{was(Reviewed, "甲", "乙"), Approve, 2, "moved approved 3 甲+乙"},
		{was(Approved, "甲"), Approve, 2, "signed approved 3 甲+乙"},
		{was(Draft), Retire, 2, "moved retired 3 "},
		{was(Approved, "甲"), Retire, 2, "moved retired 3 "},
		{was(Retired), Retire, 2, "idle retired 3 "},
		{was(Retired), Reopen, 2, "moved draft 3 "},
		{was(Approved, "甲"), Reopen, 2, "moved draft 3 "},
		{was(Reviewed, "甲"), Reopen, 2, "moved draft 3 "},
		{was(Draft), Reopen, 2, "idle draft 3 "},
	} {
		next, verdict := c.from.Do(c.act, handOf("乙", c.n))
		if got := verdicts[verdict] + " " + told(next); got != c.want {
			t.Errorf("%s of %s by 乙 of %d: %s, want %s", c.act, told(c.from), c.n, got, c.want)
		}
	}
}

// TestRemarks: what is to be changed stands with the draft until somebody writes.
func TestRemarks(t *testing.T) {
	h := handOf("乙", 1)
	h.Remark = "年份请核对"
	q := Question{ID: "a", Type: Judge, Stem: "旧", Answer: Key{Letters: 1}, State: Approved, Revision: 2}
	approved := Sheet[Question]{Value: q}
	q.State, q.Revision = Draft, 3
	draft := Sheet[Question]{Value: q, Standing: &approved.Value}
	for _, c := range []struct {
		from    Sheet[Question]
		verdict Verdict
	}{{approved, Moved}, {draft, Noted}} {
		next, verdict := c.from.Do(Reopen, h)
		if verdict != c.verdict || next.State() != Draft || next.Review.Remark != h.Remark || next.Review.By != "乙" || next.Standing != c.from.Standing {
			t.Errorf("%+v: %v", next, verdict)
		}
		text, err := json.Marshal(next)
		var again Sheet[Question]
		if err != nil || json.Unmarshal(text, &again) != nil || again.Review.Remark != h.Remark {
			t.Errorf("%s: %v", text, err)
		}
		if _, verdict := next.Do(Reopen, h); verdict != Idle {
			t.Errorf("the same remark again: %v", verdict)
		}
		q.Stem = "新"
		if written := Write(&next, q, handOf("甲", 1)); written.Review.Remark != "" {
			t.Errorf("the remark outlives the change: %+v", written)
		}
	}
	if next, _ := approved.Do(Retire, h); next.Review.Remark != "" {
		t.Errorf("%+v", next)
	}
}

// TestWrites: what becomes of a question that is loaded again and again.
func TestWrites(t *testing.T) {
	for _, c := range []struct {
		n     int
		story string // by:stem:category:state, one write after another
		want  string // after each
	}{
		{1, "甲:旧::draft 甲:旧::approved", "draft 1 , approved 1 甲"},
		{1, "甲:旧::approved 甲:旧::approved 乙:旧::approved", "approved 1 甲, approved 1 甲, approved 1 甲"},
		// An edit of substance is reviewed again; the approved one stays in use.
		{1, "甲:旧::approved 甲:新::draft 甲:更新::draft 乙:更新::approved", "approved 1 甲, draft 2  (1 in use), draft 3  (1 in use), approved 3 乙"},
		// What members do not read needs no new review.
		{1, "甲:旧::approved 乙:旧:党史:approved", "approved 1 甲, approved 2 甲"},
		{1, "甲:旧::approved 乙:旧:党史:draft", "approved 1 甲, draft 2  (1 in use)"},
		// Taken back by its state, and retired, it is gone at once.
		{1, "甲:旧::approved 甲:旧::draft", "approved 1 甲, draft 1 "},
		{1, "甲:旧::approved 甲:新::draft 甲:新::retired 甲:新::draft", "approved 1 甲, draft 2  (1 in use), retired 2 , draft 2 "},
		{1, "甲:旧::approved 甲:新::retired", "approved 1 甲, retired 2 "},
		{1, "甲:旧::reviewed 乙:旧::approved", "reviewed 1 甲, approved 1 甲+乙"},
		// Two people: a file that says approved is one signature.
		{2, "甲:旧::approved 甲:旧::approved 乙:旧::approved", "reviewed 1 甲, reviewed 1 甲, approved 1 甲+乙"},
		{2, "甲:旧::approved 乙:旧::approved 甲:新::approved 乙:新::approved", "reviewed 1 甲, approved 1 甲+乙, reviewed 2 甲 (1 in use), approved 2 甲+乙"},
		{2, "甲:旧::reviewed 乙:旧:党史:reviewed 乙:旧:党史:approved", "reviewed 1 甲, reviewed 2 甲, approved 2 甲+乙"},
		// Nobody is asked: states are taken as they are given.
		{0, ":旧::approved :新::approved", "approved 1 , approved 2 "},
		{0, ":旧::approved :新::draft", "approved 1 , draft 2  (1 in use)"},
	} {
		var sheet *Sheet[Question]
		var got []string
		for part := range strings.FieldsSeq(c.story) {
			f := strings.Split(part, ":")
			q := judgeOf("q", f[1], State(f[3]))
			q.Category = f[2]
			h := handOf(f[0], c.n)
			if c.n == 0 {
				h = Hand{}
			}
			next := Write(sheet, q, h)
			sheet = &next
			got = append(got, told(next))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%d, %s:\n got %s\nwant %s", c.n, c.story, s, c.want)
		}
	}
}

// TestReviewKeeps: whatever people do, members get only what enough different
// people have signed, a history tells it all, and a sheet survives its JSON.
func TestReviewKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 2).Draw(t, "signatures")
		var sheet *Sheet[Question]
		var pages []Page[Question]
		approved := map[string]bool{} // stems that n people signed
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			h := handOf(rapid.SampledFrom([]string{"甲", "乙", "丙", " 甲"}).Draw(t, "by"), n)
			var next Sheet[Question]
			if act := rapid.SampledFrom([]Act{"", Sign, Approve, Retire, Reopen}).Draw(t, "act"); act == "" || sheet == nil {
				q := judgeOf("q", rapid.SampledFrom([]string{"一", "二"}).Draw(t, "stem"), rapid.SampledFrom([]State{Draft, Reviewed, Approved, Retired}).Draw(t, "state"))
				q.Category = rapid.SampledFrom([]string{"", "党史"}).Draw(t, "category")
				next = Write(sheet, q, h)
			} else {
				next, _ = sheet.Do(act, h)
			}
			people := map[string]bool{}
			for _, s := range next.Review.Signed {
				people[Normalise(s.By)] = true
			}
			if len(people) != len(next.Review.Signed) {
				t.Fatalf("somebody signed twice: %+v", next.Review)
			}
			if next.State() == Approved {
				if len(people) < n {
					t.Fatalf("approved by %d of %d", len(people), n)
				}
				approved[next.Value.Stem] = true
			}
			if live, ok := next.InUse(); ok && (live.State != Approved || !approved[live.Stem]) {
				t.Fatalf("members get %+v", live)
			}
			text, err := json.Marshal(next)
			var again Sheet[Question]
			if err != nil || json.Unmarshal(text, &again) != nil || !reflect.DeepEqual(again, next) {
				t.Fatalf("%s\n got %+v\nwant %+v", text, again, next)
			}
			if sheet != nil && !reflect.DeepEqual(*sheet, next) {
				pages = append(pages, sheet.Page(next))
			}
			sheet = &next
		}
		all := History(pages, *sheet)
		for i, p := range all {
			if p.Value == nil || i > 0 && p.Revision != all[i-1].Revision && Unedited(*p.Value, *all[i-1].Value) {
				t.Fatalf("page %d of %+v", i, all)
			}
		}
	})
}

func TestChanges(t *testing.T) {
	was := judgeOf("q", "旧", Approved)
	is := judgeOf("q", "新", Draft)
	is.Answer, is.Difficulty, is.Revision = Key{Letters: 2}, 3, 9
	want := []Change{{"题干", "旧", "新"}, {"答案", "对", "错"}, {"难度", "", "3"}}
	if got := Changes(was, is); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := Changes(Item{Title: "旧", State: Draft}, Item{Title: "新"}); !reflect.DeepEqual(got, []Change{{"标题", "旧", "新"}}) {
		t.Errorf("%+v", got)
	}
}

func TestFits(t *testing.T) {
	q := judgeOf("q", "题", Draft)
	q.Category = "党史"
	for _, c := range []struct {
		f       Filter
		starter bool
		want    bool
	}{
		{Filter{}, true, false}, // nothing is not everything
		{Filter{All: true}, false, true},
		{Filter{IDs: []string{"p", "q"}}, false, true},
		{Filter{IDs: []string{"p"}}, false, false},
		{Filter{IDs: []string{"q"}, States: []State{Approved}}, false, false},
		{Filter{States: []State{Draft}, Categories: []string{"党史"}}, false, true},
		{Filter{Starter: true}, false, false},
		{Filter{Starter: true, States: []State{Draft}}, true, true},
		{Filter{Kinds: []Kind{Story}}, false, false},
	} {
		if got := Fits(c.f, q, c.starter); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if !Fits(Filter{Kinds: []Kind{Story}}, Item{Kind: Story}, false) {
		t.Error("a story is no story")
	}
}

func TestHands(t *testing.T) {
	for by, ok := range map[string]bool{"张三": true, "": false, " 　": false, "张\n三": false, strings.Repeat("张", 41): false, "O'Neil": true} {
		if err := handOf(by, 1).Check(); (err == nil) != ok {
			t.Errorf("%q: %v", by, err)
		}
	}
}
