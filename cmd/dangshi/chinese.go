package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"dangshi/quiz"
)

// What kong says by itself is English. These are its sentences that a command
// line can bring about, and ours for them, in the order in which they are tried.
var kongSentences = []struct {
	kong    *regexp.Regexp
	chinese string
}{
	{regexp.MustCompile(` \(from envar (\w+)=(".*")\)`), `（来自环境变量 $1=$2）`},
	{regexp.MustCompile(`, did you mean one of (.*)\?`), `，您要的也许是 $1 之一`},
	{regexp.MustCompile(`, did you mean (.*)\?`), `，您要的也许是 $1`},
	{regexp.MustCompile(`; perhaps try (.*)\?$`), `，可以试试 $1`},
	{regexp.MustCompile(`^unknown flag ([^\s，]+)`), `没有 $1 这个选项`},
	{regexp.MustCompile(`^unexpected argument ([^\s，]+)`), `不认识 $1`},
	{regexp.MustCompile(`^unexpected flag argument (".*")`), `这个选项不带值，却写了 $1`},
	{regexp.MustCompile(`^expected one of (.*)$`), `后面还要写 $1 之一`},
	{regexp.MustCompile(`^expected (".*")$`), `后面还要写 $1`},
	{regexp.MustCompile(`^missing flags: (.*)$`), `还要写选项 $1`},
	{regexp.MustCompile(`^(\S+) and (\S+) can't be used together`), `$1 和 $2 不能同时用`},
	{regexp.MustCompile(`^(\S+) must be one of (.*) but got (".*")`), `$1 应为 $2 之一，现在是 $3`},
	{regexp.MustCompile(`: expected \w+ value but got "EOL" \(<EOL>\)`), `：后面要写一个值`},
	{regexp.MustCompile(`: expected \w+ value but got (".*") \([^()]*\)`), `：应为一个值，现在是 $1`},
	{regexp.MustCompile(`: expected a valid \d+ bit u?int but got (".*?")`), `：应为整数，现在是 $1`},
	{regexp.MustCompile(`: expected duration but got (".*?"): .*$`), `：应为一段时间，例如 10s，现在是 $1`},
	{regexp.MustCompile(`: expected a float but got (".*?") \([^()]*\)`), `：应为数，现在是 $1`},
	{regexp.MustCompile(`: bool value must be true, 1, yes, false, 0 or no but got (".*?")`), `：应为 true 或 false，现在是 $1`},
}

// inChinese says in Chinese what is wrong with a command line.
func inChinese(err error) error {
	text := err.Error()
	for _, s := range kongSentences {
		text = s.kong.ReplaceAllString(text, s.chinese)
	}
	return errors.New(text)
}

// systemWords are what the system says about files and addresses, and what the rooms
// say about time and Redis, and ours for it.
var systemWords = []struct {
	err     error
	chinese string
}{
	{syscall.ENOENT, "没有这个文件或目录"},
	{syscall.EEXIST, "已经有了"},
	{syscall.EISDIR, "这是目录"},
	{syscall.ENOTDIR, "路径中间有一段不是目录"},
	{syscall.EACCES, "没有权限"},
	{syscall.EPERM, "没有权限"},
	{syscall.EROFS, "这里只能读，不能写"},
	{syscall.ENOSPC, "磁盘满了"},
	{syscall.EDQUOT, "用完了给这个用户的磁盘空间"},
	{syscall.EMFILE, "打开的文件太多"},
	{syscall.EADDRINUSE, "这个端口正被别的程序使用"},
	{syscall.ECONNREFUSED, "那里没有程序在听"},
	{syscall.EHOSTUNREACH, "到不了那台机器"},
	{syscall.ENETUNREACH, "到不了那个网络"},
	{quiz.ErrUnavailable, "Redis 没有回答，或不接受"},
	{quiz.ErrUnknown, "不知道 Redis 写成了没有"},
	{context.Canceled, "中断了"},
	{context.DeadlineExceeded, "等得太久"},
}

// plainly is what an error says, with the system's words in Chinese.
func plainly(err error) string {
	text := err.Error()
	for _, w := range systemWords {
		if errors.Is(err, w.err) {
			text = strings.ReplaceAll(text, w.err.Error(), w.chinese)
		}
	}
	return strings.TrimSpace(redisWords.Replace(text))
}

// redisWords are refusals of Redis, and ours for them.
var redisWords = strings.NewReplacer(
	"OOM command not allowed when used memory > 'maxmemory'.", "它的内存满了，请加大 maxmemory",
	"READONLY You can't write against a read only replica.", "它是从节点，只能读，请写主节点的地址",
)

var kongHelp = strings.NewReplacer(
	"Usage: ", "用法：", "<command>", "<命令>", "[flags]", "[选项]",
	"\nFlags:\n", "\n选项：\n", "\nCommands:\n", "\n命令：\n", "\nArguments:\n", "\n参数：\n",
	"Show context-sensitive help.", "显示这份说明。",
	`Run "dangshi <command> --help" for more information on a command.`, "一个命令的说明：dangshi <命令> --help",
)

// printHelp prints kong's help with Chinese headings.
func printHelp(o kong.HelpOptions, ctx *kong.Context) error {
	var text bytes.Buffer
	out := ctx.Stdout
	ctx.Stdout = &text
	err := kong.DefaultHelpPrinter(o, ctx)
	ctx.Stdout = out
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, kongHelp.Replace(text.String()))
	return err
}
