package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dangshi/quiz"
)

// BackupNote is what the data know of their backups. A backup holds the note of the
// one before it.
type BackupNote struct {
	Day     quiz.Day  `json:"day,omitempty"` // of the last automatic one
	Last    time.Time `json:"last,omitzero"` // when the last backup was made, automatic or not
	Host    string    `json:"host,omitempty"`
	File    string    `json:"file,omitempty"`
	Members int       `json:"members,omitempty"`
}

// Backups reads the note; the zero value where no backup was ever made. Errors:
// quiz.ErrUnavailable, ErrRecord.
func (s *Store) Backups(ctx context.Context) (BackupNote, error) {
	n, _, err := s.backups(ctx)
	return n, err
}

func (s *Store) backups(ctx context.Context) (n BackupNote, version quiz.Version, err error) {
	stored, err := s.client.Get(ctx, backupKey()).Result()
	if err := unavailable(err); err != nil {
		return n, "", err
	}
	value, version, err := cutVersion(stored)
	if err == nil && version != "" {
		err = json.Unmarshal(value, &n)
	}
	return n, version, err
}

// NoteDaily writes down that the automatic backup of a day was made. Errors:
// quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) NoteDaily(ctx context.Context, day quiz.Day) error {
	return s.changeBackups(ctx, func(n *BackupNote) { n.Day = day })
}

// NoteBackup writes down that a backup was made. Errors: quiz.ErrUnavailable,
// quiz.ErrUnknown.
func (s *Store) NoteBackup(ctx context.Context, at time.Time, host, file string, members int) error {
	return s.changeBackups(ctx, func(n *BackupNote) {
		n.Last, n.Host, n.File, n.Members = at, host, file, members
	})
}

// changeBackups writes the note as change leaves it.
func (s *Store) changeBackups(ctx context.Context, change func(*BackupNote)) error {
	for range maxSteps {
		n, version, err := s.backups(ctx)
		if err != nil {
			return err
		}
		change(&n)
		value, err := json.Marshal(n)
		if err != nil {
			return err
		}
		if _, err = s.save(ctx, []string{backupKey()}, value, version); !errors.Is(err, quiz.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("%w: the note of backups keeps changing", quiz.ErrUnavailable)
}
