package banks

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// shelf is a library in memory of which a reading can be held up.
type shelf struct {
	Library
	mu      sync.Mutex
	version string
	sheets  map[string]content.Sheet[content.Question]
	hold    chan struct{} // nil: nobody waits
	begun   chan struct{} // gets one when all was read, before it is held up
	read    int
	changed map[string][]string // of a version: the ids that changed from any other one to it
}

func (s *shelf) ChangedQuestions(_ context.Context, _, to string) (ids []string, known bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids, known = s.changed[to]
	return ids, known, nil
}

func (s *shelf) LibraryVersion(context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version, nil
}

func (s *shelf) EachQuestion(_ context.Context, take func(content.Sheet[content.Question])) error {
	s.mu.Lock()
	s.read++
	for _, sheet := range s.sheets {
		take(sheet)
	}
	hold := s.hold
	s.mu.Unlock()
	if hold != nil {
		s.begun <- struct{}{}
		<-hold
	}
	return nil
}

func (s *shelf) QuestionSheets(_ context.Context, ids []string) (found []content.Sheet[content.Question], err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if sheet, ok := s.sheets[id]; ok {
			found = append(found, sheet)
		}
	}
	return found, nil
}

func (s *shelf) put(id, stem string, state content.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sheets[id] = content.Sheet[content.Question]{Value: content.Question{ID: id, Type: content.Judge, Stem: stem, State: state, Revision: 1}}
}

// stems are those of the list.
func stems(t *testing.T, x *index) string {
	t.Helper()
	all, err := x.all(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, r := range all.rows {
		list = append(list, r.ID+" "+r.Stem)
	}
	return strings.Join(list, ", ")
}

// TestIndex: what this replica changes is listed at once, also while the list is being
// read from before the change; what others change comes with the next version.
func TestIndex(t *testing.T) {
	s := &shelf{version: "1", begun: make(chan struct{}, 9), sheets: map[string]content.Sheet[content.Question]{}}
	s.put("b", "two", content.Draft)
	s.put("a", "one", content.Draft)
	x := &index{data: s}
	if got := stems(t, x); got != "a one, b two" || stems(t, x) != got || s.read != 1 {
		t.Fatalf("%s, read %d times", got, s.read)
	}
	s.put("c", "three", content.Draft)
	x.refresh(t.Context(), []string{"c"})
	if got := stems(t, x); got != "a one, b two, c three" {
		t.Error(got)
	}
	// Another replica changes b; while that is read, this one changes a.
	s.put("b", "other", content.Draft)
	s.mu.Lock()
	s.version, s.hold = "2", make(chan struct{})
	s.mu.Unlock()
	if got := stems(t, x); got != "a one, b two, c three" {
		t.Error("who waits for the reading sees ", got)
	}
	<-s.begun // what it has read is from before this change
	s.put("a", "mine", content.Draft)
	x.refresh(t.Context(), []string{"a"})
	if got := stems(t, x); got != "a mine, b two, c three" {
		t.Error(got)
	}
	close(s.hold)
	for end := time.Now().Add(time.Minute); stems(t, x) != "a mine, b other, c three"; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(stems(t, x))
		}
	}
}

// TestIndexNow: what is counted before it is changed is counted in the bank as it is,
// also where that takes long to read, and where what is being read is from before.
func TestIndexNow(t *testing.T) {
	s := &shelf{version: "1", begun: make(chan struct{}, 9), sheets: map[string]content.Sheet[content.Question]{}}
	s.put("a", "one", content.Draft)
	x := &index{data: s}
	stems(t, x)
	s.put("b", "two", content.Draft)
	s.mu.Lock()
	s.version, s.hold = "2", make(chan struct{})
	s.mu.Unlock()
	if got := stems(t, x); got != "a one" { // begins to read
		t.Error("a page sees", got)
	}
	<-s.begun
	s.put("c", "three", content.Draft) // after that was read
	s.mu.Lock()
	s.version = "3"
	hold := s.hold
	s.hold = nil
	s.mu.Unlock()
	found := make(chan int)
	go func() {
		all, err := x.now(t.Context())
		if err != nil {
			t.Error(err)
			all = &bank{}
		}
		found <- len(all.rows)
	}()
	close(hold)
	if n := <-found; n != 3 {
		t.Errorf("%d questions are counted", n)
	}
	// What was taken away here is gone at once.
	s.mu.Lock()
	delete(s.sheets, "b")
	s.mu.Unlock()
	x.refresh(t.Context(), []string{"b"})
	if got := stems(t, x); got != "a one, c three" {
		t.Error(got)
	}
}

