package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"dangshi/store/storetest"
)

// TestChinese: who mistypes reads Chinese, and what was mistyped.
func TestChinese(t *testing.T) {
	t.Chdir(t.TempDir())
	english := regexp.MustCompile(`(?i)expect|unknown|must|did you|perhaps|got|value|envar|usage|flags|show context|run "`)
	for line, says := range map[string]string{
		"serve --loud":                 "没有 --loud 这个选项",
		"serve --adr :1":               `没有 --adr 这个选项，您要的也许是 "--addr"`,
		"sing":                         "不认识 sing",
		"boar":                         `不认识 boar，您要的也许是 "board"`,
		"menu":                         `后面还要写 "show", "push", "import" 之一`,
		"serve --addr":                 "--addr：后面要写一个值",
		"serve --questions five":       `--questions：应为整数，现在是 "five"`,
		"serve --member-rate fast":     `--member-rate：应为数，现在是 "fast"`,
		"serve --drain soon":           `--drain：应为一段时间，例如 10s，现在是 "soon"`,
		"serve --sandbox=perhaps-not":  `--sandbox：应为 true 或 false`,
		"board export --format pdf":    `--format 应为 "xlsx","csv" 之一，现在是 "pdf"`,
		"board export --top -1":        `--top：应为一个值，现在是 "-1"，可以试试 --top="-1"`,
		"--help":                       "用法：dangshi <命令> [选项]",
		"board export --help":          "显示这份说明。",
		"content calendar --month may": `--month：应为整数，现在是 "may"`,
	} {
		_, out, errs := run(t, strings.Fields(line)...)
		said := out + errs
		if !strings.Contains(said, says) {
			t.Errorf("dangshi %s says %q, not %q", line, said, says)
		}
		if word := english.FindString(strings.ReplaceAll(said, "perhaps-not", "")); word != "" {
			t.Errorf("dangshi %s says %q in %q", line, word, said)
		}
	}
	t.Setenv("DANGSHI_QUESTIONS", "x")
	if _, _, errs := run(t, "serve"); !strings.Contains(errs, `（来自环境变量 DANGSHI_QUESTIONS="x"）`) {
		t.Error(errs)
	}
}

// TestPlainly: whoever reads what went wrong with a file or with Redis reads Chinese.
func TestPlainly(t *testing.T) {
	replica := storetest.Redis(t, "--replicaof", "127.0.0.1", "1")
	mustFail(t, exitFailed, []string{"simulate", "--members", "1", "--days", "1", "--redis", replica.URL}, "不接受", "从节点")
	for err, says := range map[error]string{
		&fs.PathError{Op: "write", Path: "a.part", Err: syscall.ENOSPC}:    "write a.part: 磁盘满了",
		errors.Join(errors.New("一"), fmt.Errorf("二：%w", context.Canceled)): "一\n二：中断了",
	} {
		if got := plainly(err); got != says {
			t.Errorf("%v is told as %q", err, got)
		}
	}
}
