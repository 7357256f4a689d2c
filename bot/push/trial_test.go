package push_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/quiz"
)

// trying notes what is sent to one member.
type trying struct{ sent []string }

func (t *trying) CustomText(_ context.Context, id, text string) error {
	t.sent = append(t.sent, "custom "+id+" "+text)
	return nil
}

func (t *trying) PreviewText(_ context.Context, id, text string) error {
	t.sent = append(t.sent, "preview "+id+" "+text)
	return nil
}

func (t *trying) PreviewArticle(_ context.Context, id, draft string) error {
	t.sent = append(t.sent, "preview "+id+" "+draft)
	return nil
}

func (t *trying) UploadImage(context.Context, string, []byte) (string, error) { return "cover", nil }

func (t *trying) AddDraft(_ context.Context, a push.Article) (string, error) {
	t.sent = append(t.sent, "draft "+a.Title)
	return "draft-1", nil
}

func (t *trying) MassArticle(context.Context, string, string) (int64, error) {
	return 0, errors.New("a trial must not go to all")
}

func (t *trying) MassText(context.Context, string, string) (int64, error) {
	return 0, errors.New("a trial must not go to all")
}

// noLedger holds nothing, and takes only what is uploaded.
type noLedger struct{ docs map[string][]byte }

func (l noLedger) Load(_ context.Context, name string) ([]byte, quiz.Version, error) {
	return l.docs[name], "", nil
}

func (l noLedger) Save(_ context.Context, name string, value []byte, _ quiz.Version) (quiz.Version, error) {
	l.docs[name] = value
	return "", nil
}

type oneBulletin struct{ none bool }

func (b oneBulletin) Bulletin(_ context.Context, day quiz.Day) (bot.Bulletin, bool, error) {
	return bot.Bulletin{Day: day, Title: "题", Text: "文"}, !b.none, nil
}

func (b oneBulletin) Outlook(ctx context.Context, day quiz.Day) (bot.Bulletin, bool, error) {
	return b.Bulletin(ctx, day)
}

// TestTry: one member sees what the preferred channel would send; nothing goes to all
// and no day is written.
func TestTry(t *testing.T) {
	for name, c := range map[string]struct {
		channel func(*trying, *push.Shelf) push.Channel
		sent    []string
	}{
		"mass":    {func(t *trying, _ *push.Shelf) push.Channel { return push.NewMass(t, nil) }, []string{"preview oMe 文"}},
		"draft":   {func(t *trying, s *push.Shelf) push.Channel { return push.NewDraft(t, s, nil) }, []string{"draft 题", "preview oMe draft-1"}},
		"article": {func(t *trying, s *push.Shelf) push.Channel { return push.NewArticles(t, nil, s, nil, nil, nil) }, []string{"draft 题", "preview oMe draft-1"}},
		"members": {func(t *trying, _ *push.Shelf) push.Channel { return push.NewMembers(push.MembersConfig{}) }, []string{"custom oMe 文"}},
	} {
		api, ledger := &trying{}, noLedger{map[string][]byte{}}
		cfg := push.Config{Ledger: ledger, Bulletins: oneBulletin{}, Trial: api, Channels: []push.Channel{c.channel(api, push.NewShelf(ledger))}, Now: time.Now, Wall: time.Now}
		p, err := push.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		how, err := p.Try(t.Context(), quiz.Date(2026, 7, 1), "oMe")
		if err != nil || how == "" || len(api.sent) != len(c.sent) || api.sent[len(api.sent)-1] != c.sent[len(c.sent)-1] || ledger.docs["2026-07-01"] != nil {
			t.Errorf("%s: %q, %v, sent %q", name, how, err, api.sent)
		}
		cfg.Bulletins = oneBulletin{none: true}
		if p, err = push.New(cfg); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Try(t.Context(), quiz.Date(2026, 7, 1), "oMe"); !errors.Is(err, push.ErrNothing) {
			t.Errorf("%s: nothing to send: %v", name, err)
		}
	}
}
