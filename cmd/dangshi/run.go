package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"dangshi/content"
	"dangshi/quiz"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // it was tried and did not work
	exitUsage  = 2 // the command line, a setting or a file is wrong; nothing was done
)

// cli are the commands and the settings that all of them share.
type cli struct {
	Settings

	Serve  serveCmd  `cmd:"" help:"启动服务：微信消息、定时任务。没有公众号凭据时启动沙盒。"`
	Health healthCmd `cmd:"" help:"问本机的 serve 能否回答：能则退出码为 0，否则为 1。容器的健康检查用它。"`
	Push   pushCmd   `cmd:"" help:"发出或接着发完当天的推送；--dry-run 只看会发什么。"`
	Board  struct {
		Export  boardExportCmd  `cmd:"" help:"导出排行榜（XLSX 或 CSV）。"`
		Explain boardExplainCmd `cmd:"" help:"一名学员为什么是这个名次：逐日逐题，和前后几名比。"`
		Prizes  boardPrizesCmd  `cmd:"" help:"导出颁奖用的名单：姓名、支部、怎样联系；记入操作记录。"`
		Verify  boardVerifyCmd  `cmd:"" help:"由答题日志重新计算排行榜并逐人比较；--file 只凭一份成绩台账重算。"`
		Ledger  boardLedgerCmd  `cmd:"" help:"写出一个赛季的成绩台账：没有姓名，凭它可以重算每个人的成绩。"`
		Report  boardReportCmd  `cmd:"" help:"写出月报或季评（PDF 或网页）：整句话、图和表，没有姓名，可以直接上报。"`
	} `cmd:"" help:"排行榜。"`
	Season seasonCmd `cmd:"" help:"赛季：承诺、结赛、核对荣誉名单。"`
	Branch struct {
		Load   branchLoadCmd   `cmd:"" help:"载入支部的树（XLSX 或 CSV：编号、名称、上级编号）；有一行有问题就什么也不载入。"`
		List   branchListCmd   `cmd:"" help:"支部的树，统计过的写出人数。"`
		Export branchExportCmd `cmd:"" help:"导出支部的树（XLSX 或 CSV），改好后可以再载入。"`
		QR     branchQRCmd     `cmd:"" name:"qr" help:"做每个支部的二维码卡片；公众号不能做二维码时，做编号卡片。"`
	} `cmd:"" help:"支部。"`
	Bank struct {
		Load     bankLoadCmd     `cmd:"" help:"载入题库文件：Excel、Word、CSV、文字、JSONL、GIFT、Aiken；有一行有问题就什么也不载入。"`
		List     bankListCmd     `cmd:"" help:"题库里有多少题，按状态、题型、分类、难度。"`
		Export   bankExportCmd   `cmd:"" help:"导出题库：JSONL、CSV、XLSX、TXT、GIFT 或 Aiken。"`
		Review   bankSignCmd     `cmd:"" help:"审题：签名说这些题审过了，草稿变为已审。"`
		Approve  bankApproveCmd  `cmd:"" help:"批准：签名，签够人数就给学员用。"`
		Retire   bankRetireCmd   `cmd:"" help:"停用：不再出，以前的成绩照旧。"`
		Reopen   bankReopenCmd   `cmd:"" help:"退回草稿：收回批准，或把停用的拿回来重审。"`
		History  bankHistoryCmd  `cmd:"" help:"一道题的各版：谁在何时改了什么、审过、批准。"`
		Template bankTemplateCmd `cmd:"" help:"写一个待填写的题库模板（XLSX）：有下拉列表、示例和说明。"`
		Stats    bankStatsCmd    `cmd:"" help:"每道题答得怎样：正确率、区分度、各选项、用时；要看一看的排在前面。"`
		Regrade  bankRegradeCmd  `cmd:"" help:"更正答案：先看影响谁，再发布，成绩和排行榜重算后一起换。"`
		Rulings  bankRulingsCmd  `cmd:"" help:"更正过哪些答案：谁、何时、为什么、改前改后。"`
	} `cmd:"" help:"题库。"`
	Content struct {
		Load     contentLoadCmd     `cmd:"" help:"载入条目文件（XLSX、CSV 或 JSONL）：今天、百问、故事、听，连同其中的题。"`
		Review   contentSignCmd     `cmd:"" help:"签名说这些条目审过了，草稿变为已审。"`
		Approve  contentApproveCmd  `cmd:"" help:"批准：签名，签够人数就给学员用。"`
		Retire   contentRetireCmd   `cmd:"" help:"停用。"`
		Reopen   contentReopenCmd   `cmd:"" help:"退回草稿。"`
		History  contentHistoryCmd  `cmd:"" help:"一条的各版：谁在何时改了什么、审过、批准。"`
		Export   contentExportCmd   `cmd:"" help:"导出条目：JSONL、CSV 或 XLSX，改好可以再载入。"`
		Calendar contentCalendarCmd `cmd:"" help:"哪些天有“党史上的今天”，哪些天还缺。"`
	} `cmd:"" help:"学习内容。"`
	Member memberCmd `cmd:"" help:"学员：查找、逐日记录、更正登记。"`
	Menu   struct {
		Show   menuShowCmd   `cmd:"" help:"公众号的菜单：设置里的、公众号现有的，有什么不同。"`
		Push   menuPushCmd   `cmd:"" help:"把设置里的菜单装到公众号；先列出有什么变化。"`
		Import menuImportCmd `cmd:"" help:"取来公众号后台原有的菜单和自动回复，写成设置；要在启用服务器配置以前做。"`
	} `cmd:"" help:"公众号的菜单。"`
	Admin   adminCmd   `cmd:"" help:"管理台的账号。"`
	Backup  backupCmd  `cmd:"" help:"备份全部数据，serve 在运行也可以；哪种 Redis 都行。"`
	Restore restoreCmd `cmd:"" help:"把备份恢复到空的 Redis、集群或数据目录；单机和集群可以互换。"`
	Doctor  doctorCmd  `cmd:"" help:"检查这套安装：哪里有问题，怎么改。没有错误则退出码为 0，否则为 1。"`

	Simulate simulateCmd `cmd:"" help:"让虚拟学员过上一年：答题、作弊、断线、注销，最后核对每个人的成绩，报出速度和用量。"`
}

