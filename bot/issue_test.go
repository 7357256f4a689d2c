package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// meddled are papers of which something happens between the drawing and the freezing.
type meddled struct {
	*store.Store
	n       int // of papers that were drawn
	between func(n int, drawn *quiz.Paper)
}

func (m *meddled) Freeze(ctx context.Context, p *quiz.Paper, under quiz.Version) (*quiz.Paper, error) {
	m.n++
	m.between(m.n, p)
	return m.Store.Freeze(ctx, p, under)
}

// TestIssueAfterRemoval: a question that another replica takes away between the drawing
// of a paper and its freezing is not in it; and while the library
// changes without a break there is no paper.
func TestIssueAfterRemoval(t *testing.T) {
	day := quiz.Date(2026, time.March, 5)
	t.Run("removed", func(t *testing.T) {
		addr := storetest.Miniredis(t).Addr()
		c, other := newChatOn(t, addr), open(t, store.Options{URL: "redis://" + addr, Sandbox: true})
		gone := map[string]bool{}
		papers := &meddled{Store: c.store}
		papers.between = func(n int, drawn *quiz.Paper) {
			if n > 2 {
				return
			}
			q := drawn.Questions[n]
			q.State = content.Retired
			gone[q.ID] = true
			if _, err := other.PutQuestions(t.Context(), []content.Question{q}); err != nil {
				t.Fatal(err)
			}
		}
		c.bot.Papers = papers
		p, err := c.bot.IssuePaper(t.Context(), day)
		if err != nil || papers.n != 3 || len(gone) != 2 {
			t.Fatalf("%v after %d drawings and %d removals", err, papers.n, len(gone))
		}
		for _, q := range p.Questions {
			if gone[q.ID] {
				t.Errorf("%s was taken away before, and is in the paper", q.ID)
			}
		}
		if again, err := c.bot.IssuePaper(t.Context(), day); err != nil || again != p {
			t.Errorf("asked again: %+v, %v", again, err)
		}
	})
	t.Run("restless", func(t *testing.T) {
		c := newChat(t)
		papers := &meddled{Store: c.store}
		papers.between = func(n int, drawn *quiz.Paper) {
			q := drawn.Questions[0]
			q.Explain = fmt.Sprint("改了 ", n)
			if _, err := c.store.PutQuestions(t.Context(), []content.Question{q}); err != nil {
				t.Fatal(err)
			}
		}
		c.bot.Papers = papers
		if p, err := c.bot.IssuePaper(t.Context(), day); p != nil || !errors.Is(err, quiz.ErrUnavailable) {
			t.Errorf("%+v, %v", p, err)
		}
		if p, err := c.store.CurrentPaper(t.Context(), day); p != nil || err != nil {
			t.Errorf("%+v, %v was frozen", p, err)
		}
	})
}

// lagging is a library of which a change is being read.
type lagging struct {
	*editors
	former *content.Library
}

func (l lagging) Library(context.Context) (*content.Library, error) { return l.former, nil }

// TestBulletinIsTheNewest: what is sent to everybody is made from the library as it is,
// while a member who asks need not wait for that.
func TestBulletinIsTheNewest(t *testing.T) {
	c := newChat(t)
	c.now = time.Date(2026, time.March, 5, 7, 30, 0, 0, quiz.Zone)
	shelf := &editors{}
	shelf.approve(content.Item{ID: "m", Kind: content.Today, Date: "03-05", Title: "写错的"})
	former := shelf.library()
	shelf.approve(content.Item{ID: "m", Kind: content.Today, Date: "03-05", Title: "改好的"})
	c.bot.Library = lagging{shelf, former}
	if b := bulletin(t, c.bot, quiz.DayOf(c.now)); b.Heading != "改好的" {
		t.Errorf("%q is sent", b.Heading)
	}
	if text := c.says("oReader", "今天").Text; !strings.Contains(text, "写错的") {
		t.Errorf("a member who does not wait reads %s", text)
	}
}
