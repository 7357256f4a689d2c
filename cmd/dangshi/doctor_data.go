package main

import (
	"errors"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// open finds the data, as a running serve has them or as they were left, and says
// whether they last.
func (c *checkup) open() {
	if c.RedisURL != "" && store.CheckURL(c.RedisURL) != nil {
		c.why = "DANGSHI_REDIS_URL 写得不对" // which the settings' own line explains
		return
	}
	if c.RedisURL != "" && !c.redis() {
		return
	}
	const about = "数据"
	url, embedded, err := c.address(c.ctx)
	if err == nil {
		c.data = &data{embedded: embedded}
		c.data.Store, err = store.Open(c.ctx, store.Options{URL: url, Existing: true, Wait: c.RedisWait, Damaged: c.damaged.add})
	}
	var inUse *store.InUseError
	switch {
	case err == nil:
	case errors.Is(err, store.ErrNoData):
		c.why = "还没有数据"
		if last := c.lastBackup(); last != "" {
			c.say(wrong, about, "这里没有数据，却有以前的备份（%s）：多半是 Redis 被清空或换了。先别启动 serve，在运行的请停下，用 restore 恢复以后再启动；确实要从头开始，就把备份移走。", last)
			break
		}
		c.say(unseen, about, "这里还没有数据；第一次运行 serve 时建立，并放入自带的内容。")
	case errors.As(err, &inUse):
		c.why = "数据目录正被占用"
		c.say(wrong, about, "%v，而它不接受查询。等那个命令结束再检查；结束不了就先停掉它。", err)
	default:
		c.why = "数据打不开"
		c.say(wrong, about, "打不开：%v。改好以前 serve 不能启动。", err)
	}
	if err != nil {
		if c.data != nil {
			_ = c.data.Close() // nothing was written: there is nothing to lose
		}
		c.data = nil
	}
	if c.RedisURL == "" {
		c.embedded(embedded == nil && c.data != nil)
	}
}

// redis looks whether the server is reached and keeps what it confirms.
func (c *checkup) redis() (reached bool) {
	const about = "Redis"
	warning, err := store.DurabilityOf(c.ctx, c.RedisURL)
	if err != nil {
		c.why = "连不上 Redis"
		c.say(wrong, about, "%v。请看它是否在运行、DANGSHI_REDIS_URL 是否写对；连不上时学员答不了题。", err)
		return false
	}
	for line := range strings.Lines(warning) {
		if line = strings.TrimSpace(line); strings.HasSuffix(line, store.DurabilityUnknown) {
			c.say(doubt, about, "%s。", line)
		} else {
			c.say(losing, about, "%s。", line)
		}
	}
	if warning == "" {
		c.say(fine, about, "连得上，写入的数据会保存到磁盘。")
	}
	return true
}

// embedded says what the embedded store is for.
func (c *checkup) embedded(running bool) {
	g, by := fine, ""
	if c.real() {
		g = doubt
	}
	if running {
		by = "（正由运行中的 serve 使用）"
	}
	c.say(g, "内置存储", "数据目录是 %s%s。它适合试用和单个支部，断电时会丢最后几秒的答题；人多请用 Redis，设置 DANGSHI_REDIS_URL。", c.Data, by)
}

// kind is about data and settings that belong to different accounts.
func (c *checkup) kind() {
	const about = "沙盒与真实"
	if !c.needData(about) {
		return
	}
	if c.data.Sandbox() == !c.real() {
		c.say(fine, about, "数据和设置都属于%s。", accountWord(c.real()))
		return
	}
	todo := "接入真实公众号要另用一个 DANGSHI_DATA 目录或 Redis 数据库，题库可先 bank export 再 bank load"
	if !c.real() {
		todo = "请检查公众号的凭据（DANGSHI_WECHAT_APPID、DANGSHI_WECHAT_TOKEN）是否设了、DANGSHI_SANDBOX 是否误设；要试用请另用一个 DANGSHI_DATA 目录"
	}
	c.say(wrong, about, "数据属于%s，设置却是%s的，serve 会拒绝启动。%s。", accountWord(!c.real()), accountWord(c.real()), todo)
}

// season is about the settings of seasons that have begun.
func (c *checkup) season() {
	const about = "赛季"
	if !c.needStock(about) {
		return
	}
	begun, err := c.data.Seasons(c.ctx)
	if err != nil {
		c.unread(about, err)
		return
	}
	before := len(c.findings)
	faults, err := c.misdated(c.ctx, c.data)
	if err != nil {
		c.unread(about, err)
		return
	}
	for _, err := range faults {
		c.say(wrong, about, "%v。改好以前 serve 不能启动。", err)
	}
	c.waitingSeason(about)
	season, ok := c.file.Seasons.At(c.stock.today)
	if !ok {
		c.say(doubt, about, "今天（%s）不在任何赛季里，答题不进排行榜。请看 %s 的 seasons。", c.stock.today, c.Config)
	} else if terms, ok := begun[season.ID]; ok && terms.Weights != c.weights() {
		c.say(doubt, about, "赛季 %s 开始时权重是 %d 和 %d，到结束都不变；设置里的 %d 和 %d 从下个赛季起才用。",
			season.ID, terms.Weights.Finish, terms.Weights.Correct, c.weights().Finish, c.weights().Correct)
	}
	if len(c.findings) == before {
		c.say(fine, about, "现在是赛季 %s，%s 到 %s。", season.ID, season.From, season.To)
	}
}

// waitingSeason says that a season is over and not closed.
func (c *checkup) waitingSeason(about string) {
	now, err := c.data.now(c.ctx)
	waiting := ""
	if err == nil {
		waiting, err = c.unclosed(c.ctx, c.data, now)
	}
	if err != nil {
		c.unread(about, err)
	} else if waiting != "" {
		c.say(doubt, about, "赛季 %s 已经结束，还没有结赛。请在管理台的“排行”里结赛，或先用 season commit 公布散列，再用 season close，见 docs/season.md。", waiting)
	}
}

// library reads it, and is about entries that cannot be read: members do without
// them.
func (c *checkup) library() {
	const about = "题库和条目"
	if !c.needData(about) {
		return
	}
	now, err := c.data.now(c.ctx)
	found := &stock{today: quiz.DayOf(now)}
	if err == nil {
		found.questions, err = c.data.Questions(c.ctx)
	}
	if err == nil {
		found.items, err = c.data.Items(c.ctx)
	}
	if err == nil {
		found.library, err = libraryNow(c.ctx, c.data.Store)
	}
	if err != nil {
		c.unread(about, err)
		return
	}
	c.stock = found
	if damaged := c.damaged.all(); len(damaged) > 0 {
		c.say(wrong, about, "有 %d 条已损坏，学员看不到：%s。请从自己的文件重新载入它们。", len(damaged), some(damaged))
		return
	}
	c.say(fine, about, "都读得出。")
}

// maxNamed is how many names a line of the report holds.
const maxNamed = 40

// some are the first of the names.
func some(names []string) string {
	if more := len(names) - maxNamed; more > 0 {
		return strings.Join(names[:maxNamed], "、") + "等"
	}
	return strings.Join(names, "、")
}

// bank is about its size: questions come again too soon where it is too small.
func (c *checkup) bank() {
	const about = "题库"
	if !c.needStock(about) {
		return
	}
	approved := len(c.stock.library.Questions())
	waiting := 0
	for _, q := range c.stock.questions {
		if q.State == content.Draft || q.State == content.Reviewed {
			waiting++
		}
	}
	switch want := c.Questions * int(quiz.RepeatAfter); {
	case approved == 0 && waiting >= c.Questions: // being prepared, as a push that is off
		c.say(doubt, about, "还没有已批准的题，学员发“答题”会收到“题目还在准备”；有 %d 道等着审核，审好后用 bank approve 批准。", waiting)
	case approved < c.Questions:
		c.say(wrong, about, "已批准的题只有 %d 道，一份题要 %d 道。审核后用 bank approve 批准；没有题，请先用 bank load 载入。", approved, c.Questions)
	case approved < want:
		c.say(doubt, about, "已批准的题有 %d 道，要 %d 天内不重复（每天 %d 道）需要 %d 道，还差 %d 道。请用 bank load 补充。", approved, quiz.RepeatAfter, c.Questions, want, want-approved)
	default:
		c.say(fine, about, "已批准 %d 道，%d 天内不会重复。", approved, quiz.RepeatAfter)
	}
}

// starter is about the pack with which an installation begins.
func (c *checkup) starter() {
	const about = "自带的内容"
	if !c.needStock(about) {
		return
	}
	items, questions, err := c.data.Unreviewed(c.ctx)
	switch {
	case err != nil:
		c.unread(about, err)
	case items+questions == 0:
		c.say(fine, about, "都审过了。")
	case c.data.Sandbox():
		c.say(fine, about, "还有 %d 条条目、%d 道题没有审核，沙盒里照用；正式使用以前请审核：%s", items, questions, approveStarter)
	default:
		c.say(doubt, about, "还有 %d 条条目、%d 道题没有审核：新放入的不会发给学员，以前就在用的照旧。%s", items, questions, approveStarter)
	}
}

// daysAhead is for how many days from today items should be there; of the first
// soon ones it is told what members get instead.
const (
	daysAhead = 30
	soon      = 7
)

// calendar names the coming days without an item, and what would be sent on those
// that are near.
func (c *checkup) calendar() {
	const about = "党史上的今天"
	if !c.needStock(about) {
		return
	}
	var near, later []string
	nothing := false
	for _, g := range quiz.Gaps(c.stock.library, c.stock.items, c.stock.today, daysAhead) {
		date := g.Day.String()
		if g.Waits {
			date += "（有草稿）"
		}
		if g.Day >= c.stock.today+soon {
			later = append(later, date)
			continue
		}
		if g.Any {
			date += "（将改发“" + content.CutSentence(content.Plain(g.Instead.Title), maxTitle) + "”）"
		}
		nothing = nothing || !g.Any
		near = append(near, date)
	}
	const todo = "请用 content load 补上；有草稿的审核后用 content approve 批准"
	switch {
	case len(near)+len(later) == daysAhead:
		c.say(doubt, about, "今后 %d 天都没有已批准的条目。%s。", daysAhead, todo)
		return
	case nothing:
		c.say(doubt, about, "%d 天内有 %d 天没有已批准的条目：%s；也没有百问、小故事可以代替，那天什么也不会推送。%s。", soon, len(near), some(near), todo)
	case len(near) > 0:
		c.say(doubt, about, "%d 天内有 %d 天没有已批准的条目：%s。%s。", soon, len(near), some(near), todo)
	}
	switch {
	case len(later) > 0:
		c.say(doubt, about, "此后到第 %d 天还有 %d 天没有已批准的条目：%s。%s。", daysAhead, len(later), some(later), todo)
	case len(near) == 0:
		c.say(fine, about, "今后 %d 天都有已批准的条目。", daysAhead)
	}
}

// maxTitle bounds a title in a line of the report, in bytes.
const maxTitle = 60
