package main

import (
	"errors"
	"fmt"
	"os/user"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/store"
)

// reviewFlags choose what is reviewed, and say by whom.
type reviewFlags struct {
	ID       []string `name:"id" help:"只管这几个编号，用逗号隔开。" placeholder:"ID,…"`
	State    []string `help:"只管现在是这种状态的：草稿、已审、已批准、停用。" placeholder:"STATE,…"`
	Category []string `help:"只管这几个分类。" placeholder:"NAME,…"`
	Starter  bool     `help:"只管自带的内容。"`
	All      bool     `help:"全部。"`
	By       string   `help:"署名：谁审的，记入历史。" placeholder:"NAME"`
	DryRun   bool     `help:"只看会改多少，什么也不写。"`
	Yes      bool     `help:"要改的很多时，确认照做。"`
}

// kindFlags choose items besides.
type kindFlags struct {
	Kind []string `help:"只管这几种：今天、百问、故事、听。" placeholder:"KIND,…"`
}

// The commands; what they do is store.ReviewQuestions and store.ReviewItems.
type (
	bankSignCmd    struct{ reviewFlags }
	bankApproveCmd struct{ reviewFlags }
	bankRetireCmd  struct{ reviewFlags }
	bankReopenCmd  struct{ reviewFlags }

	contentSignCmd struct {
		reviewFlags
		kindFlags
	}
	contentApproveCmd struct {
		reviewFlags
		kindFlags
	}
	contentRetireCmd struct {
		reviewFlags
		kindFlags
	}
	contentReopenCmd struct {
		reviewFlags
		kindFlags
	}
)

// Run is the command.
func (c *bankSignCmd) Run(a *app) error { return c.run(a, content.Sign, nil) }

// Run is the command.
func (c *bankApproveCmd) Run(a *app) error { return c.run(a, content.Approve, nil) }

// Run is the command.
func (c *bankRetireCmd) Run(a *app) error { return c.run(a, content.Retire, nil) }

// Run is the command.
func (c *bankReopenCmd) Run(a *app) error { return c.run(a, content.Reopen, nil) }

// Run is the command.
func (c *contentSignCmd) Run(a *app) error { return c.run(a, content.Sign, &c.kindFlags) }

// Run is the command.
func (c *contentApproveCmd) Run(a *app) error { return c.run(a, content.Approve, &c.kindFlags) }

// Run is the command.
func (c *contentRetireCmd) Run(a *app) error { return c.run(a, content.Retire, &c.kindFlags) }

// Run is the command.
func (c *contentReopenCmd) Run(a *app) error { return c.run(a, content.Reopen, &c.kindFlags) }

// manyReviewed is from how many changes on an act wants to be confirmed.
const manyReviewed = 50

var actWords = map[content.Act]string{content.Sign: "审过", content.Approve: "批准", content.Retire: "停用", content.Reopen: "退回草稿"}

// run looks first and writes then; kinds is nil for questions.
func (c *reviewFlags) run(a *app, act content.Act, kinds *kindFlags) (err error) {
	filter, err := c.filter(kinds)
	if err != nil {
		return err
	}
	hand := content.Hand{By: strings.TrimSpace(c.By), Signatures: a.signatures()}
	if err := hand.Check(); err != nil {
		return usagef("--by：%w", err)
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if hand.At, err = d.handTime(a); err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(loadGrowth)) // a whole bank passes through memory
	do, unit := d.ReviewQuestions, "道"
	if kinds != nil {
		do, unit = d.ReviewItems, "条"
	}
	request := store.ReviewRequest{Act: act, Hand: hand, Filter: filter, DryRun: true}
	lines, missing, err := do(a.ctx, request)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return usagef("--id：没有这些编号：%s。什么也没有写。", some(missing))
	}
	changes := a.printReview(act, hand, lines, unit)
	switch {
	case changes == 0:
		fmt.Fprintln(a.out, "\n没有要改的，什么也没有写。")
		return nil
	case c.DryRun:
		fmt.Fprintln(a.out, "\n这是试运行，什么也没有写。")
		return nil
	case changes > manyReviewed && !c.Yes && !(act == content.Approve && c.Starter):
		return usagef("要改的有 %d %s，什么也没有写。看过上面，确认无误就加 --yes 再运行一次。", changes, unit)
	}
	request.DryRun = false
	a.step(changes, "正在写入")
	if _, _, err := do(a.ctx, request); err != nil {
		return fmt.Errorf("不知道有没有写成，请再运行一次（写过的不会重复）：%w", err)
	}
	fmt.Fprintf(a.out, "\n已写入，署名 %s。正在运行的 serve 马上就会用上；今天的题要是已经出好，就不再变。\n", content.Plain(hand.By))
	return nil
}

