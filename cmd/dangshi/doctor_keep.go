package main

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dangshi/bot/setup"
	"dangshi/store"
)

// Of what keeps the data, and of what is left undone.

// Below these a disk is nearly full: the first is a few saves of the embedded store
// or one backup of a district.
const (
	diskFull   = 200 << 20
	diskNarrow = 1 << 30
)

// disk is about the one of the data folder, on which the embedded store and backups
// lie.
func (c *checkup) disk() {
	const about = "磁盘"
	dir := c.Data
	for { // the folder may not be there yet
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	space := c.space
	if space == nil {
		space = diskSpace
	}
	free, _, ok := space(dir)
	if !ok {
		c.say(unseen, about, "没有检查：看不到 %s 所在的磁盘还有多少空间。", c.Data)
		return
	}
	g, text := diskFinding(free, c.RedisURL == "")
	c.say(g, about, "%s", text)
}

// diskFinding judges so many free bytes; embedded says that the answers lie there.
func diskFinding(free uint64, embedded bool) (grade, string) {
	const todo = "请删去不用的文件，或把 DANGSHI_DATA 换到大一些的磁盘"
	harm, g := "备份写不下", doubt
	if embedded {
		harm, g = "答题记录存不下，重启就丢", losing
	}
	switch megabytes := free >> 20; {
	case free < diskFull:
		return g, fmt.Sprintf("数据目录所在的磁盘只剩 %d MB，快要满了；满了以后%s。%s。", megabytes, harm, todo)
	case free < diskNarrow:
		return doubt, fmt.Sprintf("数据目录所在的磁盘只剩 %d MB；满了以后%s。%s。", megabytes, harm, todo)
	}
	return fine, "数据目录所在的磁盘还有空间。"
}

// From these parts of a machine's memory on there is little left for Redis: when it
// saves its files it needs more for a while.
const (
	memoryFull   = 0.9
	memoryNarrow = 0.75
)

// memory is about the one of Redis, where it has no limit: Durability looks at one.
func (c *checkup) memory() {
	const about = "Redis 的内存"
	if c.RedisURL == "" || c.data == nil {
		return
	}
	nodes, err := c.data.Memory(c.ctx)
	if err != nil {
		c.unread(about, err)
		return
	}
	before := len(c.findings)
	for _, n := range nodes {
		if g, text := memoryFinding(n); g != fine {
			c.say(g, about, "%s", text)
		}
	}
	if len(nodes) > 0 && len(c.findings) == before {
		c.say(fine, about, "还有余地。")
	}
}

func memoryFinding(n store.NodeMemory) (grade, string) {
	share := n.Used / n.Here
	text := fmt.Sprintf("%s 已用 %.0f MB，是机器内存的 %.0f%%；用完时系统会结束 Redis，没存下的答题就丢了。请给机器加内存，设好 maxmemory，或换大一些的机器；用集群可以分到几台。", n.Addr, n.Used/(1<<20), share*100)
	switch {
	case share >= memoryFull:
		return losing, text
	case share >= memoryNarrow:
		return doubt, text
	}
	return fine, ""
}

// A clock that is off by this much is worth a word, and one by the second lets
// messages pass for stale ones: WeChat's signatures hold for ten minutes.
const (
	clockAdrift = 30 * time.Second
	clockFatal  = 5 * time.Minute
)

// clocks are about this machine's clock beside those of Redis and of WeChat.
func (c *checkup) clocks() {
	const about = "时钟"
	before := len(c.findings)
	looked := false
	judge := func(whose string, ahead time.Duration) {
		looked = true
		if g, text := clockFinding(whose, ahead); g != fine {
			c.say(g, about, "%s", text)
		}
	}
	if c.data != nil && c.RedisURL != "" {
		ahead, err := c.data.ClockAhead(c.ctx)
		if err != nil {
			c.unread(about, err)
			return
		}
		judge("Redis", ahead)
	}
	if c.api != nil {
		if ahead, ok := c.apiClock(); ok {
			judge("微信", ahead)
		}
	}
	if looked && len(c.findings) == before {
		c.say(fine, about, "和别的机器的一致。")
	}
}

func clockFinding(whose string, ahead time.Duration) (grade, string) {
	word := "慢"
	if ahead < 0 {
		word = "快"
	}
	text := fmt.Sprintf("本机的时钟比%s的%s %v。%%s请打开时间同步（timedatectl set-ntp true）。", whose, word, ahead.Abs().Round(time.Second))
	switch off := ahead.Abs(); {
	case off >= clockFatal && whose == "微信":
		return wrong, fmt.Sprintf(text, "差到十分钟，微信的消息会被当作过期的拒绝，学员收不到回答；推送和每天的卷子也会错时。")
	case off >= clockAdrift:
		return doubt, fmt.Sprintf(text, "推送、提醒和每天的卷子会错时。")
	}
	return fine, ""
}

// apiClock is by how much WeChat's clock is ahead, as its answers say, to the second.
func (c *checkup) apiClock() (time.Duration, bool) {
	base := c.WechatAPI
	if base == "" {
		base = "https://api.weixin.qq.com"
	}
	req, err := http.NewRequestWithContext(c.ctx, http.MethodHead, base, nil)
	if err != nil {
		return 0, false
	}
	resp, err := setup.NewVisitor(visitPatience).Do(req)
	if err != nil {
		return 0, false
	}
	resp.Body.Close()
	at, err := http.ParseTime(resp.Header.Get("Date"))
	return time.Until(at), err == nil
}

// undone is about what was begun: a process is at it, or it stands still until serve
// takes it over, or it waits for the operator.
func (c *checkup) undone() {
	const about = "没做完的事"
	if !c.needData(about) {
		return
	}
	before := len(c.findings)
	if err := errors.Join(c.replays(about), c.moves(about)); err != nil {
		c.unread(about, err)
	} else if len(c.findings) == before {
		c.say(fine, about, "没有。")
	}
}

// replays is about corrections, voided days and closes, on which points wait.
func (c *checkup) replays(about string) error {
	begun := map[string]string{} // in words, by turn
	left, ok, err := c.data.Staged(c.ctx)
	if err != nil {
		return err
	}
	if ok {
		begun[regradeTurn] = stagedText(left) + map[bool]string{false: "（bank regrade）", true: "（season void）"}[left.Void != nil]
	}
	closing, err := c.data.Closing(c.ctx)
	if err != nil {
		return err
	}
	if len(closing) > 0 {
		begun[closeTurn] = "赛季 " + strings.Join(closing, "、") + " 的结赛（season close）"
	}
	for _, turn := range slices.Sorted(maps.Keys(begun)) {
		who, since, going, err := c.data.Claimant(c.ctx, turn)
		switch {
		case err != nil:
			return err
		case going:
			c.say(doubt, about, "%s正在做，由进程 %s，从 %s 起；成绩和名次要等它做完。", begun[turn], who, clockText(since.Unix()))
		default:
			c.say(doubt, about, "%s做到一半停着，没有进程在做；成绩和名次要等它做完。运行着的 serve 半分钟内会接着做（出过错的，隔五分钟再试，原因在日志里）；没有 serve 就启动它，或再运行一次那条命令。", begun[turn])
		}
	}
	return nil
}

// moves is about openids that are being moved.
func (c *checkup) moves(about string) error {
	moving, err := c.data.Rekeying(c.ctx)
	if moving {
		c.say(doubt, about, "搬 openid（member rekey）正在进行，或中途断了；没搬的学员看不到自己的成绩。断了的，请用同一份表格再运行一次。")
	}
	return err
}

// mostRead bounds how many members are read; more take longer than anyone waits.
const mostRead = 100_000

// members are about records and logs that cannot be read.
func (c *checkup) members() {
	const about = "学员的记录"
	if !c.needStock(about) {
		return
	}
	season, _ := c.file.Seasons.At(c.stock.today)
	d, err := c.data.Damage(c.ctx, season, c.most)
	part := ""
	if !d.All {
		part = fmt.Sprintf("（看了 %d 人）", d.Read)
	}
	switch {
	case err != nil:
		c.unread(about, err)
	case d.Damaged > 0:
		c.say(losing, about, "有 %d 人的记录已损坏%s：他们答不了题，也不在榜上。先用 backup 备份现状，用 board verify 看是谁，再从好的备份恢复。", d.Damaged, part)
	default:
		c.say(fine, about, "都读得出%s。", part)
	}
}
