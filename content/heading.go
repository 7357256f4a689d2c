package content

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Fields of a table that no JSON object has: one column for each option, and
// columns that are of no use here.
const (
	optionColumn  = "option " // and its letter
	unusedColumn  = "-"
	fieldOptions  = "options"
	headingSearch = 10 // rows in which the headings are looked for: a title may stand above them
)

// questionHeadings are the usual names of the columns of a bank; the first is
// the one that is written.
var questionHeadings = map[string][]string{
	"id":         {"编号", "题目编号", "试题编号", "题号", "id"},
	"type":       {"题型", "类型", "题目类型", "试题类型", "type"},
	"stem":       {"题干", "题目", "问题", "试题", "题目内容", "试题内容", "stem", "question"},
	fieldOptions: {"选项", "备选项", "备选答案", "选项内容", "options", "choices"},
	"answer":     {"答案", "正确答案", "标准答案", "参考答案", "正确选项", "answer", "key"},
	"explain":    {"解析", "答案解析", "试题解析", "题目解析", "解释", "详解", "explain", "explanation", "analysis"},
	"category":   {"分类", "类别", "知识点", "category"},
	"difficulty": {"难度", "难度等级", "难易度", "difficulty", "level"},
	"source":     {"来源", "出处", "source"},
	"url":        {"链接", "网址", "来源链接", "来源网址", "url", "link"},
	"grade":      {"来源等级", "grade"},
	"state":      {"状态", "审核状态", "state", "status"},
	"day":        {"日期", "所属日期", "day", "date"},
	"revision":   {"修订", "修订号", "revision"},
}

// itemHeadings are those of items.
var itemHeadings = map[string][]string{
	"id":          {"编号", "条目编号", "id"},
	"kind":        {"种类", "类型", "栏目", "kind", "type"},
	"series":      {"系列", "系列名称", "专栏", "专辑", "series", "album"},
	"episode":     {"集数", "第几集", "集", "期数", "第几期", "episode"},
	"date":        {"日期", "推送日期", "播出日期", "date", "day"},
	"year":        {"年份", "年", "事件年份", "year"},
	"category":    {"分类", "类别", "category"},
	"title":       {"标题", "题目", "title"},
	"text":        {"正文", "内容", "文字", "text", "body", "content"},
	"source":      {"来源", "出处", "source"},
	"url":         {"链接", "网址", "来源链接", "来源网址", "url", "link"},
	"grade":       {"来源等级", "grade"},
	"picture":     {"图片", "图片链接", "图片网址", "配图", "picture", "image"},
	"audio":       {"音频", "音频链接", "音频网址", "audio"},
	"question_id": {"题目编号", "试题编号", "question_id"},
	"state":       {"状态", "审核状态", "state", "status"},
	"revision":    {"修订", "修订号", "revision"},
}

// unusedHeadings are columns that other programs write and nothing here needs.
var unusedHeadings = []string{"序号", "备注", "分值", "分数", "得分", "出题人", "审核人", "创建时间", "修改时间", "更新时间", "no", "remark", "remarks", "score"}

// heading brings the name of a column to the form in which names are compared:
// what stands in brackets, such as （必填）, is no part of it.
func heading(s string) string {
	s = plainCell(s)
	if i := strings.IndexAny(s, "(（[【"); i > 0 {
		s = s[:i]
	}
	return Normalise(s)
}

// lookup gives the field of each heading.
func lookup(headings map[string][]string) map[string]string {
	fields := map[string]string{}
	for field, names := range headings {
		for _, name := range names {
			fields[heading(name)] = field
		}
	}
	for _, name := range unusedHeadings {
		fields[heading(name)] = unusedColumn
	}
	if headings[fieldOptions] == nil {
		return fields
	}
	for i := range MaxOptions {
		for _, form := range []string{"%[1]s", "选项%[1]s", "%[1]s选项", "option%[1]s", "选项%[2]d", "option%[2]d"} {
			fields[heading(fmt.Sprintf(form, letter(i), i+1))] = optionColumn + letter(i)
		}
	}
	return fields
}

