package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dangshi/content"
	"dangshi/quiz"
)

// Answer is one of the organisation's own answers: to messages that hold one of
// the words and that are nothing of the quiz's.
type Answer struct {
	Words   []string `yaml:"words,flow"`
	Exact   bool     `yaml:"exact,omitempty"` // the message must be one of the words, not just hold one
	Reply   string   `yaml:"reply,omitempty"`
	Replies []string `yaml:"replies,omitempty"` // one of them, by chance, instead
	Image   string   `yaml:"image,omitempty"`   // media_id of a picture among the account's material instead
	Service bool     `yaml:"service,omitempty"` // hand the message over to the account's customer service instead
}

// says is what is answered to a message; to its repeats the same.
func (a *Answer) says(m Message) Reply {
	text := a.Reply
	if n := uint64(len(a.Replies)); n > 0 {
		text = a.Replies[(m.Key()*spread>>32)%n]
	}
	return Reply{Text: text, Image: a.Image, Service: a.Service}
}

// spread makes chance of the keys of messages, which may be counted up.
const spread = 0x9e3779b97f4a7c15

// Check says in Chinese what is wrong with what is answered.
func (a *Answer) Check() error {
	ways := 0
	for _, set := range []bool{a.Reply != "", len(a.Replies) > 0, a.Image != "", a.Service} {
		if set {
			ways++
		}
	}
	if ways != 1 {
		return errors.New("应有 reply、replies、image 或 service: true，只要一个")
	}
	for _, text := range append([]string{a.Reply}, a.Replies...) {
		switch {
		case len(text) > MaxReply:
			return fmt.Errorf("的回复有 %d 个字节，微信最多 %d 个", len(text), MaxReply)
		case text == "" && a.Reply == "" && slices.Contains(a.Replies, ""):
			return errors.New("的 replies 里有空的")
		}
	}
	return nil
}

func (a *Answer) normalise() {
	words := make([]string, 0, len(a.Words))
	for _, w := range a.Words {
		if w = content.Normalise(w); w != "" {
			words = append(words, w)
		}
	}
	a.Words = words
}

// fits reports whether a normalised message is one of the words, or holds one
// that is long enough not to be met by chance.
func (a *Answer) fits(text string) bool {
	for _, w := range a.Words {
		if text == w || !a.Exact && utf8.RuneCountInString(w) > 1 && strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// answers reports whether the answer fits a word as it was typed.
func (a Answer) answers(word string) bool {
	a.normalise()
	return a.fits(content.Normalise(word))
}

// hasAnswer reports whether the organisation has an answer of its own.
func (b *Bot) hasAnswer(text string) bool {
	_, ok := b.keyword(Message{Text: text})
	return ok
}

// keyword finds the organisation's own answer to a message.
func (b *Bot) keyword(m Message) (Reply, bool) {
	if len(b.Answers) == 0 {
		return Reply{}, false
	}
	said := m.Text
	if m.Kind == Click {
		said = m.EventKey
	}
	text := content.Normalise(said)
	for i := range b.Answers {
		if a := &b.Answers[i]; a.fits(text) {
			return a.says(m), true
		}
	}
	return Reply{}, false
}

// Otherwise says what becomes of messages that nothing understands.
type Otherwise string

// The choices of an organisation.
const (
	HelpOnce Otherwise = "help"    // help once a day, then nothing; also the zero value
	Service  Otherwise = "service" // all go to the account's customer service
	Silence  Otherwise = "silence" // nothing is said
)

// otherwise answers what is nothing of the quiz's. Other people write to the
// account too; a store that is away is no reason to trouble them.
func (b *Bot) otherwise(ctx context.Context, m Message, now time.Time) (Reply, error) {
	if m.Kind == Text || m.Kind == Voice || m.Kind == Click {
		if reply, ok := b.keyword(m); ok {
			return reply, nil
		}
	}
	switch {
	case b.Otherwise == Silence:
		return Reply{}, nil
	case b.Otherwise == Service && m.Kind != Click:
		return Reply{Service: true}, nil
	case m.Kind == Other: // perhaps nothing that a person sent: nobody waits for help
		return Reply{}, nil
	}
	first, err := b.Members.HelpOnce(ctx, m.From, quiz.DayOf(now), m.Key())
	if errors.Is(err, quiz.ErrUnavailable) || errors.Is(err, quiz.ErrUnknown) {
		b.Logger.WarnContext(ctx, "help not given", "error", err)
		return Reply{}, nil
	}
	if err != nil || !first {
		return Reply{}, err
	}
	return say(b.help(ctx, m, now, ""))
}
