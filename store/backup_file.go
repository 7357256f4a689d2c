package store

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// BackupsFolder is where backups are kept in a data folder.
const BackupsFolder = "backups"

// BackupName is the name of an automatic backup, by the time in zone; PruneBackups
// knows it again.
func BackupName(at time.Time, zone *time.Location) string {
	return "dangshi-" + at.In(zone).Format("20060102-150405") + ".resp.gz"
}

var backupPattern = regexp.MustCompile(`^dangshi-\d{8}-\d{6}\.resp\.gz$`)

// partSuffix is of a file that is being written. One that a killed process left is
// removed by PruneBackups.
const partSuffix = ".part"

// backupTries is how often a backup is begun anew because something moved.
const backupTries = 3

// SaveBackup makes a backup as a file, compressed where the name ends in .gz. The file
// appears whole or not at all, readable by its owner only; folders are made. Before it
// appears it is read once more as it lies on the disk, so that no backup is kept that
// could not be restored. Errors: ErrMoving where something still moves after some
// tries, quiz.ErrUnavailable, those of the disk.
func (s *Store) SaveBackup(ctx context.Context, path string, o BackupOptions) (info BackupInfo, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return info, fmt.Errorf("不能建立备份的目录：%w", err)
	}
	for try := 1; ; try++ {
		info, err = s.saveBackup(ctx, path, o)
		if !errors.Is(err, ErrMoving) || try == backupTries {
			return info, err
		}
		select {
		case <-ctx.Done():
			return info, ctx.Err()
		case <-time.After(cmp.Or(o.Wait, 2*time.Second)):
		}
	}
}

func (s *Store) saveBackup(ctx context.Context, path string, o BackupOptions) (info BackupInfo, err error) {
	part := path + partSuffix
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return info, fmt.Errorf("不能写备份：%w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(part)) // it may have filled the disk
		}
	}()
	if err := f.Chmod(0o600); err != nil { // what a killed process left may be open to others
		return info, err
	}
	if info, err = s.writeBackup(ctx, f, strings.HasSuffix(path, ".gz"), o); err != nil {
		return info, err
	}
	if err := f.Sync(); err != nil {
		return info, fmt.Errorf("不能写备份：%w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return info, err
	}
	if found, err := CheckBackup(ctx, f, nil); err != nil || found.Sum != info.Sum {
		return info, fmt.Errorf("写好的备份读回来不对，请检查磁盘：%w", cmp.Or(err, error(&DumpError{0, "校验和不同"})))
	}
	if err := os.Rename(part, path); err != nil {
		return info, fmt.Errorf("不能写备份：%w", err)
	}
	return info, syncDir(filepath.Dir(path))
}

// writeBackup compresses at the least cost: the text is repetitive, and the time is
// for members.
func (s *Store) writeBackup(ctx context.Context, f io.Writer, compress bool, o BackupOptions) (BackupInfo, error) {
	out := bufio.NewWriterSize(f, 1<<20)
	var w io.Writer = out
	end := func() error { return nil }
	if compress {
		z, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
		if err != nil {
			return BackupInfo{}, err
		}
		w, end = z, z.Close
	}
	info, err := s.Backup(ctx, w, o)
	if err != nil {
		return info, err
	}
	if err := errors.Join(end(), out.Flush()); err != nil {
		return info, fmt.Errorf("不能写备份：%w", err)
	}
	return info, nil
}

// PruneBackups keeps the newest automatic backups in a folder and removes the older
// ones, by their names, and what a killed process left half. Other files stay.
func PruneBackups(folder string, keep int) (removed []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("不能读备份的目录：%w", err)
	}
	var names []string
	for _, e := range entries {
		whole, half := strings.CutSuffix(e.Name(), partSuffix)
		switch {
		case !e.Type().IsRegular() || !backupPattern.MatchString(whole):
		case half:
			if i, err := e.Info(); err == nil && time.Since(i.ModTime()) > 24*time.Hour { // nobody is at work on it
				removed = append(removed, e.Name())
			}
		default:
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	removed = append(removed, names[:max(0, len(names)-max(1, keep))]...)
	for _, name := range removed {
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			return nil, fmt.Errorf("不能删旧备份：%w", err)
		}
	}
	return removed, nil
}
