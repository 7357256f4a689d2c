package content

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of fields, in characters where nothing else is said.
const (
	MaxID       = 64 // of A-Z a-z 0-9 . _ -
	MaxTitle    = 60
	MaxSeries   = 20
	MaxEpisode  = 9999
	MaxCategory = 20
	MaxSource   = 200
	MaxURL      = 500 // bytes
	MaxExplain  = 2000
	MaxLevel    = 5  // of difficulty
	MaxAccept   = 20 // accepted answers of a blank
	MaxWord     = 30 // of an accepted answer, after Normalise
	MinOptions  = 2
	FirstYear   = 1800
	LastYear    = 2100
	maxRevision = 1_000_000
)

// Check says what is wrong with the question, all of it: it is empty for a
// question that can be asked. Each fault names a field by its JSON name; file
// and row are for the reader to fill in.
func (q Question) Check() []Fault {
	var c checker
	c.id("id", q.ID, true)
	c.text("stem", q.Stem, 0, required)
	c.text("explain", q.Explain, MaxExplain, 0)
	c.origin(q.Category, q.Source, q.URL, q.Grade)
	c.state(q.State)
	if q.Difficulty < 0 || q.Difficulty > MaxLevel {
		c.add("difficulty", "难度是 %d，请填 1（易）到 %d（难），不分难易填 0 或不填", q.Difficulty, MaxLevel)
	}
	c.date("day", q.Day)
	c.revision(q.Revision)
	before := len(c.faults)
	switch q.Type {
	case Single, Multiple:
		c.options(q.Options)
		c.letters(q)
	case Judge:
		c.judge(q)
	case Blank:
		c.blank(q)
	case "":
		c.add("type", "缺少题型，请填 single（单选）、multiple（多选）、judge（判断）或 blank（填空）")
	default:
		c.add("type", "没有“%s”这种题型，请填 single（单选）、multiple（多选）、judge（判断）或 blank（填空）", shown(string(q.Type)))
	}
	if n := q.Size(); n > MaxQuestionSize && len(c.faults) == before {
		c.add("stem", "题干和选项连同链接共 %d 字节，一条微信消息里最多放 %d 字节，请缩短约 %d 个汉字",
			n, MaxQuestionSize, (n-MaxQuestionSize+2)/3)
	}
	return c.faults
}

// Check says what is wrong with the item, all of it; see Question.Check.
func (it Item) Check() []Fault {
	var c checker
	c.id("id", it.ID, true)
	switch {
	case it.Kind == "":
		c.add("kind", "缺少种类，请填 today（党史上的今天）、qa（百问）、story（故事）或 audio（听）")
	case !it.Kind.Valid():
		c.add("kind", "没有“%s”这个种类，请填 today（党史上的今天）、qa（百问）、story（故事）或 audio（听）", shown(string(it.Kind)))
	case it.Kind == Today && it.Date == "":
		c.add("date", "“党史上的今天”要有日期，每年的写成 07-01，只在某一年的写成 2026-07-01")
	case it.Kind != Today && it.Date != "" && it.Series == "":
		c.add("date", "只有“今天”和系列的一集才有日期，请删去日期，或改种类")
	case it.Kind != Today && it.Date != "" && len(it.Date) != len(time.DateOnly):
		c.add("date", "这一集从哪一天起播出，请写明年份，例如 2026-07-01")
	}
	c.date("date", it.Date)
	c.series(it)
	if it.Year != 0 && (it.Year < FirstYear || it.Year > LastYear) {
		c.add("year", "年份是 %d，请填 %d 到 %d 之间的公历年份，不知道就不填", it.Year, FirstYear, LastYear)
	}
	c.text("title", it.Title, MaxTitle, required)
	c.text("text", it.Text, 0, required|paragraphs)
	c.origin(it.Category, it.Source, it.URL, it.Grade)
	c.media("picture", it.Picture)
	c.media("audio", it.Audio)
	c.id("question_id", it.Question, false)
	c.state(it.State)
	c.revision(it.Revision)
	if n := it.Size(); n > MaxItemSize {
		c.add("text", "标题、正文和来源共 %d 字节，一条微信消息里最多放 %d 字节，请缩短约 %d 个汉字",
			n, MaxItemSize, (n-MaxItemSize+2)/3)
	}
	return c.faults
}

// checker collects faults; each method checks one field.
type checker struct{ faults []Fault }

