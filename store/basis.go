package store

import (
	"context"
	"fmt"
)

// Basis tells under what the seasons are judged now: rulings, voided days, what
// was closed, and which boards are read. It is not the answers, which go on coming.
// Errors: quiz.ErrUnavailable.
func (s *Store) Basis(ctx context.Context, seasons []string) (string, error) {
	now, err := s.askVersions(ctx)
	if err != nil {
		return "", err
	}
	text := ""
	for _, field := range []string{versionRulings, versionVoids, versionHonours} {
		text += fmt.Sprintf("%s %s ", field, now[field])
	}
	for _, season := range seasons {
		text += fmt.Sprintf("%s %d ", season, now.board(season))
	}
	return text, nil
}
