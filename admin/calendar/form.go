package calendar

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// form is an item as it is being written.
type form struct {
	Item    content.Item
	New     bool
	Seen    quiz.Version
	Number  map[string]string // fields of numbers as they were typed
	Faults  map[string]string // by field
	Others  []string          // faults of no field of the form
	Theirs  []content.Change  // what somebody else changed meanwhile
	Preview *shownPreview
	Asked   asked
	Own     string // stem of the question that belongs to it; "": none, or it is not there
	Live    bool   // members get this item now
	State   content.State
	Day     string // of its public page
	Room    room
}

// itemOf reads the form. It never fails: what is typed comes back with its faults.
func (c *Calendar) itemOf(v *frame.Visit) (content.Item, map[string]string, map[string]string) {
	text := func(field string) string { return strings.TrimSpace(v.R.PostFormValue(field)) }
	typed, faults := map[string]string{}, map[string]string{}
	number := func(field, name string) int {
		typed[field] = text(field)
		n, err := strconv.Atoi(content.Fold(typed[field]))
		if typed[field] != "" && err != nil {
			faults[field] = name + "请写成数字。"
		}
		return n
	}
	it := content.Item{
		ID: text("id"), Kind: content.Kind(text("kind")), Date: text("date"), Title: text("title"),
		Text:     strings.TrimSpace(strings.ReplaceAll(v.R.PostFormValue("text"), "\r\n", "\n")),
		Category: text("category"), Source: text("source"), URL: text("url"), Grade: content.Grade(text("grade")),
		Picture: text("picture"), Audio: text("audio"), Series: text("series"), Question: text("question_id"),
		Year: number("year", "年份"), Episode: number("episode", "集数"), State: content.State(text("state")),
	}
	return it, typed, faults
}

// checked is the form with everything that is wrong with the item, and its preview.
func (c *Calendar) checked(v *frame.Visit, it content.Item, typed, faults map[string]string) (form, error) {
	f := form{Item: it, Number: typed, Faults: faults}
	probe := it
	if probe.ID == "" {
		probe.ID = "new" // it is given one when it is kept
	}
	if !probe.State.Valid() {
		probe.State = content.Draft
	}
	for _, fault := range probe.Check() {
		switch {
		case !onForm[fault.Field]:
			f.Others = append(f.Others, fault.Problem)
		case f.Faults[fault.Field] == "":
			f.Faults[fault.Field] = fault.Problem
		}
	}
	var err error
	if f.Room, err = c.room(v); err != nil {
		return f, err
	}
	library, err := c.data.Library(v.Context())
	if err != nil {
		return f, err
	}
	if it.Question != "" && f.Faults["question_id"] == "" {
		sheet, _, ok, err := c.data.QuestionSheet(v.Context(), it.Question)
		if err != nil {
			return f, err
		}
		if f.Own = content.Plain(sheet.Value.Stem); !ok {
			f.Faults["question_id"] = "题库里没有编号是“" + content.Quoted(it.Question) + "”的题"
		}
	}
	f.Asked = askedIn(v)
	f.look(it)
	day := dayOf(it, quiz.DayOf(v.Now))
	f.Day = day.String()
	if it.Kind.Valid() && it.Title != "" {
		f.Preview = c.shown(day, it, cmp.Or(ownStem(library, it), f.Own))
	}
	return f, nil
}

// onForm are the fields at which the form shows faults.
var onForm = map[string]bool{"kind": true, "date": true, "title": true, "text": true, "year": true, "category": true, "source": true, "url": true,
	"grade": true, "picture": true, "audio": true, "series": true, "episode": true, "question_id": true}

// Sound reports whether the item can be kept.
func (f form) Sound() bool { return len(f.Faults)+len(f.Others) == 0 }

// dayOf is the next day on which an item is read, else today.
func dayOf(it content.Item, today quiz.Day) quiz.Day {
	if day, err := quiz.ParseDay(it.Date); err == nil {
		return day
	}
	if it.Kind == content.Today && it.Date != "" {
		year, _, _ := today.Civil()
		for y := range 5 { // a leap day among them
			if day, err := quiz.ParseDay(fmt.Sprintf("%04d-%s", year+y, it.Date)); err == nil && day >= today {
				return day
			}
		}
	}
	return today
}

// newID is a free id for a new item: those of a date say which.
func (c *Calendar) newID(v *frame.Visit, it content.Item) (string, error) {
	stem := string(it.Kind) + "-" + it.Date
	if it.Kind != content.Today {
		stem = string(it.Kind) + "-" + v.Now.In(quiz.Zone).Format("20060102-150405")
	}
	for n := 1; n < 100; n++ {
		id := stem
		if n > 1 {
			id += "-" + strconv.Itoa(n)
		}
		_, _, there, err := c.data.ItemSheet(v.Context(), id)
		if err != nil || !there {
			return id, err
		}
	}
	return "", frame.Bad("这一天已经有一百条了，请改用另一个日期。")
}
