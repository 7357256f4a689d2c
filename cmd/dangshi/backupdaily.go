package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
	"dangshi/store"
)

// noBackups is the setting that switches the daily backup off.
const noBackups = "off"

// backupAt is when serve makes the daily backup: of a real account by night unless it
// is switched off, of a sandbox only where that is asked for.
func (s *Settings) backupAt() (at string, ok bool) {
	if s.BackupAt == "" && s.real() {
		return "03:30", true
	}
	return s.BackupAt, s.BackupAt != "" && s.BackupAt != noBackups
}

// backupSpec is the same as five fields of cron.
func (s *Settings) backupSpec() (spec string, ok bool) {
	text, ok := s.backupAt()
	at, err := push.ParseTimeOfDay(text)
	if !ok || err != nil { // which check has refused
		return "", false
	}
	return fmt.Sprintf("%d %d * * *", int(at)%60, int(at)/60), true
}

// backUp makes the daily backup, on one replica. The others wait: where that one dies,
// the next makes it. A crash before it is noted costs a second one.
func (s *service) backUp(ctx context.Context, due time.Time) error {
	day := quiz.DayOf(due)
	waiting, cancel := s.untilStop(ctx)
	defer cancel()
	err := s.turn(waiting, "backup", func(context.Context) error {
		note, err := s.data.Backups(ctx)
		if err != nil || note.Day == day {
			return err
		}
		if err := s.backUpNow(ctx); err != nil { // at the stop it is finished
			return err
		}
		return s.data.NoteDaily(ctx, day)
	})
	if errors.Is(err, context.Canceled) && waiting.Err() != nil {
		return nil // it waited until the stop
	}
	return err
}

// backUpNow makes a backup. It has a connection of its own: those of the answers give up
// after a second.
func (s *service) backUpNow(ctx context.Context) (err error) {
	url := s.app.RedisURL
	if s.data.embedded != nil {
		url = s.data.embedded.URL()
	}
	o := s.app.options(url)
	o.Existing = true
	beside, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, beside.Close()) }()
	made, err := s.app.backUp(ctx, beside, "", s.app.BackupKeep, nil)
	if err == nil {
		s.app.logger.InfoContext(ctx, "backed up", "file", made.path, "members", made.Members(), "bytes", made.size)
	}
	return err
}
