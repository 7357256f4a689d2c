package workbook

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"dangshi/content"
)

// templateRows is how far down the drop-downs reach.
const templateRows = 5000

// templateColumns are those that an administrator fills in; the others of
// content.QuestionColumns are found in exports.
var templateColumns = []string{"编号", "题型", "题干", "选项A", "选项B", "选项C", "选项D", "选项E", "选项F", "答案", "解析", "分类", "难度", "来源", "链接", "状态", "日期"}

// choices are the drop-downs by column.
func choices() map[string][]string {
	return map[string][]string{
		"题型": {content.Single.Word(), content.Multiple.Word(), content.Judge.Word(), content.Blank.Word()},
		"状态": {content.Draft.Word(), content.Reviewed.Word(), content.Approved.Word(), content.Retired.Word()},
		"难度": {"1", "2", "3", "4", "5"},
	}
}

// examples are one question of each type. They are drafts: left in by mistake,
// they reach nobody.
var examples = []map[string]string{
	{"题型": "单选", "题干": "中国共产党第一次全国代表大会在哪一年召开？", "选项A": "1919年", "选项B": "1921年", "选项C": "1927年", "选项D": "1949年",
		"答案": "B", "解析": "1921年7月，中共一大在上海开幕。", "分类": "党史", "难度": "1", "状态": "草稿", "日期": "07-01"},
	{"题型": "多选", "题干": "中共一大先后在哪些地方举行？", "选项A": "上海", "选项B": "北京", "选项C": "嘉兴", "选项D": "广州",
		"答案": "AC", "解析": "会议在上海开幕，最后一天转到浙江嘉兴南湖的一条游船上。", "分类": "党史", "难度": "2", "状态": "草稿"},
	{"题型": "判断", "题干": "中华人民共和国于1949年10月1日成立。", "答案": "对", "分类": "党史", "难度": "1", "状态": "草稿"},
	{"题型": "填空", "题干": "红军长征胜利结束于____年。", "答案": "1936|1936年", "解析": "1936年10月，红军三大主力在甘肃会宁、宁夏将台堡会师。", "分类": "党史", "难度": "2", "状态": "草稿"},
}

var notes = [][2]string{
	{"怎么用", "在“题库”这张表里一行写一道题，第一行的列名不要改。示例可以删，也可以留：它们是草稿，不会发给学员。写好后先用 bank load --dry-run 检查，再用 bank load 载入。"},
	{"编号", "可以不填，系统会按题目内容给一个。要以后修改这道题，请先用 bank export 导出，编号不变就是同一道题。"},
	{"题型", "单选、多选、判断、填空。"},
	{"题干", "写成一行。填空题用“____”标出要填的地方，一道题只填一处。题干和选项从不截断，太长会在载入时说明。"},
	{"选项", "单选和多选写 2 到 8 个（需要时自己加“选项G”“选项H”两列），不用再写字母。判断和填空不写选项。"},
	{"答案", "单选写一个字母，例如 B；多选写几个字母，例如 ACD；判断写 对 或 错；填空写可以算对的词，几种写法用 | 分开，例如 1936|1936年。"},
	{"解析", "答完以后显示，一两句话最好。"},
	{"分类、难度", "分类随意；难度从 1（易）到 5（难），可以不填。"},
	{"来源、链接", "题目出自哪里；链接要以 http:// 或 https:// 开头。"},
	{"状态", "草稿、已审、已批准、停用。只有“已批准”的会发给学员；不填算草稿。"},
	{"日期", "这道题属于哪一天的“党史上的今天”，写成 07-01；不属于哪一天就不填。"},
	{"分几张表", "可以。每张有列名的表都会载入；隐藏的表不会。"},
	{"公式和图片", "只读文字。公式读它保存时的结果，图片和超链接不读。"},
}

// WriteTemplate writes a workbook to be filled in: a sheet with drop-downs and
// examples, and one that explains each column. It can be loaded as it is.
func WriteTemplate(w io.Writer) error {
	f, l, err := newBook(BankSheet)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := fillTemplate(f, l); err != nil {
		return fmt.Errorf("write the template: %w", err)
	}
	if err := writeNotes(f, l); err != nil {
		return fmt.Errorf("write the notes of the template: %w", err)
	}
	return f.Write(w)
}

func fillTemplate(f *excelize.File, l looks) error {
	last, err := excelize.ColumnNumberToName(len(templateColumns))
	if err != nil {
		return err
	}
	// Every cell is text before it is filled in: 07-01 would become a date.
	if err := f.SetColStyle(BankSheet, "A:"+last, l.text); err != nil {
		return err
	}
	for i, name := range templateColumns {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(BankSheet, column, column, columnWidth(name)); err != nil {
			return err
		}
		if err := f.SetCellStr(BankSheet, column+"1", name); err != nil {
			return err
		}
		for row, example := range examples {
			if text := example[name]; text != "" {
				if err := f.SetCellStr(BankSheet, column+strconv.Itoa(row+2), text); err != nil {
					return err
				}
			}
		}
		if err := dropDown(f, column, name); err != nil {
			return err
		}
	}
	if err := f.SetCellStyle(BankSheet, "A1", last+"1", l.head); err != nil {
		return err
	}
	if err := f.SetCellStyle(BankSheet, "A2", last+strconv.Itoa(len(examples)+1), l.text); err != nil {
		return err
	}
	return f.SetPanes(BankSheet, &frozenHead)
}

func dropDown(f *excelize.File, column, name string) error {
	words := choices()[name]
	if words == nil {
		return nil
	}
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(fmt.Sprintf("%[1]s2:%[1]s%[2]d", column, templateRows))
	if err := dv.SetDropList(words); err != nil {
		return err
	}
	// Pasted text is checked when it is loaded; here nobody is stopped.
	dv.SetError(excelize.DataValidationErrorStyleWarning, name, "请从下拉列表里选一个。")
	return f.AddDataValidation(BankSheet, dv)
}

func writeNotes(f *excelize.File, l looks) error {
	if _, err := f.NewSheet(NotesSheet); err != nil {
		return err
	}
	if err := f.SetColWidth(NotesSheet, "A", "A", 14); err != nil {
		return err
	}
	if err := f.SetColWidth(NotesSheet, "B", "B", 90); err != nil {
		return err
	}
	for i, note := range notes {
		at := strconv.Itoa(i + 1)
		if err := f.SetSheetRow(NotesSheet, "A"+at, &[]any{note[0], note[1]}); err != nil {
			return err
		}
	}
	return f.SetCellStyle(NotesSheet, "A1", "B"+strconv.Itoa(len(notes)), l.text)
}
