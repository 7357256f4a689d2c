package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"dangshi/content"
	"dangshi/content/files"
	"dangshi/content/workbook"
)

// bankLoadCmd loads questions.
type bankLoadCmd struct{ loadFlags }

// Run is the command.
func (c *bankLoadCmd) Run(a *app) error {
	return c.load(a, fileKind{files.ReadQuestions, files.ReadItems, "这是条目文件，不是题库，请用 content load 载入"})
}

// bankListCmd counts the questions of the bank.
type bankListCmd struct {
	All bool `help:"列出每一道题的编号、题型、状态和题干。"`
}

// Run is the command.
func (c *bankListCmd) Run(a *app) error {
	return a.withBank(func(bank []content.Question) error {
		if c.All {
			listQuestions(a.out, bank)
			return nil
		}
		fmt.Fprintf(a.out, "题库共 %d 道。只有已批准的会发给学员。\n", len(bank))
		count := func(title string, name func(content.Question) string, order []string) {
			fmt.Fprintf(a.out, "\n%s\n", title)
			printCounts(a.out, bank, name, order)
		}
		count("状态", func(q content.Question) string { return q.State.Word() }, []string{content.Approved.Word(), content.Reviewed.Word(), content.Draft.Word(), content.Retired.Word()})
		count("题型", func(q content.Question) string { return q.Type.Word() }, []string{content.Single.Word(), content.Multiple.Word(), content.Judge.Word(), content.Blank.Word()})
		count("分类", func(q content.Question) string { return cmp.Or(q.Category, "（没有写）") }, nil)
		count("难度", difficultyName, nil)
		return nil
	})
}

func difficultyName(q content.Question) string {
	if q.Difficulty == 0 {
		return "（没有写）"
	}
	return strconv.Itoa(q.Difficulty)
}

// printCounts counts the bank by name; names in order come first, the others by
// number.
func printCounts(out io.Writer, bank []content.Question, name func(content.Question) string, order []string) {
	counts := map[string]int{}
	for _, q := range bank {
		counts[name(q)]++
	}
	var names []string
	for n := range counts {
		if !slices.Contains(order, n) {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	var rows [][]string
	for _, n := range append(slices.Clone(order), names...) {
		rows = append(rows, []string{"  " + n, strconv.Itoa(counts[n])})
	}
	printTable(out, rows)
}

// stemWidth is how much of a stem a list shows, in cells of a terminal.
const stemWidth = 60

func listQuestions(out io.Writer, bank []content.Question) {
	idWidth := 0
	for _, q := range bank {
		idWidth = max(idWidth, cells(q.ID))
	}
	for _, q := range bank {
		fmt.Fprintf(out, "%s  %s  %s  %s\n", padded(q.ID, idWidth, false), padded(q.Type.Word(), 4, false), padded(q.State.Word(), 6, false),
			clipped(content.Plain(q.Stem), stemWidth))
	}
}

// withBank reads the bank.
func (a *app) withBank(do func([]content.Question) error) (err error) {
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	bank, err := d.Questions(a.ctx)
	if err != nil {
		return err
	}
	return do(bank)
}

// bankExportCmd writes the bank to a file that bank load reads again.
type bankExportCmd struct {
	Format string `help:"jsonl、csv、xlsx、txt（纯文本）、gift（Moodle）或 aiken（只放得下单选题）。" enum:"jsonl,csv,xlsx,txt,gift,aiken" default:"jsonl" placeholder:"FORMAT"`
	Output string `short:"o" help:"写到文件；不设则写到标准输出。" placeholder:"FILE"`
}

// Run is the command.
func (c *bankExportCmd) Run(a *app) error {
	if err := checkFormat(c.Output, c.Format, files.Formats()[c.Format]...); err != nil {
		return err
	}
	return a.withBank(func(bank []content.Question) error {
		a.step(len(bank), "正在导出")
		var left []content.Question
		err := writeOutput(c.Output, a.out, func(w io.Writer) (err error) {
			left, err = files.Write(w, c.Format, bank)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.errs, "导出 %d 道题。\n", len(bank)-len(left))
		list(a.errs, fmt.Sprintf("这种格式放不下、没有导出的 %d 道", len(left)), leftOut(left))
		return nil
	})
}

// bankTemplateCmd writes a workbook to be filled in.
type bankTemplateCmd struct {
	Output string `short:"o" help:"写到文件；不设则写到标准输出。" placeholder:"FILE"`
}

// Run is the command.
func (c *bankTemplateCmd) Run(a *app) error {
	if err := checkFormat(c.Output, "xlsx", "xlsx"); err != nil {
		return err
	}
	if err := writeOutput(c.Output, a.out, workbook.WriteTemplate); err != nil {
		return err
	}
	fmt.Fprintln(a.errs, "写好了题库模板。用 Excel 或 WPS 打开“题库”这张表填写，每一列的说明在“说明”这张表里。")
	return nil
}

// leftOut names the questions that a format cannot hold.
func leftOut(left []content.Question) (lines []string) {
	for _, q := range left {
		lines = append(lines, fmt.Sprintf("%s  %s  %s", q.ID, q.Type.Word(), clipped(content.Plain(q.Stem), stemWidth)))
	}
	return lines
}
