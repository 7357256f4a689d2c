package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// dataMonths is how many months of answers are offered at a time.
const dataMonths = 12

// data shows a member all that is kept of them: at first the record, with a line
// to tap for each month of answers.
func (b *Bot) data(ctx context.Context, m Message, now time.Time, rest string) (string, error) {
	loaded, err := b.load(ctx, m.From, m.Key())
	if err != nil {
		return "", err
	}
	member := loaded.Record.Member
	if !member.Known() {
		return b.Wording.NothingKept.String(), nil
	}
	if first, ok := yearMonth(rest); ok {
		return b.answersOf(ctx, m.From, member.Self(m.From), first)
	}
	d, err := b.directory(ctx)
	if err != nil {
		return "", err
	}
	return b.tell(ctx, m, now, member, b.kept(d, member, now, b.dataLink(ctx, m.From, now)))
}

// dataLink is the line that leads to everything as a file; empty where there is
// none. Where it cannot be made, what the chat shows must do.
func (b *Bot) dataLink(ctx context.Context, id string, now time.Time) string {
	if b.DataLink == nil {
		return ""
	}
	url, err := b.DataLink(ctx, id, now)
	if err != nil {
		b.Logger.WarnContext(ctx, "no link to the own data", "error", err)
		return ""
	}
	return lines(`<a href="`+unquoted.Replace(url)+`">`+b.Wording.DataLink.String()+`</a>`, b.Wording.DataLinkOnce.String())
}

// kept lists what the record holds. Of many months some are left out where a link
// takes their room: its file has them all.
func (b *Bot) kept(d *directory, m quiz.Member, now time.Time, link string) string {
	w := b.Wording
	head := lines(w.Data.With("date", m.Joined.String()), b.person(d, orNone(m.Name, w.NoName), m.Branch))
	remind, ranking := w.DataNoReminder.String(), w.DataRanked.String()
	if m.Remind > 0 {
		remind = w.DataReminder.With("time", clock(m.Remind-1))
	}
	if m.OptOut {
		ranking = w.DataUnranked.String()
	}
	wishes := lines(remind, ranking, b.noticesLeft(m))
	rest := []string{head, wishes, link, w.DataMore.String(), w.DataErase.String()}
	months := w.DataMonths.String()
	today := quiz.DayOf(now)
	for d, n := monthStart(today), 0; n < dataMonths && d >= monthStart(m.Joined); d, n = monthStart(d-1), n+1 {
		name := d.String()[:len("2026-11")]
		more := lines(months, tap("我的数据"+name, name))
		if len(compose("", "", append(rest, more)...)) > MaxReply {
			break
		}
		months = more
	}
	return compose("", "", head, wishes, link, w.DataMore.String(), months, w.DataErase.String())
}

// noticesLeft says how many subscribe messages the member may still get; empty: none.
func (b *Bot) noticesLeft(m quiz.Member) string {
	switch {
	case m.Consent.Always:
		return b.Wording.DataNoticesAlways.String()
	case m.Consent.Times > 0:
		return b.Wording.DataNotices.With("times", strconv.Itoa(m.Consent.Times))
	}
	return ""
}

func orNone(text string, none Phrase) string {
	if text == "" {
		return none.String()
	}
	return text
}

// yearMonth reads 2026-11, also with 年 and 月, as the first day of that month.
func yearMonth(text string) (first quiz.Day, ok bool) {
	digits := strings.FieldsFunc(content.Fold(text), func(r rune) bool { return r < '0' || r > '9' })
	if len(digits) != 2 {
		return 0, false
	}
	year, err1 := strconv.Atoi(digits[0])
	number, err2 := strconv.Atoi(digits[1])
	if err1 != nil || err2 != nil {
		return 0, false
	}
	first, err := quiz.ParseDay(fmt.Sprintf("%04d-%02d-01", year, number))
	return first, err == nil
}

// answersOf lists a month's answers, in the letters that the member saw.
func (b *Bot) answersOf(ctx context.Context, id string, self quiz.Self, first quiz.Day) (string, error) {
	w := b.Wording
	after := monthStart(first + 31)
	var list []string
	for _, season := range b.seasonsOf(first, after-1) {
		entries, err := b.entries(ctx, id, season)
		if err != nil {
			return "", err
		}
		for _, e := range entries {
			if e.Day < first || e.Day >= after {
				continue
			}
			line, err := b.entryLine(ctx, self, season, e)
			if err != nil {
				return "", err
			}
			list = append(list, line)
		}
	}
	name := first.String()[:len("2026-11")]
	if len(list) == 0 {
		return w.DataNone.With("month", name), nil
	}
	text := w.DataMonth.With("month", name)
	for len(text)+len(strings.Join(list, "\n"))+2 > MaxReply {
		list = list[1:] // ten long questions a day: the latest days are kept
	}
	return compose("", "", text, strings.Join(list, "\n")), nil
}

// seasonsOf are the seasons that have a day in a stretch of a month.
func (b *Bot) seasonsOf(from, to quiz.Day) (all []quiz.Season) {
	for d := from; d <= to; d++ {
		if s, ok := b.Seasons.At(d); ok && (len(all) == 0 || all[len(all)-1].ID != s.ID) {
			all = append(all, s)
		}
	}
	return all
}

// entries reads a season's answer log.
func (b *Bot) entries(ctx context.Context, id string, season quiz.Season) ([]quiz.Entry, error) {
	log, err := b.Members.Log(ctx, id, season.ID)
	if err != nil {
		return nil, err
	}
	return quiz.ParseLog(log, season.From)
}

// paperOf is the frozen paper that an entry of the log answers.
func (b *Bot) paperOf(ctx context.Context, e quiz.Entry) (*quiz.Paper, error) {
	p, err := b.Papers.Paper(ctx, e.Day, e.Version)
	if err == nil && p == nil {
		err = fmt.Errorf("the paper of %s, version %d, is lost", e.Day, e.Version)
	}
	return p, err
}

// entryLine is one day of the log: 22日 A C✗ BD 80分 and the receipt.
func (b *Bot) entryLine(ctx context.Context, self quiz.Self, season quiz.Season, e quiz.Entry) (string, error) {
	p, err := b.paperOf(ctx, e)
	if err != nil {
		return "", err
	}
	answers := make([]string, len(e.Given))
	for i, g := range e.Given {
		q := p.Questions[i]
		switch q.Type {
		case content.Blank:
			answers[i] = b.Wording.DataBlank.String()
		case content.Judge:
			answers[i] = q.Choices()[min(1, int(g.Letters)/2)]
		default:
			answers[i] = quiz.ShownLetters(g.Letters, p.Order(self, i)).String()
		}
		if !p.Right(i, g) {
			answers[i] += "✗"
		}
	}
	_, _, day := e.Day.Civil()
	number, given := strconv.Itoa(day), strings.Join(answers, " ")
	if e.Lapsed {
		return b.Wording.DataLapsed.With("day", number, "answers", given), nil
	}
	return b.Wording.DataDay.With("day", number, "answers", given,
		"points", quiz.Score(p.Result(e.Given).Points), "receipt", quiz.Receipt(b.Secret, self, season.From, e)), nil
}
