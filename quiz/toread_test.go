package quiz

import (
	"testing"
	"time"

	"dangshi/content"
)

// TestToRead: a day's own item comes first; days without one take turns at what
// has been released, and the gaps name what that is.
func TestToRead(t *testing.T) {
	from := Date(2026, time.February, 27)
	items := []content.Item{
		{ID: "27", Kind: content.Today, Date: "02-27", State: content.Approved},
		{ID: "28", Kind: content.Today, Date: "02-28", State: content.Draft},
		{ID: "29", Kind: content.Today, Date: "02-29", State: content.Approved},
		{ID: "qa1", Kind: content.QA, State: content.Approved},
		{ID: "story1", Kind: content.Story, State: content.Approved},
		{ID: "story2", Kind: content.Story, Series: "连载", Episode: 1, Date: "2026-03-03", State: content.Approved},
		{ID: "story3", Kind: content.Story, State: content.Draft},
	}
	library := content.NewLibrary(items, nil)
	if it, ok := ToRead(library, from); !ok || it.ID != "27" {
		t.Errorf("the day's own item: %s, %t", it.ID, ok)
	}
	if it, ok := ToRead(library, Date(2028, time.February, 29)); !ok || it.ID != "29" {
		t.Errorf("the leap day: %s, %t", it.ID, ok)
	}
	gaps := Gaps(library, items, from, 10) // to 8 March
	if len(gaps) != 9 || gaps[0].Day != from+1 || !gaps[0].Waits || gaps[1].Waits {
		t.Fatalf("%+v", gaps)
	}
	seen := map[string]int{}
	for _, g := range gaps {
		if early := g.Day < Date(2026, time.March, 3); !g.Any || early && g.Instead.ID == "story2" {
			t.Errorf("%s: %s", g.Day, g.Instead.ID)
		}
		seen[g.Instead.ID]++
	}
	if len(seen) != 3 || seen["qa1"] < 2 || seen["story1"] < 2 {
		t.Errorf("they do not take turns: %v", seen)
	}
	if _, ok := ToRead(content.NewLibrary(nil, nil), from); ok {
		t.Error("an empty library has something to read")
	}
	if it, ok := ToRead(library, Date(1921, time.July, 23)); !ok || it.ID == "" {
		t.Error("nothing before 1970")
	}
}