// TestIndexFollows: of a change that is told question by question only these are read.
func TestIndexFollows(t *testing.T) {
	s := &shelf{version: "1", sheets: map[string]content.Sheet[content.Question]{}, changed: map[string][]string{"2": {"a", "b", "d"}, "3": {}}}
	s.put("b", "two", content.Draft)
	s.put("a", "one", content.Draft)
	s.put("c", "three", content.Draft)
	x := &index{data: s}
	stems(t, x)
	s.put("a", "eins", content.Draft)
	s.put("d", "vier", content.Draft)
	delete(s.sheets, "b")
	s.version = "2"
	if got := stems(t, x); got != "a eins, c three, d vier" || s.read != 1 {
		t.Errorf("%s, read %d times", got, s.read)
	}
	s.version = "3" // items alone
	before := x.list
	if stems(t, x); x.list != before || x.version != "3" || s.read != 1 {
		t.Errorf("the list was made anew, or read %d times", s.read)
	}
}

// TestGathered: where many questions came one after the other their texts become one again,
// and are found as before.
func TestGathered(t *testing.T) {
	s := &shelf{version: "1", sheets: map[string]content.Sheet[content.Question]{}, changed: map[string][]string{}}
	s.put("a", "遵义会议", content.Draft)
	x := &index{data: s}
	stems(t, x)
	for i := range mostLate + 1 {
		id := "b" + strconv.Itoa(i)
		s.put(id, "南湖"+strconv.Itoa(i)+"号", content.Draft)
		s.changed["2"] = append(s.changed["2"], id)
	}
	before := x.list
	s.version = "2"
	stems(t, x)
	if len(x.list.texts.ends) != mostLate+2 || len(before.rows) != 1 || before.text(before.rows[0]) != x.list.text(x.list.rows[0]) {
		t.Errorf("%d texts in one, %d rows before", len(x.list.texts.ends), len(before.rows))
	}
	for text, want := range map[string]int{"遵义": 1, "南湖": mostLate + 1, "湖7号": 1, "号": mostLate + 1, "会议南湖": 0} {
		if n := len((filter{Text: text}).choose(x.list, nil)); n != want {
			t.Errorf("%q is found %d times, want %d", text, n, want)
		}
	}
}

// TestFindQuestions: by words that stand anywhere in one that members get, or in its
// category, as it is or as they get it.
func TestFindQuestions(t *testing.T) {
	s := &shelf{version: "1", sheets: map[string]content.Sheet[content.Question]{}, changed: map[string][]string{"2": {"q4"}}}
	put := func(id, stem, category string, state content.State, standing *content.Question) {
		q := content.Question{ID: id, Type: content.Single, Stem: stem, Options: []string{"南湖", "望志路"}, Category: category, State: state, Revision: 2}
		s.sheets[id] = content.Sheet[content.Question]{Value: q, Standing: standing}
	}
	put("q1", "一大的会议转移到哪里？", "党史", content.Approved, nil)
	put("q2", "遵义会议在哪里？", "长征", content.Approved, nil)
	put("q3", "遵义会议以后", "长征", content.Draft, nil)
	put("q4", "遵义会议是哪一年？", "长征", content.Draft, &content.Question{ID: "q4", Stem: "红军到陕北是哪一年？", State: content.Approved})
	for i := range 100 { // beside which few have a word
		put("z"+strconv.Itoa(i), "别的题", "别的", content.Draft, nil)
	}
	b := New(struct{ Data }{nil})
	b.index = &index{data: s}
	check := func(text string, without []string, most int, want string) {
		t.Helper()
		ids, more, err := b.FindQuestions(t.Context(), text, without, most)
		if got := strings.Join(ids, " ") + " " + strconv.Itoa(more); got != want || err != nil {
			t.Errorf("%q finds %s, %v, want %s", text, got, err, want)
		}
	}
	check("遵义", nil, 9, "q2 q4 0")
	check("会议", nil, 2, "q1 q2 1")
	check("會議  Q1", nil, 9, "q1 0")
	check("望志路 哪一年", nil, 9, "q4 0")
	check("长征 遵义", nil, 9, "q2 q4 0")
	check("遵义 长征", []string{"q2"}, 9, "q4 0")
	check("陕北", nil, 9, "q4 0")
	check("转移到哪里遵义", nil, 9, " 0")
	check("，", nil, 1, "q1 2")
	put("q4", "遵义会议是哪一年？", "长征", content.Approved, nil)
	s.version = "2"
	check("陕北", nil, 9, " 0")
	check("遵义 哪一年", nil, 9, "q4 0") // one that is not read with the others
}

