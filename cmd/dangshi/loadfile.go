package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"dangshi/content"
)

// reader reads one file of a kind.
type reader func(name string, r io.Reader) (*content.File, error)

// fileKind is how a command reads its files.
type fileKind struct {
	read    reader
	other   reader // of the other command: people mix them up
	instead string // what to say to those who did
}

// stdinName is how faults call standard input.
const stdinName = "标准输入"

// readFiles reads all files; - is standard input. What is wrong with a file, also
// that it is not there, is a fault of it like any other.
func (a *app) readFiles(names []string, kind fileKind) (*content.File, error) {
	var files []*content.File
	stdin := false
	for _, name := range names {
		if stdin && name == "-" {
			return nil, usagef("标准输入（-）只能写一次")
		}
		stdin = stdin || name == "-"
		f, err := a.readFile(name, kind)
		if err != nil {
			return nil, err
		}
		if n := len(f.Items) + len(f.Questions) + f.Faulty; n >= manyQuestions {
			fmt.Fprintf(a.errs, "读完 %s：%d 条\n", f.Name, n)
		}
		files = append(files, f)
	}
	found := content.Join(files)
	if n := len(found.Items) + len(found.Questions); n > content.MaxRows {
		return nil, usagef("这些文件里共有 %d 条，一次最多载入 %d 条，请分几次载入", n, content.MaxRows)
	}
	return found, nil
}

func (a *app) readFile(name string, kind fileKind) (*content.File, error) {
	data, err := a.readWhole(name)
	if a.ctx.Err() != nil {
		return nil, fmt.Errorf("已停止，什么也没有载入：%w", a.ctx.Err())
	}
	if name == "-" {
		name = stdinName
	}
	if err != nil {
		return useless(name, unread(err)), nil
	}
	a.reading(name, len(data))
	f, err := kind.read(name, bytes.NewBuffer(data))
	if err != nil || len(f.Items)+len(f.Questions) > 0 || len(f.Faults) == 0 {
		return f, err
	}
	other, err := kind.other(name, bytes.NewBuffer(data))
	if err == nil && len(other.Items)+len(other.Questions) > 0 {
		return useless(name, kind.instead), nil
	}
	return f, nil
}

// useless is a file of which nothing can be read.
func useless(name, problem string) *content.File {
	return &content.File{Name: name, Faults: content.Faults{{File: name, Problem: problem}}, Unread: true}
}

// unread says why a file was not read.
func unread(err error) string {
	switch {
	case errors.Is(err, errFolder):
		return "这是目录，请写其中文件的名字"
	case errors.Is(err, fs.ErrNotExist):
		return "没有这个文件，请核对文件名和所在的目录"
	case errors.Is(err, fs.ErrPermission):
		return "没有权限读这个文件，请改它的权限，或换一个用户运行"
	}
	return "读到一半出错，请检查磁盘或网络后再载入：" + err.Error()
}

var errFolder = errors.New("it is a folder")

// readWhole reads a file, or as much of it as tells that it is too long. Where
// nothing comes, from a terminal or through a pipe, it is left when ctx ends.
func (a *app) readWhole(name string) ([]byte, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data, err := a.readOpen(name)
		done <- result{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-a.ctx.Done():
		return nil, context.Cause(a.ctx)
	}
}

func (a *app) readOpen(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(a.in, content.MaxFile+1))
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, errFolder
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return sized(f, content.MaxFile+1)
}

// sized reads a file of which the size is known without taking room for it twice.
func sized(f *os.File, most int64) ([]byte, error) {
	var b bytes.Buffer
	if info, err := f.Stat(); err == nil {
		b.Grow(int(min(info.Size(), most)) + bytes.MinRead)
	}
	_, err := b.ReadFrom(io.LimitReader(f, most))
	return b.Bytes(), err
}
