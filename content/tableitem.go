package content

import (
	"fmt"
	"regexp"
	"strconv"
)

var kindWords = []wordFor[Kind]{
	{Today, []string{"今天", "党史上的今天", "历史上的今天"}},
	{QA, []string{"百问", "党史百问", "问答"}},
	{Story, []string{"故事", "小故事", "党史小故事", "党史故事"}},
	{Audio, []string{"听", "音频", "听党史", "党史音频"}},
}

// dateForm is a date as spreadsheet programs turn it about: 7-1, 2026/7/1, 7月1日.
var dateForm = regexp.MustCompile(`^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?$`)

// date reads a date as Item.Date has it; what is none stays, for Check to refuse.
func (r *tableRow) date(field string) string {
	cell := r.text(field)
	m := dateForm.FindStringSubmatch(Fold(cell))
	if m == nil {
		return cell
	}
	pad := func(s string) string { return ("0" + s)[len(s)-1:] }
	day := pad(m[2]) + "-" + pad(m[3])
	if m[1] != "" {
		day = m[1] + "-" + day
	}
	return day
}

// episodeForm is a number as people write that of an episode: 第3集, 3期.
var episodeForm = regexp.MustCompile(`^第?(\d{1,6})[集期回讲]?$`)

func (r *tableRow) episode() int {
	cell := r.text("episode")
	m := episodeForm.FindStringSubmatch(Fold(cell))
	if m == nil {
		return r.number("episode")
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0 // not reachable: these are at most six digits
	}
	return n
}

// tableItem takes one row of items.
func (in *intake) tableItem(r *tableRow) {
	it := Item{
		ID: r.text("id"), Kind: value(r, "kind", kindWords), Series: r.text("series"), Episode: r.episode(), Date: r.date("date"), Year: r.number("year"),
		Category: r.text("category"), Title: r.text("title"), Text: r.text("text"), Source: r.text("source"), URL: r.text("url"),
		Grade: value(r, "grade", gradeWords), Picture: r.text("picture"), Audio: r.text("audio"), Question: r.text("question_id"),
		State: value(r, "state", stateWords), Revision: r.number("revision"),
	}
	it.name(r.dated)
	if it.ID == "" && it.Kind.Valid() && it.Kind != Today && it.Title != "" {
		it.ID = string(it.Kind) + "-" + short(sameText(it.Title))
	}
	if it.Kind == "" {
		r.add("kind", "缺少种类，请填 今天、百问、故事 或 听；“今天”写了日期就不用填，系列不填是 听")
	}
	if it.ID == "" {
		it.ID = fmt.Sprintf("row-%d", r.row) // the row is at fault: only Check sees this
	}
	in.item(r.row, it, r.faults, nil, lacking(itemKeepers, r.at))
}
