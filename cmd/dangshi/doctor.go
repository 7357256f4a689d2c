package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dangshi/bot/wechat"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/web/certificate"
)

// doctorTimeout bounds the whole examination; its parts have limits of their own.
const doctorTimeout = time.Minute

// doctorCmd says what is wrong with this installation and what to do about it.
type doctorCmd struct{}

// grade says how much a finding matters; the worst comes first.
type grade int

const (
	losing grade = iota // data are lost, or would be
	wrong               // something does not work
	doubt               // it works, and could do harm or be better
	unseen              // it was not looked at
	fine
)

func (g grade) String() string { return [...]string{"✘", "✘", "⚠", "–", "✔"}[g] }

// finding is one line of the report.
type finding struct {
	grade grade
	about string
	text  string // what was found, and what to do
}

// checkup is one examination. It looks only: nothing is started, begun, seeded or
// sent, and nothing stays behind.
type checkup struct {
	*app
	data     *data   // nil: there are none, or they cannot be opened
	why      string  // then why, for what would need them
	stock    *stock  // what is in the library; nil: it could not be read
	damaged  damages // entries of it that cannot be read
	findings []finding
	most     int // how many members are read

	api *wechat.API // with credentials that work; nil: they do not, or were not looked at
}

// stock is what members can get, at the time of the product.
type stock struct {
	items     []content.Item
	questions []content.Question
	library   *content.Library // what is in use of them
	today     quiz.Day
}

func (c *checkup) say(g grade, about, format string, args ...any) {
	for i := range args {
		if err, ok := args[i].(error); ok {
			args[i] = plainly(err)
		}
	}
	lines := strings.FieldsFunc(fmt.Sprintf(format, args...), func(r rune) bool { return r == '\n' })
	c.findings = append(c.findings, finding{g, about, strings.Join(lines, "；")})
}

// Run is the command. It fails where there is an error.
func (d *doctorCmd) Run(a *app) (err error) {
	ctx, cancel := context.WithTimeout(a.ctx, doctorTimeout)
	defer cancel()
	patient := *a
	patient.ctx = ctx
	c := &checkup{app: &patient, most: mostRead}
	defer func() { err = errors.Join(err, c.end()) }()
	c.examine()
	if a.ctx.Err() != nil {
		return fmt.Errorf("检查没有做完：%w", a.ctx.Err())
	}
	return c.report()
}

// examine looks at everything; the findings come with the worst first. end must
// follow.
func (c *checkup) examine() {
	c.open()
	for _, look := range []func(){ // of two of one grade the first does more harm
		c.disk, c.memory, c.kind, c.replicas, c.library, c.members, c.undone, c.season, c.backups, c.settings, c.safeMode, c.account, c.clocks, c.rights, c.outside, c.console, c.installed,
		c.words, c.certificate, c.bank, c.starter, c.calendar, c.push, c.links, c.signIn,
	} {
		if c.ctx.Err() == nil {
			look()
		}
	}
	slices.SortStableFunc(c.findings, func(a, b finding) int { return cmp.Compare(a.grade, b.grade) })
}

// end lets go of what examine has opened.
func (c *checkup) end() (err error) {
	if c.api != nil {
		c.api.Close()
	}
	if c.data != nil {
		err = c.data.Close()
	}
	return err
}

// report prints all findings.
func (c *checkup) report() error {
	var counts [fine + 1]int
	for _, f := range c.findings {
		counts[f.grade]++
		fmt.Fprintf(c.out, "%s %s：%s\n", f.grade, f.about, f.text)
	}
	fmt.Fprintf(c.out, "\n%s 错误 %d，%s 提醒 %d，%s 没有检查 %d，%s 正常 %d。\n", wrong, counts[losing]+counts[wrong], doubt, counts[doubt], unseen, counts[unseen], fine, counts[fine])
	c.steps()
	if n := counts[losing] + counts[wrong]; n > 0 {
		most := ""
		if counts[losing] > 0 {
			most = fmt.Sprintf("，其中前 %d 处会丢数据", counts[losing])
		}
		return fmt.Errorf("有 %d 处要先改好%s，见上面标 %s 的各行", n, most, wrong)
	}
	return nil
}

// needData reports whether there are data to look at, and says why not.
func (c *checkup) needData(about string) bool {
	if c.data == nil {
		c.say(unseen, about, "没有检查：%s。", c.why)
	}
	return c.data != nil
}

// needStock reports whether the library was read, and says why not.
func (c *checkup) needStock(about string) bool {
	if c.stock == nil && c.needData(about) {
		c.say(unseen, about, "没有检查：题库和条目读不到。")
	}
	return c.stock != nil
}

// needSettings reports whether the settings can be used, and says why not.
func (c *checkup) needSettings(about string) bool {
	if c.misfits != nil {
		c.say(unseen, about, "没有检查：请先改好设置。")
	}
	return c.misfits == nil
}

// unread says that something could not be read.
func (c *checkup) unread(about string, err error) {
	c.say(wrong, about, "读不到：%v。请看 Redis 是否正常，再检查一次。", err)
}

// certificate is about what certificates are drawn with.
func (c *checkup) certificate() {
	const about = "证书"
	if !c.needSettings(about) {
		return
	}
	m, err := certificate.New(certificate.Config{Font: c.Font, Wording: c.file.Certificate})
	if err == nil {
		err = errors.Join(m.Check(), m.Close())
	}
	switch {
	case err != nil:
		c.say(doubt, about, "画不出来：%v。", err)
	case c.file.Certificate.Organisation == "":
		c.say(fine, about, "可以画；颁发单位还没有设，发证书以前请写在 %s 的 certificate 里。", c.Config)
	default:
		c.say(fine, about, "可以画，颁发单位是%s。", c.file.Certificate.Organisation)
	}
}

// words are about the organisation's own words.
func (c *checkup) words() {
	const about = "话术"
	switch _, err := c.wording(); {
	case err != nil:
		c.say(wrong, about, "%v。改好以前 serve 不能启动。", err)
	case c.Wording == "":
		c.say(fine, about, "用的是自带的。")
	default:
		c.say(fine, about, "%s 可以用。", c.Wording)
	}
}
