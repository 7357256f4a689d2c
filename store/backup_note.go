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
	Day   quiz.Day  `json:"day,omitempty"`  // for which a replica has begun the automatic one
	By    string    `json:"by,omitempty"`   // that replica
	Begun time.Time `json:"begun,omitzero"` // when it did

	Last    time.Time `json:"last,omitzero"` // when the last backup was made, automatic or not
	Host    string    `json:"host,omitempty"`
	File    string    `json:"file,omitempty"`
	Members int       `json:"members,omitempty"`
}

// backupClaim is how long a replica that has begun the backup of a day is waited for.
const backupClaim = time.Hour

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

// ClaimBackup gives the backup of a day to one replica: mine is false where another one
// has made it or began it less than an hour ago. A crash of the one that has it leaves
// the day to another one after that hour, and else to the next day. Errors:
// quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) ClaimBackup(ctx context.Context, day quiz.Day, by string, now time.Time) (mine bool, err error) {
	err = s.changeBackups(ctx, func(n *BackupNote) bool {
		made := !n.Last.Before(n.Begun)
		if mine = n.Day != day || !made && now.Sub(n.Begun) >= backupClaim; mine {
			n.Day, n.By, n.Begun = day, by, now
		}
		return mine
	})
	return mine && err == nil, err
}

// NoteBackup writes down that a backup was made. Errors: quiz.ErrUnavailable,
// quiz.ErrUnknown.
func (s *Store) NoteBackup(ctx context.Context, at time.Time, host, file string, members int) error {
	return s.changeBackups(ctx, func(n *BackupNote) bool {
		n.Last, n.Host, n.File, n.Members = at, host, file, members
		return true
	})
}

// changeBackups writes the note if change reports that it was changed.
func (s *Store) changeBackups(ctx context.Context, change func(*BackupNote) bool) error {
	for range maxSteps {
		n, version, err := s.backups(ctx)
		if err != nil || !change(&n) {
			return err
		}
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
