package board

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dangshi/quiz"
)

// TestImpactInWords: what a correction changes reads the same wherever it is shown, and
// what is kept of it names nobody.
func TestImpactInWords(t *testing.T) {
	at := func(rank, points int) quiz.Place {
		return quiz.Place{Rank: rank, Score: quiz.Totals{Points: points * quiz.Unit, Days: 1}.Rank()}
	}
	i := quiz.Impact{
		Season: "2026", Finished: 1200, Gain: 3, Lose: 1, Up: 2, Down: 4, First: 100,
		Points: []quiz.PointsChange{{Points: 12 * quiz.Unit, Members: 3}, {Points: -12 * quiz.Unit, Members: 1}},
		Movers: []quiz.Mover{
			{Pseudonym: "ABC", Member: quiz.Member{Name: "李大钊"}, Before: at(3, 88), After: at(1, 100)},
			{Pseudonym: "DEF", Before: quiz.Place{Rank: 9}, After: at(2, 100)},
		},
	}
	x := ImpactOf(i)
	if want := []Change{{"+12", 3}, {"-12", 1}}; !slices.Equal(x.Points, want) {
		t.Errorf("the points: %+v", x.Points)
	}
	if want := []Mover{{"ABC", "李＊＊", "3", "1", "88", "100"}, {"DEF", "（没有登记）", "—", "2", "0", "100"}}; !slices.Equal(x.Movers, want) {
		t.Errorf("the movers: %+v", x.Movers)
	}
	if kept, err := json.Marshal(x); err != nil || strings.Contains(string(kept), "李") {
		t.Errorf("kept: %s %v", kept, err)
	}
	if facts := x.Facts("答完这一天的卷子的", strconv.Itoa); facts != [3]string{
		"赛季 2026：答完这一天的卷子的 1200 人", "得分增加 3 人，减少 1 人；名次上升 2 人，下降 4 人", "前100名不变（和末位并列的都算，抽签要到结赛）",
	} {
		t.Errorf("the facts: %q", facts)
	}
	x.Entering = 2
	if facts := x.Facts("", strconv.Itoa); facts[2] != "前100名：进入 2 人，退出 0 人（和末位并列的都算，抽签要到结赛）" {
		t.Errorf("the first places: %s", facts[2])
	}
	i.Points = slices.Repeat(i.Points, 40)
	if n := len(ImpactOf(i).Points); n != maxChanges {
		t.Errorf("%d changes are listed", n)
	}
}
