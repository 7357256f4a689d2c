package board

import (
	"fmt"
	"strconv"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// Impact is what a correction, or a voided day, changes in one season, as people read it:
// on the command line and in the console. As JSON it names nobody.
type Impact struct {
	Season   string   `json:"season"`
	Finished int      `json:"finished"` // members who finished a paper with the question, or on the day
	Gain     int      `json:"gain"`     // members whose points grow
	Lose     int      `json:"lose"`
	Up       int      `json:"up"` // members whose place becomes better
	Down     int      `json:"down"`
	First    int      `json:"first"`    // places that are watched
	Entering int      `json:"entering"` // members who come into them
	Leaving  int      `json:"leaving"`
	Points   []Change `json:"points"` // at most maxChanges
	Enter    []Mover  `json:"enter"`
	Leave    []Mover  `json:"leave"`
	Movers   []Mover  `json:"movers"`
}

// Change says how many members have their points changed by so much.
type Change struct {
	Points  string `json:"points"` // +12 or -12
	Members int    `json:"members"`
}

// Mover is a member whose place changes; "—" is no place.
type Mover struct {
	Pseudonym string `json:"pseudonym"`
	Name      string `json:"-"` // but for its first character hidden
	Was       string `json:"was"`
	Is        string `json:"is"`
	Had       string `json:"had"` // points
	Has       string `json:"has"`
}

// maxChanges is how many changes of points are listed, the largest ones first.
const maxChanges = 50

// ImpactOf puts an impact into words. Nobody is listed for not having taken part.
func ImpactOf(i quiz.Impact) Impact {
	x := Impact{
		Season: i.Season, Finished: i.Finished, Gain: i.Gain, Lose: i.Lose, Up: i.Up, Down: i.Down,
		First: i.First, Entering: i.Entering, Leaving: i.Leaving,
		Enter: movers(i.Enter), Leave: movers(i.Leave), Movers: movers(i.Movers),
	}
	for _, p := range i.Points[:min(len(i.Points), maxChanges)] {
		x.Points = append(x.Points, Change{signed(p.Points), p.Members})
	}
	return x
}

func movers(all []quiz.Mover) (words []Mover) {
	for _, m := range all {
		words = append(words, Mover{
			Pseudonym: m.Pseudonym, Name: masked(m.Member.Name),
			Was: rankWord(m.Before), Is: rankWord(m.After), Had: pointsOf(m.Before), Has: pointsOf(m.After),
		})
	}
	return words
}

// Facts are what it says of how many, in three sentences without their ends: whose paper
// was finished (“答完这一天的卷子的”), points and places, the first places. number writes a
// number of members.
func (i Impact) Facts(whose string, number func(int) string) [3]string {
	const withTies = "和末位并列的都算，抽签要到结赛"
	first := fmt.Sprintf("前%d名不变（%s）", i.First, withTies)
	if i.Entering+i.Leaving > 0 {
		first = fmt.Sprintf("前%d名：进入 %s 人，退出 %s 人（%s）", i.First, number(i.Entering), number(i.Leaving), withTies)
	}
	return [3]string{
		fmt.Sprintf("赛季 %s：%s %s 人", i.Season, whose, number(i.Finished)),
		fmt.Sprintf("得分增加 %s 人，减少 %s 人；名次上升 %s 人，下降 %s 人", number(i.Gain), number(i.Lose), number(i.Up), number(i.Down)),
		first,
	}
}

func rankWord(p quiz.Place) string {
	if p.Score == 0 {
		return "—"
	}
	return strconv.Itoa(p.Rank)
}

func pointsOf(p quiz.Place) string {
	points, _, _ := quiz.UnpackRank(p.Score)
	return quiz.Score(points)
}

// signed writes a change of points: +12 or -12.
func signed(points int) string {
	if points < 0 {
		return "-" + quiz.Score(-points)
	}
	return "+" + quiz.Score(points)
}

// masked keeps the first character of a name.
func masked(name string) string {
	runes := []rune(content.Plain(name))
	if len(runes) == 0 {
		return "（没有登记）"
	}
	return string(runes[0]) + strings.Repeat("＊", max(1, len(runes)-1))
}
