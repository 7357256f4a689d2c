package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"dangshi/content"
)

// QuestionHistory is what a question was and is, oldest first, and which revision
// members get, 0 for none; empty: there is no question of this id. Errors:
// quiz.ErrUnavailable; a page that cannot be read.
func (s *Store) QuestionHistory(ctx context.Context, id string) (pages []content.Page[content.Question], live int, err error) {
	pages, sheet, err := history[content.Question](ctx, s, shelfQuestions, id)
	if now, ok := sheet.InUse(); ok {
		live = now.Revision
	}
	return pages, live, err
}

// ItemHistory does for an item what QuestionHistory does for a question.
func (s *Store) ItemHistory(ctx context.Context, id string) (pages []content.Page[content.Item], live int, err error) {
	pages, sheet, err := history[content.Item](ctx, s, shelfItems, id)
	if now, ok := sheet.InUse(); ok {
		live = now.Revision
	}
	return pages, live, err
}

func history[T content.Material](ctx context.Context, s *Store, sh shelf, id string) (pages []content.Page[T], sheet content.Sheet[T], err error) {
	now, err := s.client.HGet(ctx, sh.key, id).Result()
	if err := unavailable(err); err != nil {
		return nil, sheet, err
	}
	past, err := s.client.HGet(ctx, pagesKey(), sh.prefix+id).Result()
	if err := unavailable(err); err != nil {
		return nil, sheet, err
	}
	if now == "" {
		return nil, sheet, nil
	}
	if err := json.Unmarshal([]byte(now), &sheet); err != nil {
		return nil, sheet, fmt.Errorf("%s%s: %w", sh.prefix, id, err)
	}
	for line := range strings.Lines(past) {
		var page content.Page[T]
		if err := json.Unmarshal([]byte(line), &page); err != nil {
			return nil, sheet, fmt.Errorf("%s%s: page %d: %w", sh.prefix, id, len(pages)+1, err)
		}
		pages = append(pages, page)
	}
	return content.History(pages, sheet), sheet, nil
}
