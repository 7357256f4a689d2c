package banks

import (
	"context"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// onPage is how many questions a page lists.
const onPage = 50

// listView is the page of the list.
type listView struct {
	Filter     filter
	Query      string
	Rows       []listed
	Found, All int
	States     []counted
	Categories []string
	Uncounted  bool // no statistics yet
	StatsAt    int64
	Pager      frame.Pager
	Edit, Take bool // may change, may take files away
	Sent       int  // questions that were sent back
	Acts       []act
	Sheets     []content.State
	Types      []content.Type
	Load       string // the act of the load whose questions these are, where it can be undone
}

type counted struct {
	State content.State
	N     int
}

// listed is one line of the list.
type listed struct {
	*row
	Figures *quiz.Figures
}

// states and types are in the order in which they are offered.
var (
	states = []content.State{content.Draft, content.Reviewed, content.Approved, content.Retired}
	types  = []content.Type{content.Single, content.Multiple, content.Judge, content.Blank}
)

// mayTake reports whether who visits may take questions away as a file.
func mayTake(v *frame.Visit) bool { return v.May(account.Export) || v.May(account.Edit) }

func (b *Banks) list(v *frame.Visit) error {
	f := filterOf(v.R.URL.Query())
	all, err := b.index.all(v.Context())
	if err != nil {
		return err
	}
	kept, counted, err := b.statistics(v.Context(), quiz.DayOf(v.Now))
	if err != nil {
		return err
	}
	stats := figuresOf(kept)
	found := f.choose(all, stats)
	x := listView{
		Filter: f, Query: f.Query(), Found: len(found), All: len(all.rows), Edit: v.May(account.Edit), Take: mayTake(v),
		Uncounted: !counted, StatsAt: kept.At, Pager: v.Pager(len(found), onPage), Acts: acts, Sheets: states, Types: types,
	}
	x.count(all)
	if f.At != 0 && x.Edit {
		act := loadAct(f.By, f.At)
		ok, err := b.data.CanUndo(v.Context(), act, v.Now)
		if err != nil {
			return err
		}
		if ok {
			x.Load = act
		}
	}
	from := min((v.Page()-1)*onPage, len(found))
	for _, r := range found[from:min(from+onPage, len(found))] {
		l := listed{row: r}
		if s, ok := stats[r.ID]; ok {
			l.Figures = &s
		}
		x.Rows = append(x.Rows, l)
	}
	return v.Show("list.html", "题库", x)
}

// count takes the figures of the whole bank.
func (x *listView) count(all *bank) {
	all.count()
	x.Sent, x.Categories = all.sent, all.categories
	for _, s := range states {
		x.States = append(x.States, counted{s, all.states[s]})
	}
}

// statistics are those of the present season; ok is false where nobody has counted
// yet.
func (b *Banks) statistics(ctx context.Context, day quiz.Day) (all quiz.AllFigures, ok bool, err error) {
	season, ok := b.data.Season(day)
	if !ok {
		return all, false, nil
	}
	return b.data.QuestionFigures(ctx, season.ID)
}

// count begins to count the statistics anew.
func (b *Banks) count(v *frame.Visit) error {
	season, ok := b.data.Season(quiz.DayOf(v.Now))
	if !ok {
		return frame.Bad("现在不在赛季里，没有可统计的。")
	}
	if err := b.data.Count(v.Context(), v.By(), season); err != nil {
		return err
	}
	return v.Done(Path+"?watch=1&sort=watch", frame.Note{Text: "正在统计，人多的时候要几分钟。过一会儿刷新这一页。"})
}

// suspicions are the reasons to look at a question, in words.
var suspicions = map[quiz.Suspicion]string{
	quiz.Backwards: "答案可能有误", quiz.Outvoted: "选别的选项的人更多", quiz.TooHard: "太难", quiz.TooEasy: "太容易",
}

// Watch are the reasons to look at it.
func (l listed) Watch() (words []string) {
	if l.Figures == nil {
		return nil
	}
	return watchWords(*l.Figures)
}

func watchWords(f quiz.Figures) (words []string) {
	if f.Void {
		words = append(words, "已作废")
	}
	for _, s := range f.Suspicions {
		if word := suspicions[s]; word != "" {
			words = append(words, word)
		}
	}
	return words
}

// Standing reports whether members still get an earlier revision.
func (r *row) Standing() bool { return r.Live && r.State != content.Approved }