func (c *checker) add(field, problem string, args ...any) {
	c.faults = append(c.faults, Fault{Field: field, Problem: fmt.Sprintf(problem, args...)})
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func (c *checker) id(field, id string, need bool) {
	switch {
	case id == "" && need:
		c.add(field, "缺少编号，请给一个不重复的编号，例如 bank-001")
	case id == "": // it may be left out
	case !idForm.MatchString(id) || strings.Trim(id, ".") == "":
		c.add(field, "编号“%s”不合要求，请用 1 到 %d 个英文字母、数字、点、下划线或连字符", shown(id), MaxID)
	}
}

type textRule uint8

const (
	required   textRule = 1 << iota
	paragraphs          // line breaks are allowed
)

// text checks a text of at most limit characters; 0: its bound is another one.
func (c *checker) text(field, s string, limit int, rule textRule) {
	if strings.TrimSpace(s) == "" {
		if rule&required != 0 {
			c.add(field, "缺少内容，请填写")
		}
		return
	}
	if n := utf8.RuneCountInString(s); limit > 0 && n > limit {
		c.add(field, "有 %d 个字，最多 %d 个，请缩短", n, limit)
	}
	c.signs(field, s, rule&paragraphs != 0)
}

// signs refuses what nobody can see and what a wrong conversion left behind.
func (c *checker) signs(field, s string, breaks bool) {
	if !utf8.ValidString(s) {
		c.add(field, "不是有效的 UTF-8 文字，请把文件另存为 UTF-8 编码")
		return
	}
	for _, r := range s {
		switch {
		case r == '\n' && breaks:
		case r == '\n' || r == '\r':
			c.add(field, "含有换行，请写成一行")
			return
		case r == utf8.RuneError:
			c.add(field, "含有无法辨认的字“�”，可能是编码转换出错，请对照原文改正")
			return
		case hidden(r):
			c.add(field, "含有看不见的控制字符（U+%04X），请删去后重新输入这一处", r)
			return
		}
	}
}

func (c *checker) origin(category, source, address string, grade Grade) {
	c.text("category", category, MaxCategory, 0)
	c.text("source", source, MaxSource, 0)
	if address != "" && !webAddress(address) {
		c.add("url", "网址“%s”不合要求，请填以 http:// 或 https:// 开头、不超过 %d 字节的完整网址，没有就不填", shown(address), MaxURL)
	}
	if grade != "" && grade != Official && grade != Secondary {
		c.add("grade", "没有“%s”这个来源等级，请填 official（权威来源）或 secondary（有待核对），不知道就不填", shown(string(grade)))
	}
}

// media checks the address of what WeChat fetches or plays: it takes no http.
func (c *checker) media(field, address string) {
	if address != "" && !uploaded(field, address) && (!webAddress(address) || !strings.HasPrefix(address, "https://")) {
		c.add(field, "网址“%s”不合要求，请填以 https:// 开头、不超过 %d 字节的完整网址，没有就不填", shown(address), MaxURL)
	}
}

func webAddress(s string) bool {
	if len(s) > MaxURL || strings.ContainsAny(s, " <>\"'\\") || visible(s) != s || strings.Contains(s, "\n") {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

func (c *checker) state(s State) {
	switch {
	case s == "":
		c.add("state", "缺少审核状态，请填 draft、reviewed、approved 或 retired")
	case !s.Valid():
		c.add("state", "没有“%s”这个审核状态，请填 draft（草稿）、reviewed（已审）、approved（已批准）或 retired（停用）", shown(string(s)))
	}
}

func (c *checker) revision(n int) {
	if n < 0 || n > maxRevision {
		c.add("revision", "修订号是 %d，请删去 revision，系统会自己编号", n)
	}
}

// date checks MM-DD, for which 02-29 exists, or YYYY-MM-DD.
func (c *checker) date(field, s string) {
	full := s
	switch len(s) {
	case 0:
		return
	case len("01-02"):
		full = "2000-" + s // a leap year
	}
	t, err := time.Parse(time.DateOnly, full)
	switch {
	case err != nil:
		c.add(field, "没有“%s”这一天，请写成 07-01（每年）或 2026-07-01（只在那一年）", shown(s))
	case t.Year() < 2000 || t.Year() > LastYear:
		c.add(field, "“%s”是推送的日期，不是事件的日期；每年都用请写成 %s", s, t.Format("01-02"))
	}
}

// shown shortens and cleans what a file says so that it can be quoted to its
// editor, who must recognise it: unlike Plain it leaves signs as they are.
func shown(s string) string {
	s = strings.TrimSpace(foldLines(visible(s)))
	if len(s) > 60 {
		return s[:boundary(s, 60)] + ellipsis
	}
	return s
}
