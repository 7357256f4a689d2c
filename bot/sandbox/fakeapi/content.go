package fakeapi

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"
)

// maxText bounds a text message in bytes. For mass texts the documents name no limit of the
// API; the account's own page takes 300 to 600 characters.
const maxText = 2048

// content is the part of a request that says what is sent; one of its fields is set, as
// msgtype says.
type content struct {
	Text    struct{ Content string }
	MPNews  mediaRef `json:"mpnews"`
	Image   mediaRef
	Voice   mediaRef
	Video   mediaRef
	MPVideo mediaRef `json:"mpvideo"`
	Images  struct {
		MediaIDs  []string `json:"media_ids"`
		Recommend string
	}
}

type mediaRef struct {
	MediaID     string `json:"media_id"`
	Title       string
	Description string
}

// say makes a text message.
func (s *Sent) say(text string) error {
	switch {
	case text == "":
		return refuse(codeContentEmpty)
	case len(text) > maxText:
		return refuse(codeContentSize)
	}
	s.Content = text
	return nil
}

// show makes a message of files, which must have been uploaded.
func (a *API) show(ctx context.Context, s *Sent, kind, text string, now time.Time, ids ...string) error {
	if len(ids) == 0 {
		return refuse(codeMediaIDMissing)
	}
	files, err := a.files(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id == "" {
			return refuse(codeMediaIDMissing)
		}
		if m := files.find(id, now); m == nil || m.Type != kind {
			return refuse(codeMediaID)
		}
	}
	s.MediaIDs, s.Content = ids, text
	return nil
}

// tell makes a message of the articles of a draft, or of one that was published.
func (a *API) tell(ctx context.Context, s *Sent, mediaID string) error {
	if mediaID == "" {
		return refuse(codeMediaIDMissing)
	}
	articles, err := a.draft(ctx, mediaID)
	if err != nil {
		return err
	}
	s.MediaIDs = []string{mediaID}
	s.cards(articles)
	return nil
}

// cards shows articles as their titles and digests.
func (s *Sent) cards(articles []Article) {
	var lines []string
	for _, article := range articles {
		article.Content = ""
		s.Articles = append(s.Articles, article)
		lines = append(lines, strings.TrimSuffix(article.Title+"\n"+article.Digest, "\n"))
	}
	s.Content = strings.Join(lines, "\n")
}

// caption joins what stands beside a file.
func caption(parts ...string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n")
}

func characters(s string) int { return utf8.RuneCountInString(s) }
