package ranking

import (
	"strconv"

	"dangshi/admin/account"
	"dangshi/admin/board"
	"dangshi/admin/frame"
	"dangshi/quiz"
)

// dayRow is one day as the page shows it.
type dayRow struct {
	board.Day
	Score, Total string
	Notes        []string
	Questions    []questionRow
}

type questionRow struct {
	quiz.ShownAnswer
	Number int
}

// beside is a neighbour with what tells it from the member.
type beside struct {
	Neighbour
	Score         string
	Days, Longest int
	Reason        string
}

type whyView struct {
	Season Season
	Why
	Unit    string
	Score   string
	Days    []dayRow
	Right   string
	Beside  []beside
	Own     *beside
	Verdict []string // why there is no place, or what is wrong with it
}

func (r *Ranking) why(v *frame.Visit) error {
	season, why, err := r.readWhy(v)
	if err != nil {
		return err
	}
	tree, err := r.data.Branches(v.Context())
	if err != nil {
		return err
	}
	x := whyView{Season: season, Why: why, Score: quiz.Score(why.Totals.Points), Right: frame.Percent(why.Totals.Correct, why.Totals.Asked)}
	if v.May(account.Names) && why.Branch != "" {
		x.Unit = tree.Path(why.Branch)
	}
	if !v.May(account.Names) {
		x.Name = ""
	}
	for _, d := range why.Days {
		line := dayRow{Day: d, Score: quiz.Score(d.Points), Total: quiz.Score(d.Sum), Notes: d.Notes()}
		for i, a := range d.Shown {
			line.Questions = append(line.Questions, questionRow{a, i + 1})
		}
		x.Days = append(x.Days, line)
	}
	x.Beside, x.Own = besides(why.Neighbours)
	x.Verdict = verdict(why)
	return v.Show("why.html", "为什么是这个名次", x)
}

func (r *Ranking) readWhy(v *frame.Visit) (Season, Why, error) {
	season, _, err := r.chosen(v)
	if err != nil {
		return season, Why{}, err
	}
	why, ok, err := r.data.Why(v.Context(), season.Season, v.R.FormValue("who"))
	if err == nil && !ok {
		err = frame.NotFound("没有这名学员：也许刚刚注销了。")
	}
	return season, why, err
}

// verdict says what keeps a member from a place.
func verdict(w Why) (all []string) {
	switch {
	case w.Damaged:
		all = append(all, "这名学员的记录或答题日志已损坏，读不出来。请技术人员运行 board verify，并从备份恢复。")
		return all
	case w.OptOut && len(w.Neighbours) == 0:
		all = append(all, "已退出排行，没有名次；本人发“加入排行”，就按这里的积分排。")
	case w.Totals.Days == 0:
		all = append(all, "本赛季没有答完过一天，没有名次。")
	case len(w.Neighbours) == 0:
		all = append(all, "排行榜上没有这名学员。请技术人员运行 board verify 核对。")
	}
	if !w.Agree {
		all = append(all, "排行榜或个人记录与答题日志不一致。请技术人员运行 board verify 核对；日志为准。")
	}
	return all
}

// besides compares the neighbours with the member.
func besides(all []Neighbour) (list []beside, own *beside) {
	list = make([]beside, len(all))
	for i, n := range all {
		points, days, longest := quiz.UnpackRank(n.Score)
		list[i] = beside{Neighbour: n, Score: quiz.Score(points), Days: days, Longest: longest}
		if n.Itself {
			own = &list[i]
		}
	}
	if own == nil {
		return list, nil
	}
	for i := range list {
		n := &list[i]
		switch {
		case n.Itself:
		case n.Neighbour.Score == own.Neighbour.Score && n.Lot != "" && n.Place < own.Place:
			n.Reason = "都相同，抽签在前"
		case n.Neighbour.Score == own.Neighbour.Score && n.Lot != "":
			n.Reason = "都相同，抽签在后"
		default:
			n.Reason = board.Reason(own.Neighbour.Score, n.Neighbour.Score)
		}
	}
	return list, own
}

// whyFile gives a member's season as a table, a line for each answer.
func (r *Ranking) whyFile(v *frame.Visit) error {
	season, why, err := r.readWhy(v)
	if err != nil {
		return err
	}
	if why.Damaged {
		return frame.Bad(verdict(why)[0])
	}
	if err := r.data.Audit(v.Context(), v.By(), "board.explain", why.Pseudonym, "", season.ID+" "+strconv.Itoa(len(why.Days))+" days"); err != nil {
		return err
	}
	v.File(season.ID + "-" + why.Pseudonym + ".csv")
	return board.WriteDaysCSV(v.W, why.Days)
}