// filter reads the conditions.
func (c *reviewFlags) filter(kinds *kindFlags) (f content.Filter, err error) {
	f = content.Filter{All: c.All, IDs: c.ID, Categories: c.Category, Starter: c.Starter}
	for _, word := range c.State {
		s, ok := content.StateOf(word)
		if !ok {
			return f, usagef("--state：没有“%s”这种状态，请写 草稿、已审、已批准 或 停用", content.Quoted(word))
		}
		f.States = append(f.States, s)
	}
	if kinds != nil {
		for _, word := range kinds.Kind {
			k, ok := content.KindOf(word)
			if !ok {
				return f, usagef("--kind：没有“%s”这一种，请写 今天、百问、故事 或 听", content.Quoted(word))
			}
			f.Kinds = append(f.Kinds, k)
		}
	}
	if f.Empty() {
		return f, usagef("请写明管哪些：--id 编号、--state 草稿、--category 分类、--starter（自带的内容）或 --all（全部）；几样一起写，就只管都符合的")
	}
	return f, nil
}

// printReview says what an act does, by counts, and gives how many it changes.
func (a *app) printReview(act content.Act, h content.Hand, lines []store.ReviewLine, unit string) (changes int) {
	counts := map[string]int{}
	var order []string
	var before, after int
	count := func(key string) {
		if counts[key]++; counts[key] == 1 {
			order = append(order, key)
		}
	}
	for _, l := range lines {
		switch l.Verdict {
		case content.Moved:
			changes++
			count(l.From.Word() + " → " + l.To.Word())
		case content.Noted: // only who reviews in the console writes remarks
		case content.Signed:
			changes++
			count(l.From.Word() + "，加签名")
		case content.Idle:
			count(l.From.Word() + "，不用改")
		case content.Twice:
			count("还差一个人：" + content.Plain(h.By) + "已签过名，要另一个人批准")
		case content.Barred:
			count(l.From.Word() + "，不能" + actWords[act])
		}
		before += number(l.WasLive)
		after += number(l.Live)
	}
	fmt.Fprintf(a.out, "%s：选中 %d %s，要改 %d %s。\n", actWords[act], len(lines), unit, changes, unit)
	slices.Sort(order)
	var rows [][]string
	for _, key := range order {
		rows = append(rows, []string{"  " + key, strconv.Itoa(counts[key])})
	}
	printTable(a.out, rows)
	fmt.Fprintf(a.out, "其中学员用得到的：现在 %d %s，以后 %d %s。\n", before, unit, after, unit)
	if act == content.Approve && after < len(lines) && h.Signatures > 1 {
		fmt.Fprintf(a.out, "批准要 %d 个不同的人签名（设置 review）。\n", h.Signatures)
	}
	return changes
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// handTime is when a hand writes: by the product's clock, to the second.
func (d *data) handTime(a *app) (time.Time, error) {
	now, err := d.now(a.ctx)
	return now.UTC().Truncate(time.Second), err
}

// systemUser is who runs the command, where nobody is named.
func systemUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "（无名）"
}
