package store

import (
	"context"
	"encoding/json"
	"fmt"

	"dangshi/quiz"
)

// PinPaper chooses the questions of a day whose paper is not drawn yet, by their ids,
// in order; none: the paper is drawn as usual. The day's choice must still have the
// expected version. The line goes to the audit log with it. Errors:
// quiz.ErrConflict, quiz.ErrUnavailable where nothing was written, quiz.ErrUnknown.
func (s *Store) PinPaper(ctx context.Context, day quiz.Day, questions []string, expected quiz.Version, line Audited) error {
	text, err := json.Marshal(questions)
	if err != nil {
		return err
	}
	// Whoever looks at papers before taking a question away sees that one was chosen meanwhile.
	done, err := s.saveUnder(ctx, pinnedKey(day), expected, text, versionPapers, nil, line)
	if err == nil && !done {
		err = quiz.ErrConflict
	}
	return err
}

// PinnedPaper are the questions chosen for a day; none where nobody did. Errors:
// quiz.ErrUnavailable, ErrRecord.
func (s *Store) PinnedPaper(ctx context.Context, day quiz.Day) (questions []string, v quiz.Version, err error) {
	stored, err := s.client.Get(ctx, pinnedKey(day)).Result()
	if err := unavailable(err); err != nil {
		return nil, "", err
	}
	return readPinned(day, stored)
}

func readPinned(day quiz.Day, stored string) (questions []string, v quiz.Version, err error) {
	value, v, err := cutVersion(stored)
	if err == nil && value != nil {
		err = json.Unmarshal(value, &questions)
	}
	if err != nil {
		return nil, "", fmt.Errorf("%w: the questions chosen for %s: %w", ErrRecord, day, err)
	}
	return questions, v, nil
}

// PinnedPapers are the questions chosen for the days from one to another, both
// included; days without are left out. Errors as of PinnedPaper.
func (s *Store) PinnedPapers(ctx context.Context, from, to quiz.Day) (map[quiz.Day][]string, error) {
	pinned := map[quiz.Day][]string{}
	if to < from {
		return pinned, nil
	}
	var keys []string
	for day := from; day <= to; day++ {
		keys = append(keys, pinnedKey(day))
	}
	found, err := s.client.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	for i, stored := range found {
		text, _ := stored.(string)
		questions, _, err := readPinned(from+quiz.Day(i), text)
		if err != nil {
			return nil, err
		}
		if len(questions) > 0 {
			pinned[from+quiz.Day(i)] = questions
		}
	}
	return pinned, nil
}
