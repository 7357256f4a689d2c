package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"
)

// writeOutput writes a file that names people, or to standard output where none
// is named. A regular file appears whole or not at all: what was there before
// stays until the new one is complete, and a crash leaves at most a hidden
// temporary file. A link is followed; a device is written as it is.
func writeOutput(path string, out io.Writer, content func(io.Writer) error) error {
	if path == "" || path == "-" {
		if isTerminal(out) {
			out = readable{out}
		}
		return content(out)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return usagef("--output:%s 是目录，请写文件名", path)
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return usagef("--output：写不了 %s：%w", path, err)
		}
		return errors.Join(content(f), f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".dangshi-*") // mode 0600
	if err != nil {
		return usagef("--output：写不了文件：%w", err)
	}
	w := bufio.NewWriterSize(f, 1<<16)
	if err := errors.Join(content(w), w.Flush(), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(usagef("--output：写不了文件：%w", err), os.Remove(f.Name()))
	}
	return nil
}

// readable is a terminal, on which a workbook would be rubbish.
type readable struct{ io.Writer }

// Write refuses what begins as ZIP files do.
func (r readable) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("PK\x03\x04")) {
		return 0, usagef("这是 Excel 文件，不能显示在屏幕上。请加 -o 文件名，写到文件里")
	}
	return r.Writer.Write(p)
}

func isTerminal(out io.Writer) bool {
	if c, ok := out.(clearing); ok {
		out = c.Writer
	}
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// checkFormat refuses a file whose name says another format than one with these
// endings.
func checkFormat(output, format string, endings ...string) error {
	if ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(output)), "."); ext != "" && !slices.Contains(endings, ext) {
		return usagef("--output：文件名以 .%s 结尾，格式却是 %s；请把 --format 或文件名改成一致的", ext, format)
	}
	return nil
}
