package banks

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// line is one line of a message, as the phone shows it.
type line struct {
	Text string
	Tap  bool // it can be tapped
}

// screen is a question as members see it.
type screen struct {
	Asked, Answered []line
}

// links are those of WeChat's messages. Texts of questions cannot make one: the bot
// takes their signs away.
var links = regexp.MustCompile(`</?a[^>]*>`)

func linesOf(text string) (all []line) {
	for l := range strings.Lines(text) {
		plain := links.ReplaceAllString(l, "")
		all = append(all, line{strings.TrimRight(plain, "\n"), plain != l})
	}
	return all
}

// screenOf is how a question reads; nil while it is not one that can be asked.
func (b *Banks) screenOf(q content.Question) *screen {
	q = q.WithID()
	if q.State == "" {
		q.State = content.Draft
	}
	if len(q.Check()) > 0 {
		return nil
	}
	asked, answered := b.data.Phone(q)
	return &screen{linesOf(asked), linesOf(answered)}
}

// page is one revision in the history of a question.
type page struct {
	content.Page[content.Question]
	Changes []content.Change // since the one before
	Live    bool
}

// oneView is the page of one question.
type oneView struct {
	Question content.Question
	Review   content.Review
	Live     int // the revision that members get; 0: none
	Key      string
	Screen   *screen
	History  []page // the latest first
	Figures  *quiz.Figures
	Apart    string // how well it tells those who know much from those who do not; "": nobody knows
	Options  []chosen
	Watch    []string
	StatsAt  int64
	Asked    []Asked
	Edit     bool
	Govern   bool
	Acts     []act
	Path     string
}

// chosen is how often an option was chosen.
type chosen struct {
	Name  string
	N     int
	Right bool
}

func (b *Banks) question(v *frame.Visit) error {
	id := v.R.PathValue("id")
	pages, live, err := b.data.QuestionHistory(v.Context(), id)
	if err != nil {
		return err
	}
	if len(pages) == 0 {
		return noQuestion(id)
	}
	now := pages[len(pages)-1]
	q := *now.Value
	x := oneView{
		Question: q, Review: now.Review, Live: live, Key: keyOf(q), Screen: b.screenOf(q), Path: pathOf(id),
		Edit: v.May(account.Edit), Govern: v.May(account.Govern), Acts: actsOn(q.State),
	}
	for i, p := range pages {
		one := page{Page: p, Live: p.Revision == live}
		if i > 0 {
			one.Changes = content.Changes(*pages[i-1].Value, *p.Value)
		}
		x.History = append(x.History, one)
	}
	slices.Reverse(x.History)
	if err := b.used(v, &x); err != nil {
		return err
	}
	return v.Show("question.html", "题目 "+id, x)
}

// used adds what became of the question among the members.
func (b *Banks) used(v *frame.Visit, x *oneView) error {
	kept, _, err := b.statistics(v.Context(), quiz.DayOf(v.Now))
	if err != nil {
		return err
	}
	x.StatsAt = kept.At
	if f, ok := figuresOf(kept)[x.Question.ID]; ok {
		x.Figures, x.Watch = &f, watchWords(f)
		if f.Discrimination != nil {
			x.Apart = fmt.Sprintf("%.2f", *f.Discrimination)
		}
		for i, choice := range x.Question.Choices() {
			if i < len(f.Options) && f.Revision == x.Question.Revision {
				x.Options = append(x.Options, chosen{fmt.Sprintf("%c. %s", 'A'+i, choice), f.Options[i], x.Question.Answer.Letters.Has(i)})
			}
		}
	}
	season, ok := b.data.Season(quiz.DayOf(v.Now))
	if !ok {
		return nil
	}
	x.Asked, err = b.data.Asked(v.Context(), x.Question.ID, season)
	return err
}

func noQuestion(id string) error {
	return frame.NotFound("题库里没有编号是“" + content.Quoted(id) + "”的题。")
}

func pathOf(id string) string { return Path + "/q/" + id }

// actsOn are the acts that fit a state.
func actsOn(state content.State) []act {
	fit := map[content.State][]content.Act{
		content.Draft: {content.Approve, content.Sign, content.Retire}, content.Reviewed: {content.Approve, content.Reopen, content.Retire},
		content.Approved: {content.Reopen, content.Retire}, content.Retired: {content.Reopen},
	}[state]
	var offered []act
	for _, a := range acts {
		if slices.Contains(fit, a.Act) {
			offered = append(offered, a)
		}
	}
	return offered
}

// keyOf is the key in words.
func keyOf(q content.Question) string {
	switch {
	case q.Type == content.Blank:
		return strings.Join(q.Answer.Accept, " 或 ")
	case q.Type == content.Judge && q.Answer.Letters != 0:
		return q.Choices()[q.Answer.Letters>>1]
	}
	return q.Answer.Letters.String()
}

// Signers are who signed, and when.
func (x oneView) Signers() []content.Signature { return x.Review.Signed }

// save writes a question, reads it into the list and says so. Errors: quiz.ErrConflict
// where somebody else has written it meanwhile.
func (b *Banks) save(v *frame.Visit, q content.Question, seen quiz.Version, said string) error {
	hand := b.hand(v)
	err := b.data.Edit(v.Context(), hand, q, seen)
	if !errors.Is(err, quiz.ErrConflict) {
		b.touch(v.Context(), q.ID)
	}
	if err != nil {
		return err
	}
	back := pathOf(q.ID)
	if seen == "" {
		back = Path // undone, it is gone
	}
	return b.done(v, hand, pathOf(q.ID), frame.Note{Text: said}, undoing(hand.Act, back, ""))
}

// Seen is what the page shows, for the acts upon it.
func (x oneView) Seen() content.Seen { return content.SeenOf(&x.Question) }
