package calendar

import (
	"encoding/hex"
	"slices"
	"strings"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// found is how many questions a search shows.
const found = 12

type paperView struct {
	Day     quiz.Day
	Word    string
	Seen    string // the version, in letters that a form can carry
	Stored  bool   // a choice is in force
	Chosen  []content.Question
	Missing []string // ids that were chosen and are not in use any more
	Query   string
	Found   []content.Question
	More    int
	Most    int
	Own     string // id of the question of the day's item
	Recent  map[string]quiz.Day
	Problem string
}

// paper chooses the questions of a coming day: what is chosen so far comes along in
// the address, and is kept only by the button.
func (c *Calendar) paper(v *frame.Visit) error {
	day, err := c.comingDay(v)
	if err != nil {
		return err
	}
	stored, seen, err := c.data.PinnedPaper(v.Context(), day)
	if err != nil {
		return err
	}
	ids := v.R.Form["q"]
	if !v.R.Form.Has("edit") {
		ids = stored
	}
	return c.choosing(v, day, ids, seen, len(stored) > 0, "")
}

// comingDay is the day of the address, if its paper can still be chosen.
func (c *Calendar) comingDay(v *frame.Visit) (quiz.Day, error) {
	if err := v.R.ParseForm(); err != nil {
		return 0, frame.Bad("送来的内容看不懂。")
	}
	day, err := dayIn(v)
	if err != nil {
		return 0, err
	}
	if day <= quiz.DayOf(v.Now) {
		return 0, frame.Refusal{Status: 409, Text: "只能为还没到的日子选题。" + day.String() + " 已经到了。"}
	}
	paper, err := c.data.CurrentPaper(v.Context(), day)
	if err == nil && paper != nil {
		err = frame.Refusal{Status: 409, Text: day.String() + " 的卷子已经定下，不再变了。"}
	}
	return day, err
}

func (c *Calendar) choosing(v *frame.Visit, day quiz.Day, ids []string, seen quiz.Version, stored bool, problem string) error {
	library, err := c.data.Library(v.Context())
	if err != nil {
		return err
	}
	x := paperView{Day: day, Word: dayWord(day), Seen: hex.EncodeToString([]byte(seen)), Stored: stored, Query: strings.TrimSpace(v.R.FormValue("words")), Most: quiz.MaxQuestions, Problem: problem}
	x.Chosen, x.Missing = chosen(library, arranged(v, ids))
	if it, ok := library.Today(day.String()); ok {
		x.Own = it.Question
	}
	if x.Recent, err = c.lately(v, day); err != nil {
		return err
	}
	if err = c.search(v, &x, library); err != nil {
		return err
	}
	if problem != "" {
		return v.ShowAgain("paper.html", "选题："+x.Word, x)
	}
	return v.Show("paper.html", "选题："+x.Word, x)
}

// arranged does what a button of the page asked for: add, drop or raise one.
func arranged(v *frame.Visit, ids []string) []string {
	ids = slices.Clone(ids)
	if id := v.R.FormValue("add"); id != "" && !slices.Contains(ids, id) && len(ids) < quiz.MaxQuestions {
		ids = append(ids, id)
	}
	if id := v.R.FormValue("drop"); id != "" {
		ids = slices.DeleteFunc(ids, func(one string) bool { return one == id })
	}
	if at := slices.Index(ids, v.R.FormValue("raise")); at > 0 {
		ids[at-1], ids[at] = ids[at], ids[at-1]
	}
	return ids
}

func chosen(library *content.Library, ids []string) (questions []content.Question, missing []string) {
	for i, id := range ids {
		q, ok := library.Question(id)
		switch {
		case slices.Contains(ids[:i], id):
		case ok:
			questions = append(questions, q)
		default:
			missing = append(missing, id)
		}
	}
	return questions, missing
}

// lately is when questions were asked in the days in which none is repeated.
func (c *Calendar) lately(v *frame.Visit, day quiz.Day) (map[string]quiz.Day, error) {
	papers, err := c.data.RecentPapers(v.Context(), day-quiz.RepeatAfter, day-1)
	asked := map[string]quiz.Day{}
	for _, p := range papers {
		for _, q := range p.Questions {
			asked[q.ID] = p.Day
		}
	}
	return asked, err
}

// search finds questions by words of stem, options, category or id; without words the
// first ones are offered.
func (c *Calendar) search(v *frame.Visit, x *paperView, library *content.Library) error {
	if x.Query == "" {
		x.offer(library)
		return nil
	}
	without := make([]string, len(x.Chosen))
	for i, q := range x.Chosen {
		without[i] = q.ID
	}
	ids, more, err := c.data.FindQuestions(v.Context(), x.Query, without, found)
	x.Found, _ = chosen(library, ids) // one that was retired just now is not shown
	x.More = more
	return err
}

func (x *paperView) offer(library *content.Library) {
	all := library.Questions()
	for _, q := range all[:min(found+len(x.Chosen), len(all))] {
		if len(x.Found) < found && !slices.ContainsFunc(x.Chosen, func(one content.Question) bool { return one.ID == q.ID }) {
			x.Found = append(x.Found, q)
		}
	}
	x.More = len(all) - len(x.Chosen) - len(x.Found)
}

// pin keeps the choice, or with none lets the paper be drawn.
func (c *Calendar) pin(v *frame.Visit) error {
	day, err := c.comingDay(v)
	if err != nil {
		return err
	}
	before, now, err := c.data.PinnedPaper(v.Context(), day)
	if err != nil {
		return err
	}
	library, err := c.data.Library(v.Context())
	if err != nil {
		return err
	}
	ids := v.R.PostForm["q"]
	if was := v.R.PostFormValue("was"); was != "" {
		ids = strings.Split(was, ",")
	}
	questions, missing := chosen(library, ids)
	undone := v.R.PostFormValue("undo") != ""
	switch {
	case undone && v.R.PostFormValue("made") != strings.Join(before, ","):
		return frame.Refusal{Status: 409, Text: "刚才别人也为这一天选了题，没有撤销。请看一看现在选的是什么。"}
	case !undone && v.R.PostFormValue("seen") != hex.EncodeToString([]byte(now)):
		return c.choosing(v, day, ids, now, len(before) > 0, "刚才别人也在为这一天选题，您的还没有存。下面是您选的；确认就再按一次。")
	case len(missing) > 0:
		return c.choosing(v, day, ids, now, len(before) > 0, "有的题刚刚停用了，已经去掉。请看一看再存。")
	case len(questions) > quiz.MaxQuestions:
		return frame.Bad("一张卷子最多 " + itoa(quiz.MaxQuestions) + " 题。")
	}
	ids = nil
	for _, q := range questions {
		ids = append(ids, q.ID)
	}
	if err := c.data.PinPaper(v.Context(), day, ids, now, v.By()); err != nil {
		return err
	}
	said := "选好了：" + day.String() + " 出这 " + itoa(len(ids)) + " 题，次序照您排的。"
	if len(ids) == 0 {
		said = day.String() + " 不选题了，到那天照常出卷。"
	}
	return v.Done(dayPath(day), frame.Note{Text: said, Undo: &frame.Undo{
		Path: Path + "/paper/" + day.String(), Fields: map[string]string{"undo": "yes", "was": strings.Join(before, ","), "made": strings.Join(ids, ",")},
	}})
}
