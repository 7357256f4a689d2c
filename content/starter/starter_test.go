package starter

import (
	"maps"
	"strings"
	"testing"

	"dangshi/content"
)

func load(t *testing.T) ([]content.Item, []content.Question) {
	t.Helper()
	items, questions, err := Load()
	if err != nil {
		t.Fatalf("the pack has faults:\n%v", err)
	}
	return items, questions
}

func TestCalendarCoversTheYear(t *testing.T) {
	items, questions := load(t)
	lib := content.NewLibrary(items, questions)
	days := map[string]bool{}
	for _, it := range lib.Items(content.Today) {
		days[it.Date] = true
		if len(it.Date) != len("01-02") {
			t.Errorf("%s is dated %s: the pack serves every year", it.ID, it.Date)
		}
		if q, ok := lib.Question(it.Question); !ok || q.Day != it.Date || q.ID != it.ID {
			t.Errorf("%s: question %q of day %q", it.ID, q.ID, q.Day)
		}
	}
	if len(days) != 366 {
		t.Errorf("%d days have an item, not 366", len(days))
	}
	if it, ok := lib.Today("2028-02-29"); !ok || it.ID != "today-02-29" {
		t.Errorf("2028-02-29: %q %v", it.ID, ok)
	}
}

func TestEnoughOfEach(t *testing.T) {
	items, questions := load(t)
	lib := content.NewLibrary(items, questions)
	if n := len(lib.Items(content.QA)) + len(lib.Items(content.Story)); n < 60 {
		t.Errorf("%d items of 百问 and 小故事, fewer than 60", n)
	}
	explained := 0
	for _, q := range lib.Questions() {
		if q.Explain == "" {
			t.Errorf("%s has no explanation", q.ID)
			continue
		}
		explained++
	}
	if explained < 400 {
		t.Errorf("%d approved questions with an explanation, fewer than 400", explained)
	}
	if n := len(lib.Questions()); n != len(questions) {
		t.Errorf("%d of %d questions are approved", n, len(questions))
	}
}

func TestEveryQuestionFitsAndNeedsNoAdvice(t *testing.T) {
	items, questions := load(t)
	for _, q := range questions {
		if n := q.Size(); n > content.MaxQuestionSize {
			t.Errorf("%s takes %d bytes", q.ID, n)
		}
		for _, f := range q.Advice() {
			t.Errorf("%s %v", q.ID, f)
		}
	}
	for _, it := range items {
		if n := it.Size(); n > content.MaxItemSize {
			t.Errorf("%s takes %d bytes", it.ID, n)
		}
	}
}

// Every fact of the pack was read in a source of the calendar.
func TestSourcesAreThoseOfTheCalendar(t *testing.T) {
	type origin struct {
		source, url string
		grade       content.Grade
	}
	items, questions := load(t)
	known := map[origin]bool{}
	for _, it := range items {
		if it.Kind == content.Today {
			known[origin{it.Source, it.URL, it.Grade}] = true
		}
	}
	for _, it := range items {
		if !known[origin{it.Source, it.URL, it.Grade}] {
			t.Errorf("%s: source %q %s %s is not in the calendar", it.ID, it.Source, it.URL, it.Grade)
		}
	}
	for _, q := range questions {
		if !known[origin{q.Source, q.URL, q.Grade}] {
			t.Errorf("%s: source %q %s %s is not in the calendar", q.ID, q.Source, q.URL, q.Grade)
		}
	}
}

func TestNoStemTwice(t *testing.T) {
	_, questions := load(t)
	seen := map[string]string{}
	for _, q := range questions {
		stem := content.Normalise(q.Stem)
		if first, twice := seen[stem]; twice {
			t.Errorf("%s asks what %s asks: %s", q.ID, first, q.Stem)
		}
		seen[stem] = q.ID
	}
}

// Whoever always taps the same letter must not do better than chance by much.
func TestRightLettersAreNotLopsided(t *testing.T) {
	_, questions := load(t)
	letters, verdicts := map[string]int{}, map[string]int{}
	for _, q := range questions {
		switch q.Type {
		case content.Single:
			letters[q.Answer.Letters.String()]++
		case content.Judge:
			verdicts[q.Answer.Letters.String()]++
		}
	}
	even(t, letters, "A B C D", 0.18, 0.32)
	even(t, verdicts, "A B", 0.35, 0.65)
}

func even(t *testing.T, counts map[string]int, keys string, low, high float64) {
	t.Helper()
	total := 0
	for n := range maps.Values(counts) {
		total += n
	}
	for _, key := range strings.Fields(keys) {
		if share := float64(counts[key]) / float64(total); !(low <= share && share <= high) {
			t.Errorf("%s is right %d times of %d", key, counts[key], total)
		}
	}
}

func TestSecondarySourcesAreNotShown(t *testing.T) {
	items, questions := load(t)
	official := 0
	for _, it := range items {
		if shown := it.ShownSource(); shown != "" && it.Grade != content.Official {
			t.Errorf("%s shows %q", it.ID, shown)
		} else if shown != "" {
			official++
		}
	}
	for _, q := range questions {
		if q.Grade != content.Official && q.ShownSource() != "" {
			t.Errorf("%s shows %q", q.ID, q.ShownSource())
		}
	}
	if official == 0 {
		t.Error("no item shows a source at all")
	}
}

func TestVersionNamesThePack(t *testing.T) {
	if v := Version(); len(v) != 12 || v != Version() {
		t.Errorf("version %q", v)
	}
}

// Of two options only one of which stands in the stem, almost, anyone picks that.
func TestStemsGiveNothingAway(t *testing.T) {
	_, questions := load(t)
	for _, q := range questions {
		if q.Type != content.Single {
			continue
		}
		right, others := 0, 0
		for i, option := range q.Options {
			n := shared(option, q.Stem)
			if q.Answer.Letters.Has(i) {
				right = n
			} else {
				others = max(others, n)
			}
		}
		if right >= 3 && right >= others+2 {
			t.Errorf("%s gives its answer away: %s %s", q.ID, q.Stem, q.Options)
		}
	}
}

// shared is the length, in characters, of the longest text that stands in both.
func shared(a, b string) (most int) {
	text := []rune(a)
	for i := range text {
		for i+most < len(text) && strings.Contains(b, string(text[i:i+most+1])) {
			most++
		}
	}
	return most
}
