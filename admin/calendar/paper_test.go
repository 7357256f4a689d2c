package calendar

import (
	"strconv"
	"testing"

	"dangshi/content"
)

// TestOffer: where no words are looked for the first questions are offered, the others
// counted, and none is read.
func TestOffer(t *testing.T) {
	var all []content.Question
	for i := range 1000 {
		all = append(all, content.Question{ID: "Q" + strconv.Itoa(1000+i), Stem: "ABC", Type: content.Judge, State: content.Approved})
	}
	library := content.NewLibrary(nil, all)
	x := paperView{Chosen: all[:2]}
	x.offer(library)
	if len(x.Found) != found || x.Found[0].ID != "Q1002" || x.More != 1000-2-found {
		t.Errorf("%d are found, %d more", len(x.Found), x.More)
	}
	if n := testing.AllocsPerRun(5, func() { (&paperView{}).offer(library) }); n > 100 {
		t.Errorf("%v allocations", n)
	}
	x = paperView{Chosen: []content.Question{all[500]}}
	if x.offer(content.NewLibrary(nil, all[500:510])); len(x.Found) != 9 || x.More != 0 {
		t.Errorf("of a small bank %d are found, %d more", len(x.Found), x.More)
	}
}
