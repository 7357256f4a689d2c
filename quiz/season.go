package quiz

import (
	"fmt"
	"regexp"
)

// MaxSeasonDays bounds a season so that its score fits the packed ranking
// score: 27 bits of points hold 532 perfect days.
const MaxSeasonDays = 500

// Season is a stretch of days whose points are summed.
type Season struct {
	ID   string `json:"id" yaml:"id"` // such as 2026; part of keys and file names
	From Day    `json:"from" yaml:"from"`
	To   Day    `json:"to" yaml:"to"` // the last day, included
}

// Contains reports whether day d belongs to the season.
func (s Season) Contains(d Day) bool { return s.ID != "" && s.From <= d && d <= s.To }

// Terms are what a season keeps from its beginning to its end: the log counts
// days from its first one, and changing the weights would change scores that
// members were told.
type Terms struct {
	From    Day     `json:"from"`
	Weights Weights `json:"weights"`
}

// Seasons are the seasons that an organisation has set. Where none is set, each
// calendar year is one.
type Seasons []Season

// At is the season of day d; ok is false for a day between set seasons, on
// which answers keep the streak but earn no points.
func (ss Seasons) At(d Day) (s Season, ok bool) {
	if len(ss) == 0 {
		y, _, _ := d.Civil()
		return yearSeason(y), true
	}
	for _, s := range ss {
		if s.Contains(d) {
			return s, true
		}
	}
	return Season{}, false
}

// ByID finds a season by its name; without set seasons every year from 2000 to
// 2999 is one.
func (ss Seasons) ByID(id string) (s Season, ok bool) {
	if len(ss) == 0 {
		var y int
		if _, err := fmt.Sscanf(id, "%4d", &y); err != nil || fmt.Sprint(y) != id || y < 2000 || y > 2999 {
			return Season{}, false
		}
		return yearSeason(y), true
	}
	for _, s := range ss {
		if s.ID == id {
			return s, true
		}
	}
	return Season{}, false
}

func yearSeason(y int) Season {
	return Season{ID: fmt.Sprint(y), From: Date(y, 1, 1), To: Date(y, 12, 31)}
}

var seasonID = regexp.MustCompile(`^[0-9A-Za-z-]{1,16}$`)

// Check says what is wrong with the seasons that were set.
func (ss Seasons) Check() error {
	for i, s := range ss {
		switch {
		case !seasonID.MatchString(s.ID):
			return fmt.Errorf("第%d个赛季：id %q 应为1到16个字母、数字或连字符", i+1, s.ID)
		case s.To < s.From:
			return fmt.Errorf("赛季 %s 的最后一天 %s 早于第一天 %s", s.ID, s.To, s.From)
		case int(s.To-s.From)+1 > MaxSeasonDays:
			return fmt.Errorf("赛季 %s 长于 %d 天，请核对 from 和 to", s.ID, MaxSeasonDays)
		}
		for _, t := range ss[:i] {
			if t.ID == s.ID {
				return fmt.Errorf("有两个赛季都叫 %s", s.ID)
			}
			if s.From <= t.To && t.From <= s.To {
				return fmt.Errorf("赛季 %s 和 %s 的日期重叠", t.ID, s.ID)
			}
		}
	}
	return nil
}
