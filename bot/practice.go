package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// Practices keeps what members practise, as quiz.AppendPractice writes it.
type Practices interface {
	// Practice reads a member's practice, nil where there is none, and the reply
	// kept for the message of that key, in one round trip. Errors:
	// quiz.ErrUnavailable.
	Practice(ctx context.Context, id string, key uint64) (data []byte, version quiz.Version, reply string, err error)
	// CommitPractice writes it if it still has the expected version and the member
	// has a record, and keeps the reply to the message of that key for its
	// repeats. Errors: quiz.ErrConflict, quiz.ErrUnknown, quiz.ErrUnavailable.
	CommitPractice(ctx context.Context, id string, data []byte, expected quiz.Version, key uint64, reply string) error
}

// practise asks for a question that the member got wrong (错题). It never counts
// for anything; while a question of the paper is open that one comes first.
func (b *Bot) practise(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	if b.Practice == nil {
		return b.help(ctx, m, now, "")
	}
	s, text, err := b.practising(ctx, m, now)
	if err != nil || text != "" {
		return text, err
	}
	return b.rehearse(ctx, m, func(p quiz.Practice) (step, error) {
		collected, changed, err := b.collect(ctx, m.From, s, p)
		if err != nil {
			return step{}, err
		}
		next, out := collected.Ask(s.PracticeSituation)
		intro := ""
		if p.Day != quiz.DayOf(now) {
			intro = b.Wording.PracticeIntro.String()
		}
		return step{next, b.exercise(intro, next, out, s), changed || out.Changed}, nil
	})
}

// practiceTap takes a tap on an option of a question in practice: whatever else
// is open, it is nothing else.
func (b *Bot) practiceTap(ctx context.Context, m Message, now time.Time, ref quiz.PracticeRef) (string, error) {
	s, text, err := b.practising(ctx, m, now)
	if err != nil || text != "" {
		return text, err
	}
	return b.rehearse(ctx, m, func(p quiz.Practice) (step, error) {
		x := p.Exercise(s.PracticeSituation)
		if x == nil || !ref.Names(p.Asked) {
			return b.stale(p, s), nil
		}
		choice, ok := quiz.ParseAnswer(m.Text, x.Question)
		switch {
		case !ok:
			return b.stale(p, s), nil // no option of ours sends that
		case x.Question.Type == content.Multiple && !ref.Submit:
			return step{text: b.picked(b.practised(x), choice.Letters)}, nil
		}
		return b.marked(m, p, choice, s), nil
	})
}

// desk is the world in which one member practises.
type desk struct {
	quiz.PracticeSituation
	member quiz.Member
}

func (b *Bot) desk(ctx context.Context, id string, now time.Time, member quiz.Member) (desk, error) {
	library, err := b.Library.Library(ctx)
	if err != nil {
		return desk{}, err
	}
	rulings, err := b.Papers.Rulings(ctx)
	if err != nil {
		return desk{}, err
	}
	return desk{member: member, PracticeSituation: quiz.PracticeSituation{
		Situation: quiz.Situation{ID: member.Self(id), Now: now, Shown: b.Now(), Rulings: rulings},
		Begun:     member.Begun,
		Question:  library.Question,
	}}, nil
}

// practising reads what must be known before anything is practised. Where there
// is nothing to practise now, text says why.
func (b *Bot) practising(ctx context.Context, m Message, now time.Time) (d desk, text string, err error) {
	loaded, err := b.load(ctx, m.From, m.Key())
	if err != nil {
		return d, "", err
	}
	if loaded.Reply != "" {
		return d, b.repeat(loaded), nil
	}
	member := loaded.Record.Member
	if !member.Known() {
		return d, b.Wording.PracticeNew.String(), nil
	}
	s, err := b.situation(ctx, m.From, now, member)
	if err != nil {
		return d, "", err
	}
	if asked, open := s.Asked(member); open {
		return d, b.composeAsked("", "", b.Wording.PracticeFirst.String(), &asked), nil
	}
	if d, err = b.desk(ctx, m.From, now, member); err != nil {
		return d, "", err
	}
	d.Voids = s.Voids
	return d, "", nil
}

// collect takes the mistakes over that came since the last time, of the last
// year and a half at most.
func (b *Bot) collect(ctx context.Context, id string, s desk, p quiz.Practice) (quiz.Practice, bool, error) {
	today := quiz.DayOf(s.Now)
	upTo, all := p.UpTo, []quiz.Mistake(nil)
	for day := max(p.UpTo, s.member.Joined, today-quiz.MaxSeasonDays); day <= today; day++ {
		season, ok := b.Seasons.At(day)
		if !ok {
			continue
		}
		entries, err := b.entries(ctx, id, season)
		if err != nil {
			return p, false, err
		}
		mistakes, last, err := quiz.Mistakes(entries, p.UpTo, func(d quiz.Day, version int) (*quiz.Paper, error) {
			return b.Papers.Paper(ctx, d, version)
		}, s.Voids)
		if err != nil {
			return p, false, err
		}
		all, upTo = append(all, mistakes...), max(upTo, last)
		day = max(day, season.To)
	}
	next, changed := p.Collect(all, upTo)
	return next, changed, nil
}