// app is what a command runs in.
type app struct {
	Settings
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	errs   io.Writer
	shown  *progress // nil: nowhere
	logger *slog.Logger
	serves bool           // the command is serve: other commands may use its embedded store
	begins bool           // the command begins data where none are, as serve does
	tree   *quiz.Branches // of a command about one season: see withSeason
	// misfits are faults of the settings; only doctor runs with any.
	misfits error
	// wall and rehearsal are those of a simulation: a clock that stands still until it is
	// moved, and the secret of the data. nil: wall time, and a secret of its own.
	wall      func() time.Time
	rehearsal []byte
	// dial makes connections to Redis; nil: the network.
	dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// lease is for how long a claim of the push holds, and pageLimit how long a page of
	// the console may take; 0: the usual time.
	lease, pageLimit time.Duration

	redisTime time.Duration // of one command of serve; 0: as Options.Timeout of the store has it
	// space is that of the disk of a folder; nil: diskSpace.
	space func(dir string) (free, size uint64, ok bool)
}

// time is the time of day.
func (a *app) time() time.Time {
	if a.wall != nil {
		return a.wall()
	}
	return time.Now()
}

// usageError is the fault of the command line, a setting or a file.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errExit ends the parse of a command line that asked for help.
var errExit = errors.New("exit")

// Run is the whole program: it parses the command line, runs one command and
// returns the exit code. Cancelling ctx ends it gracefully.
func Run(ctx context.Context, args []string, out, errs io.Writer) (code int) {
	return app{}.run(ctx, args, out, errs)
}

// run is Run by an app of which something is set beforehand.
func (a app) run(ctx context.Context, args []string, out, errs io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			if r != errExit {
				panic(r)
			}
			code = exitDone // the help was printed
		}
	}()
	var c cli
	var file configFile
	parser, err := kong.New(&c,
		kong.Name("dangshi"),
		kong.Description("党史上的今天：微信公众号每日答题后台。\n每个选项都可以用环境变量 DANGSHI_… 或在 dangshi.yaml 里设置。"),
		kong.DefaultEnvars("DANGSHI"),
		kong.Writers(out, errs),
		kong.Exit(func(int) { panic(errExit) }),
		kong.Resolvers(&file),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Help(printHelp),
	)
	if err != nil {
		panic(err) // the command table itself is wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	path, chosen := configPath(args)
	if err := file.load(path, chosen, parser.Model); err != nil {
		return report(errs, usageError{err})
	}
	command, err := parser.Parse(args)
	if err != nil {
		return report(errs, usageError{inChinese(err)})
	}
	c.Settings.file = file.more
	c.Settings.trim()
	misfits := c.Settings.check()
	if misfits != nil && command.Command() != "doctor" {
		return report(errs, usageError{misfits})
	}
	shown, out, errs := newProgress(out, errs)
	defer shown.clear()
	logger := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelInfo}))
	a.Settings, a.misfits, a.ctx, a.logger = c.Settings, misfits, ctx, logger
	a.in, a.out, a.errs, a.shown = os.Stdin, out, errs, shown
	return report(errs, command.Run(&a))
}

// report prints what went wrong, for people, and gives the exit code.
func report(errs io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	fmt.Fprintln(errs, "错误："+plainly(err))
	var usage usageError
	var faults content.Faults
	if errors.As(err, &usage) || errors.As(err, &faults) {
		return exitUsage
	}
	return exitFailed
}