// TestFilter: each condition by itself and its address.
func TestFilter(t *testing.T) {
	rows := []*row{
		{ID: "a", Type: content.Single, State: content.Draft, Category: "党史", Difficulty: 1, By: "甲", At: 5, text: content.Normalise("南湖的船")},
		{ID: "b", Type: content.Judge, State: content.Approved, By: "乙", At: 7, text: content.Normalise("遵义会议")},
		{ID: "c", Type: content.Judge, State: content.Draft, Remark: "年份", By: "甲", At: 7, text: content.Normalise("长征 1936")},
	}
	all := &bank{rows: rows}
	stats := figuresOf(quiz.AllFigures{Questions: []quiz.Figures{
		{ID: "b", Revision: 2, Suspicions: []quiz.Suspicion{quiz.TooHard}}, {ID: "b", Revision: 1, Suspicions: []quiz.Suspicion{quiz.Backwards}},
		{ID: "a", Suspicions: []quiz.Suspicion{quiz.Unobserved}},
	}})
	for _, c := range []struct {
		f    filter
		want string
	}{
		{filter{}, "abc"},
		{filter{Text: "長征，１９３６"}, "c"},
		{filter{Text: "1936 征"}, "c"},
		{filter{Text: "党史"}, ""},
		{filter{State: content.Draft}, "ac"},
		{filter{Type: content.Judge}, "bc"},
		{filter{Category: "党史"}, "a"},
		{filter{Category: none}, "bc"},
		{filter{Level: 1}, "a"},
		{filter{Watch: true}, "b"},
		{filter{Remark: true}, "c"},
		{filter{At: 7, By: handOf("甲")}, "c"},
		{filter{Sort: "new"}, "bca"},
		{filter{Sort: "watch"}, "bac"},
	} {
		var got string
		for _, r := range c.f.choose(all, stats) {
			got += r.ID
		}
		if got != c.want {
			t.Errorf("%+v: %s, want %s", c.f, got, c.want)
		}
		_, text, _ := strings.Cut(c.f.List(), "?")
		if again := parsed(t, text); again != c.f {
			t.Errorf("%+v comes back as %+v", c.f, again)
		}
	}
	// Read as one, with a row that came later: nothing is found across two of them.
	var written writingTexts
	for _, r := range rows[:2] {
		written.take(r)
	}
	all = &bank{rows: rows, texts: written.texts()}
	for text, want := range map[string]string{"船": "a", "的船": "a", "遵义": "b", "义会议": "b", "船遵": "", "南湖的船遵": "", "\x00": "abc", "船\x00遵": "", "会": "b", "1936": "c", "不": ""} {
		var got string
		for _, r := range (filter{Text: text}).choose(all, stats) {
			got += r.ID
		}
		if got != want {
			t.Errorf("%q is found in %s, want %s", text, got, want)
		}
	}
	var short writingTexts
	letters := []*row{{ID: "a", text: "1x"}, {ID: "b", text: "y1"}, {ID: "c"}}
	for _, r := range letters {
		short.take(r)
	}
	for text, want := range map[string]string{"1": "ab", "x": "a", "y": "b", "1y": "", "y1": "b", "z": ""} {
		var got string
		for _, r := range (filter{Text: text}).choose(&bank{rows: letters, texts: short.texts()}, nil) {
			got += r.ID
		}
		if got != want {
			t.Errorf("%q is found in %s, want %s", text, got, want)
		}
	}
	if !slices.IsSortedFunc(rows, byID) {
		t.Error("choosing has changed the list")
	}
}

// BenchmarkList is what a page of the list takes of a bank of 100,000 questions, before it
// is written.
func BenchmarkList(b *testing.B) {
	s := &shelf{sheets: map[string]content.Sheet[content.Question]{}}
	stem := strings.Repeat("中国共产党第一次全国代表大会最后一天的会议转移到哪里举行？", 2)
	for i := range 100_000 {
		id := "large-" + strconv.Itoa(1_000_000+i)
		s.sheets[id] = content.Sheet[content.Question]{
			Value:  content.Question{ID: id, Type: types[i%4], Stem: strconv.Itoa(i) + stem, Options: []string{"嘉兴南湖", "上海望志路", "广州", "武汉"}, State: states[i%4], Revision: 1},
			Review: content.Review{At: time.Unix(int64(i*7919%90_000), 0)},
		}
	}
	x := &index{data: s}
	all, err := x.all(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	var counted quiz.AllFigures
	for i := range 2000 {
		counted.Questions = append(counted.Questions, quiz.Figures{ID: "large-" + strconv.Itoa(1_000_000+50*i), Suspicions: []quiz.Suspicion{quiz.Suspicion(i % 4)}})
	}
	for name, f := range map[string]filter{
		"all": {}, "text": {Text: "南湖"}, "no such text": {Text: "南昌"}, "words": {Text: "一次 会议 嘉兴"}, "state": {State: content.Approved}, "category": {Category: none}, "type": {Type: content.Judge}, "level": {Level: 2},
		"new": {Sort: "new"}, "watch": {Sort: "watch"}, "suspicious": {Watch: true, Sort: "watch"}, "text, new": {Text: "会议", Sort: "new"}, "by": {By: "nobody"}, "remark": {Remark: true},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f.choose(all, figuresOf(counted))
			}
		})
	}
	b.Run("changed", func(b *testing.B) {
		for b.Loop() {
			x.refresh(b.Context(), []string{"large-1000007"})
			x.list.count()
		}
	})
}
