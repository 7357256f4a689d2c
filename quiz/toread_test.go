package quiz

import (
	"encoding/json"
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
	if it, ok := ToRead(library, from, nil); !ok || it.ID != "27" {
		t.Errorf("the day's own item: %s, %t", it.ID, ok)
	}
	if it, ok := ToRead(library, Date(2028, time.February, 29), nil); !ok || it.ID != "29" {
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
	if _, ok := ToRead(content.NewLibrary(nil, nil), from, nil); ok {
		t.Error("an empty library has something to read")
	}
	if it, ok := ToRead(library, Date(1921, time.July, 23), nil); !ok || it.ID == "" {
		t.Error("nothing before 1970")
	}
}

// TestToReadWithPaper: what a paper froze is read as long as it is in the library and the
// day has no item of its own; a paper that froze nothing, as older ones did, changes nothing.
func TestToReadWithPaper(t *testing.T) {
	day := Date(2026, time.March, 5)
	of := func(id string, kind content.Kind, date string) content.Item {
		return content.Item{ID: id, Kind: kind, Date: date, State: content.Approved}
	}
	library := content.NewLibrary([]content.Item{of("qa1", content.QA, ""), of("qa2", content.QA, ""), of("story1", content.Story, ""), of("6", content.Today, "03-06")}, nil)
	var old Paper
	if err := json.Unmarshal([]byte(`{"day":"2026-03-05","version":1}`), &old); err != nil {
		t.Fatal(err)
	}
	computed, _ := ToRead(library, day, nil)
	for read, want := range map[string]string{"qa1": "qa1", "qa2": "qa2", "story1": "story1", "gone": computed.ID, "": computed.ID} {
		p := old
		p.Read = read
		if it, ok := ToRead(library, day, &p); !ok || it.ID != want {
			t.Errorf("%q was frozen, %q is read", read, it.ID)
		}
		if it, ok := ToRead(library, day+1, &p); !ok || it.ID != "6" {
			t.Errorf("%q was frozen, and the day's own item is %q", read, it.ID)
		}
	}
}
