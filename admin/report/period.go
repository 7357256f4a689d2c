// Package report tells how a month, a quarter or a season went: the figures of a
// period, a report in whole sentences (月报, 季评) that can be handed on without
// editing, as a page and as a PDF. All of it comes from what was counted of a season;
// nothing of a single member is in it.
package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"dangshi/quiz"
)

// Kind is how long a period is.
type Kind uint8

// The kinds.
const (
	Season Kind = iota
	Quarter
	Month
)

// Period is a month, a quarter, or all of a season.
type Period struct {
	Kind  Kind
	Month quiz.Month // the first one; of a season: none
}

// MonthOf and QuarterOf are the periods that a day lies in.
func MonthOf(d quiz.Day) Period   { return Period{Month, quiz.MonthOf(d)} }
func QuarterOf(d quiz.Day) Period { return Period{Quarter, quiz.MonthOf(d).Quarter()} }

var (
	monthText   = regexp.MustCompile(`^(2\d{3})-(0[1-9]|1[0-2])$`)
	quarterText = regexp.MustCompile(`^(2\d{3})Q([1-4])$`)
)

// ParsePeriod reads 2026-11 and 2026Q4; ok is false for anything else.
func ParsePeriod(text string) (p Period, ok bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := monthText.FindStringSubmatch(text); m != nil {
		return Period{Month, quiz.Month(number(m[1])*12 + number(m[2]) - 1)}, true
	}
	if m := quarterText.FindStringSubmatch(text); m != nil {
		return Period{Quarter, quiz.Month(number(m[1])*12 + (number(m[2])-1)*3)}, true
	}
	return Period{}, false
}

// Key is what ParsePeriod reads; "" of a season.
func (p Period) Key() string {
	year, month := int(p.Month)/12, int(p.Month)%12
	switch p.Kind {
	case Month:
		return fmt.Sprintf("%04d-%02d", year, month+1)
	case Quarter:
		return fmt.Sprintf("%04dQ%d", year, month/3+1)
	}
	return ""
}

// Name is the period in words: 2026年11月, 2026年第四季度.
func (p Period) Name() string {
	year, month := int(p.Month)/12, int(p.Month)%12
	switch p.Kind {
	case Month:
		return fmt.Sprintf("%d年%d月", year, month+1)
	case Quarter:
		return fmt.Sprintf("%d年第%s季度", year, [...]string{"一", "二", "三", "四"}[month/3])
	}
	return "整个赛季"
}

// months is how many months it has; of a season 0.
func (p Period) months() int {
	return map[Kind]int{Month: 1, Quarter: 3}[p.Kind]
}

// First and Last are its days.
func (p Period) First() quiz.Day { return p.Month.First() }
func (p Period) Last() quiz.Day  { return (p.Month + quiz.Month(p.months())).First() - 1 }

// Before and After are the periods of the same kind beside it.
func (p Period) Before() Period { return Period{p.Kind, p.Month - quiz.Month(p.months())} }
func (p Period) After() Period  { return Period{p.Kind, p.Month + quiz.Month(p.months())} }

// Words for a period as its own report calls it, and for the ones beside it.
func (p Period) this() string {
	return map[Kind]string{Month: "本月", Quarter: "本季度", Season: "本赛季"}[p.Kind]
}
func (p Period) before() string {
	return map[Kind]string{Month: "上月", Quarter: "上季度"}[p.Kind]
}
func (p Period) after() string { return map[Kind]string{Month: "下月", Quarter: "下季度"}[p.Kind] }

// Title is what a report of the period is called.
func (p Period) Title() string {
	return map[Kind]string{Month: "月报", Quarter: "季评", Season: "年报"}[p.Kind]
}

// SeasonOf is the season that has most days of a period; ok is false where none has
// any.
func (p Period) SeasonOf(all []quiz.Season) (best quiz.Season, ok bool) {
	most := 0
	for _, s := range all {
		if n := int(min(p.Last(), s.To)-max(p.First(), s.From)) + 1; n > most {
			best, most, ok = s, n, true
		}
	}
	return best, ok
}

// Periods are the months and the quarters of a season that have begun by a day, the
// latest first.
func Periods(s quiz.Season, today quiz.Day) (months, quarters []Period) {
	last := min(today, s.To)
	for p := MonthOf(last); p.Last() >= s.From; p = p.Before() {
		months = append(months, p)
	}
	for p := QuarterOf(last); p.Last() >= s.From; p = p.Before() {
		quarters = append(quarters, p)
	}
	return months, quarters
}

// dayWords is a day without its year: 11月6日.
func dayWords(d quiz.Day) string {
	_, m, day := d.Civil()
	return fmt.Sprintf("%d月%d日", int(m), day)
}

// dayShort is a day on an axis: 11/6.
func dayShort(d quiz.Day) string {
	_, m, day := d.Civil()
	return fmt.Sprintf("%d/%d", int(m), day)
}
