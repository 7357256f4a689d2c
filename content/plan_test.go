package content

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func judgeOf(id, stem string, state State) Question {
	return Question{ID: id, Type: Judge, Stem: stem, Answer: Key{Letters: 1}, State: state}
}

func TestPlanQuestions(t *testing.T) {
	same := judgeOf("same", "一样的。", Approved)
	same.Revision = 7
	current := []Question{same, judgeOf("mend", "旧的", Approved), judgeOf("state", "只改状态", Draft), judgeOf("old", "在库里", Retired),
		judgeOf("twin1", "双", Approved), judgeOf("twin2", "双", Approved), judgeOf("moves", "搬走的", Draft)}
	entry := func(q Question, stated bool) Entry[Question] {
		return Entry[Question]{Value: q, File: "f", Row: 1, Stated: stated}
	}
	twin := judgeOf("twin2", "双！", Approved)
	steps := PlanQuestions(current, []Entry[Question]{
		entry(judgeOf("same", "一样的。", Draft), false), // says no state: keeps Approved
		entry(judgeOf("mend", "新的", Draft), false),   // changed: to be reviewed again
		entry(judgeOf("state", "只改状态", Approved), true),
		entry(judgeOf("new", "新题", Draft), false),
		entry(judgeOf("again", "新题？", Draft), false),     // as new in the same file
		entry(judgeOf("other", "在 库 里", Approved), true), // as old in the bank
		entry(twin, true), // can be changed although it has a twin
		entry(judgeOf("moves", "搬到别处", Draft), true),
		entry(judgeOf("takes", "搬走的", Draft), true), // free, since moves asks something else now
	})
	var got []string
	for _, s := range steps {
		got = append(got, fmt.Sprintf("%s %d %s %s", s.Value.ID, s.Fate, s.Value.State, s.Same))
	}
	want := "same 2 approved |mend 1 draft |state 1 approved |new 0 draft |again 3 draft new|other 3 approved old|twin2 1 approved |moves 1 draft |takes 0 draft "
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("\n got %s\nwant %s", s, want)
	}
	if load := ToLoad(steps); len(load) != 6 {
		t.Errorf("to load: %v", load)
	}
}

func TestPlanItems(t *testing.T) {
	is := func(id, title string, state State) Item { return Item{ID: id, Title: title, State: state} }
	steps := PlanItems([]Item{is("a", "甲", Approved), is("b", "乙", Approved)}, []Entry[Item]{
		{Value: is("a", "甲", Draft)}, {Value: is("b", "乙", Draft), Stated: true}, {Value: is("c", "丙", Draft)}})
	if steps[0].Fate != Unchanged || steps[0].Value.State != Approved || steps[1].Fate != Changed || steps[2].Fate != Added {
		t.Errorf("%+v", steps)
	}
}

// TestJoin: an id of two files is a fault of the later one, and takes the whole
// row with it.
func TestJoin(t *testing.T) {
	a, err := ReadItemsFile("a", strings.NewReader(`{"id":"i1","kind":"qa","title":"甲","text":"一","question":{"id":"q1","type":"judge","stem":"吗？","answer":"T"}}`))
	if err != nil || a.Err() != nil {
		t.Fatal(err, a.Err())
	}
	b, err := ReadItemsFile("b", strings.NewReader(`{"id":"i2","kind":"qa","title":"乙","text":"一","question":{"id":"q1","type":"judge","stem":"么？","answer":"T"}}
{"id":"i1","kind":"qa","title":"丙","text":"一","question":{"id":"q2","type":"judge","stem":"呢？","answer":"T"}}
{"id":"i3","kind":"qa","title":"丁","text":"一"}`))
	if err != nil || b.Err() != nil {
		t.Fatal(err, b.Err())
	}
	all := Join([]*File{a, b})
	if len(all.Items) != 2 || len(all.Questions) != 1 || all.Faulty != 2 || all.Unread {
		t.Errorf("%+v", all)
	}
	sameFaults(t, all.Err(), []string{"b 第2行 [id]: 编号“i1”在 a 第 1 行已经用过", "b 第1行 [id]: 编号“q1”在 a 第 1 行已经用过"})
}

func TestCalendar(t *testing.T) {
	is := func(id, date string, state State) Item { return Item{ID: id, Kind: Today, Date: date, State: state} }
	items := []Item{is("leap", "02-29", Approved), is("d", "02-28", Draft), is("r", "02-28", Reviewed), is("x", "03-01", Retired), is("one", "2028-03-02", Approved)}
	show := func(year int) string {
		var s []string
		for _, d := range Calendar(NewLibrary(items, nil), items, time.Date(year, 2, 28, 0, 0, 0, 0, time.UTC), 4) {
			s = append(s, fmt.Sprintf("%s %d %t", d.Date, len(d.Items), d.Ready))
		}
		return strings.Join(s, ", ")
	}
	for year, want := range map[int]string{
		2028: "2028-02-28 2 false, 2028-02-29 1 true, 2028-03-01 0 false, 2028-03-02 1 true",
		2027: "2027-02-28 2 false, 2027-03-01 0 false, 2027-03-02 0 false, 2027-03-03 0 false",
	} {
		if got := show(year); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}