// marked grades an answer and asks the next question.
func (b *Bot) marked(m Message, p quiz.Practice, c quiz.Choice, s desk) step {
	next, out := p.Answer(c, s.PracticeSituation)
	verdict, explain := b.verdict(&m, out.Graded)
	return step{next, compose(verdict, explain, b.exercise("", next, out, s)), out.Changed}
}

// stale answers what was meant for a question that is asked no more.
func (b *Bot) stale(p quiz.Practice, s desk) step {
	next, out := p.Ask(s.PracticeSituation)
	text := b.exercise(b.Wording.PracticeStale.String(), next, out, s)
	if out.Exercise == nil {
		text = lines(b.Wording.PracticeGone.String(), text)
	}
	return step{next, text, out.Changed}
}

// exercise is the question to be asked now after some words, or where none is
// due, when there will be one.
func (b *Bot) exercise(before string, p quiz.Practice, out quiz.PracticeOutcome, s desk) string {
	if out.Exercise == nil {
		return b.rested(p, out.Next, s)
	}
	return compose("", "", before, b.pose(b.practised(out.Exercise)))
}

// practised poses a question of practice.
func (b *Bot) practised(x *quiz.Exercise) posed {
	w, ref, kind := b.Wording, x.Ref, b.kind(x.Question)
	if x.Question.Type == content.Multiple {
		kind = w.PracticeMultiple // there are no points
	}
	p := posed{
		heading:  w.PracticeHeading.With("left", strconv.Itoa(x.Left), "type", kind.String()),
		question: x.Question,
		tap:      ref.Number(),
	}
	ref.Submit = true
	p.submit = ref.Number()
	return p
}

// rested says that nothing is due.
func (b *Bot) rested(p quiz.Practice, next quiz.Day, s desk) string {
	w, today := b.Wording, quiz.DayOf(s.Now)
	when := w.PracticeTomorrow.String()
	if days := int(next - today); days > 1 {
		when = w.PracticeDays.With("days", strconv.Itoa(days))
	}
	switch {
	case next == 0 && s.member.Last.Day == 0:
		return w.PracticeNew.String()
	case next == 0:
		return w.PracticeNone.String()
	case p.Day == today:
		return w.PracticeDone.With("done", strconv.Itoa(p.Done), "right", strconv.Itoa(p.Right), "when", when)
	}
	return w.PracticeRest.With("cards", strconv.Itoa(len(p.Cards)), "when", when)
}

// step is what becomes of someone's practice, and what is said.
type step struct {
	next    quiz.Practice
	text    string
	changed bool // next is to be stored
}

// rehearse is for practice what change is for the record: look, step, one atomic
// commit, and only then the words; each message once.
func (b *Bot) rehearse(ctx context.Context, m Message, do func(quiz.Practice) (step, error)) (string, error) {
	delivery := quiz.Delivery{Key: m.Key(), Sent: m.Sent}
	var why error
	for range attempts {
		p, version, reply, err := b.loadPractice(ctx, m.From, delivery.Key)
		if err != nil {
			return "", err
		}
		recent := p.Record()
		if recent.Seen(delivery.Key) {
			return b.repeat(quiz.Loaded{Reply: reply}), nil
		}
		if recent.TooOld(delivery) {
			return b.repeat(quiz.Loaded{}), nil
		}
		s, err := do(p)
		if err != nil || !s.changed {
			return s.text, err
		}
		s.next.Recent = recent.Remember(delivery)
		// A crash of Redis here may have kept the write or lost it: the next look
		// finds the message among the recent ones, or does all of it again.
		why = b.Practice.CommitPractice(ctx, m.From, quiz.AppendPractice(nil, s.next), version, delivery.Key, s.text)
		switch {
		case why == nil:
			b.Count("committed")
			return s.text, nil
		case errors.Is(why, quiz.ErrConflict):
			b.Count("conflict")
		case errors.Is(why, quiz.ErrUnknown):
			b.Count("unknown")
		case errors.Is(why, quiz.ErrUnavailable):
			b.Count("refused")
			if b.Sleep(ctx, pauses[0]) != nil {
				return "", why
			}
		default:
			return "", why
		}
	}
	return "", fmt.Errorf("practice given up after %d attempts: %w", attempts, why)
}

// loadPractice reads, trying again for a while where the store is away.
func (b *Bot) loadPractice(ctx context.Context, id string, key uint64) (quiz.Practice, quiz.Version, string, error) {
	for i := 0; ; i++ {
		data, version, reply, err := b.Practice.Practice(ctx, id, key)
		if err == nil {
			p, err := quiz.ParsePractice(data)
			return p, version, reply, err
		}
		if i == len(pauses) || !errors.Is(err, quiz.ErrUnavailable) || b.Sleep(ctx, pauses[i]) != nil {
			return quiz.Practice{}, "", "", err
		}
	}
}
