package trends

import (
	"testing"

	"dangshi/admin/report"
	"dangshi/quiz"
)

// TestLists: where answering began in August, no report of the months before is offered.
func TestLists(t *testing.T) {
	season := quiz.Season{ID: "2026", From: quiz.Date(2026, 1, 1), To: quiz.Date(2026, 12, 31)}
	today := quiz.Date(2026, 11, 27)
	days := make([]quiz.DaySums, today-season.From)
	offered := func(count quiz.Trends) (all []string) {
		x := view{Season: season, Count: count}
		x.lists([]quiz.Season{season}, report.Period{}, today)
		for _, c := range x.Reports {
			all = append(all, c.Name)
		}
		return all
	}
	count := quiz.Trends{Season: season.ID, From: season.From, To: season.To, Days: days}
	if got := offered(count); len(got) != 2 || got[1] != "2026年11月月报" {
		t.Errorf("nobody has answered: %v", got)
	}
	days[quiz.Date(2026, 8, 15)-season.From].Finished = 1
	if got := offered(count); len(got) != 6 || got[1] != "2026年第三季度季评" || got[5] != "2026年8月月报" {
		t.Errorf("answered since August: %v", got)
	}
	if got := offered(quiz.Trends{}); len(got) != 4+11 {
		t.Errorf("not counted: %v", got)
	}
}