// schema is what the columns of one kind of table may be called.
type schema struct {
	names  map[string][]string // field → its names
	fields map[string]string   // heading → field
	need   []string            // fields that no table can do without
	tables bool                // it is never written as lines of JSON
}

var (
	questionSchema = sync.OnceValue(func() *schema {
		return &schema{questionHeadings, lookup(questionHeadings), []string{"stem", "answer"}, false}
	})
	itemSchema = sync.OnceValue(func() *schema {
		return &schema{itemHeadings, lookup(itemHeadings), []string{"title", "text"}, false}
	})
)

// table says what the columns of a table hold.
type table struct {
	*schema
	columns  []string          // of each column: a field, optionColumn+letter, unusedColumn, or "" for one without heading
	headings map[string]string // field → heading as the file has it, or as it should
	at       map[string]int    // field → column
}

// readHead takes a row for the headings; known is how many columns it knows.
func (s *schema) readHead(cells []string) (t *table, known int) {
	t = &table{schema: s, headings: map[string]string{}, at: map[string]int{}}
	for field := range s.names {
		t.headings[field] = s.names[field][0]
	}
	for i, cell := range cells {
		field := s.fields[heading(cell)]
		switch name := plainCell(cell); {
		case name == "":
			field = ""
		case strings.HasPrefix(name, "#"):
			field = unusedColumn
		}
		t.columns = append(t.columns, field)
		if field == "" || field == unusedColumn {
			continue
		}
		known++
		if _, twice := t.at[field]; !twice {
			t.at[field] = i
			t.headings[field] = shown(plainCell(cell))
		}
	}
	return t, known
}

// faults says what is wrong with the headings themselves.
func (t *table) faults(cells []string) (faults []Fault) {
	for _, field := range t.need {
		if _, ok := t.at[field]; !ok {
			faults = append(faults, Fault{Field: t.names[field][0], Problem: fmt.Sprintf("缺少这一列，请加上列名为“%s”的一列", t.names[field][0])})
		}
	}
	_, inOne := t.at[fieldOptions]
	for i, cell := range cells {
		name := shown(plainCell(cell))
		switch field := t.columns[i]; {
		case name == "" || field == unusedColumn:
		case field == "":
			faults = append(faults, Fault{Field: name, Problem: "不认识这一列，" + t.advise(cell)})
		case t.at[field] != i:
			faults = append(faults, Fault{Field: name, Problem: fmt.Sprintf("和“%s”这一列说的是同一件事，请删去一列", t.headings[field])})
		case inOne && strings.HasPrefix(field, optionColumn):
			faults = append(faults, Fault{Field: name, Problem: fmt.Sprintf("选项已经都写在“%s”这一列，请删去其中一种", t.headings[fieldOptions])})
		}
	}
	return faults
}

// advise says what an unknown heading may have been meant to be.
func (t *table) advise(cell string) string {
	var known []string
	for _, names := range t.names {
		known = append(known, names...)
	}
	slices.Sort(known)
	if near := nearest(heading(cell), known); near != "" {
		return fmt.Sprintf("是不是想写“%s”？", near)
	}
	return "请改成认得的列名；用不着就删去，或在列名前加 #"
}

// Placed gives faults of an entry their place in the file, with the heading of
// the column for the field.
func (e Entry[T]) Placed(faults []Fault) []Fault {
	headings := itemHeadings
	if _, ok := any(e.Value).(Question); ok {
		headings = questionHeadings
	}
	placed := make([]Fault, len(faults))
	for i, f := range faults {
		f.File, f.Row = e.File, e.Row
		if names := headings[f.Field]; names != nil {
			f.Field = names[0]
		}
		placed[i] = f
	}
	return placed
}
