package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// bankStatsCmd tells how each question did in a season.
type bankStatsCmd struct {
	Season string `help:"赛季，例如 2026；不设则为当前赛季。" placeholder:"ID"`
	Format string `help:"table、csv 或 xlsx。" enum:"table,csv,xlsx" default:"table" placeholder:"FORMAT"`
	Output string `short:"o" help:"写到文件；不设则写到标准输出。" placeholder:"FILE"`
}

// Run is the command.
func (c *bankStatsCmd) Run(a *app) error {
	if c.Format != "table" { // which may have any name
		if err := checkFormat(c.Output, c.Format, c.Format); err != nil {
			return err
		}
	}
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		stats, err := d.QuestionStats(a.ctx, season, store.StatisticsOptions{Progress: a.every("已看 %d 人……\n"), Damaged: a.damaged})
		if err != nil {
			return err
		}
		write := map[string]func(io.Writer, []quiz.QuestionStats) error{
			"table": printStats, "csv": writeStatsCSV, "xlsx": writeStatsXLSX,
		}[c.Format]
		if err := writeOutput(c.Output, a.out, func(w io.Writer) error { return write(w, stats) }); err != nil {
			return err
		}
		fmt.Fprintf(a.errs, "赛季 %s：出过 %d 道题，要看一看的排在前面。\n", season.ID, len(stats))
		return nil
	})
}

var suspicionWords = map[quiz.Suspicion]string{
	quiz.Backwards:  "答案可能有误（成绩低的反而答对得多）",
	quiz.Outvoted:   "选别的选项的人更多",
	quiz.TooHard:    "太难",
	quiz.TooEasy:    "太容易",
	quiz.Unobserved: "答的人太少",
}

// statsRow is one line of the statistics; a figure that is not known is nil.
type statsRow struct {
	q                                *quiz.QuestionStats
	facility, discrimination, median *float64
}

func rowOf(q *quiz.QuestionStats) statsRow {
	known := func(v float64, ok bool) *float64 {
		if !ok {
			return nil
		}
		return &v
	}
	return statsRow{q, known(q.Facility()), known(q.Discrimination()), known(q.Median())}
}

// notes are the suspicions in words.
func (r statsRow) notes() string {
	var words []string
	if r.q.Void {
		words = append(words, "已作废")
	}
	for _, s := range r.q.Suspicions() {
		words = append(words, suspicionWords[s])
	}
	return strings.Join(words, "；")
}

// key is the key that is told.
func (r statsRow) key() string {
	return content.Plain(quiz.AsFrozen(r.q.Question).KeyText(r.q.Question))
}

// option is how often option i was chosen, empty where there is none.
func (r statsRow) option(i int) string {
	if r.q.Question.Type == content.Blank || i >= len(r.q.Question.Choices()) {
		return ""
	}
	return strconv.Itoa(r.q.Options[i])
}

func fixedText(v *float64, format string) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf(format, *v)
}

func percentText(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%.1f%%", 100**v)
}

// printStats writes what fits a terminal; the stem closes the line.
func printStats(w io.Writer, stats []quiz.QuestionStats) error {
	rows := [][]string{{"编号", "版", "出过", "答题", "正确率", "区分度", "中位秒", "答案", "各选项", ""}}
	for i := range stats {
		r := rowOf(&stats[i])
		q := r.q.Question
		var options []string
		for k := range q.Choices() {
			options = append(options, fmt.Sprintf("%c%s", 'A'+k, r.option(k)))
		}
		rows = append(rows, []string{
			q.ID, strconv.Itoa(q.Revision), strconv.Itoa(r.q.Papers), strconv.Itoa(r.q.Answers), percentText(r.facility),
			fixedText(r.discrimination, "%.2f"), fixedText(r.median, "%.0f"), clipped(r.key(), 12), strings.Join(options, " "), "",
		})
	}
	if len(stats) == 0 {
		_, err := fmt.Fprintln(w, "这个赛季还没有出过题。")
		return err
	}
	var table strings.Builder
	printTable(&table, rows)
	at := 0
	for line := range strings.Lines(table.String()) {
		if at > 0 {
			r := rowOf(&stats[at-1])
			line = strings.TrimRight(line, "\n") + "  " + clipped(content.Plain(r.q.Question.Stem), 40)
			if notes := r.notes(); notes != "" {
				line += "  ← " + notes
			}
			line += "\n"
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
		at++
	}
	return nil
}

var statsColumns = []string{"编号", "版本", "题型", "题干", "答案", "出过几次", "答题人次", "答对人次", "正确率", "区分度", "用时中位数（秒）", "选A", "选B", "选C", "选D", "选E", "选F", "选G", "选H", "要看一看的原因"}

// writeStatsCSV writes UTF-8 with a byte order mark, by which Excel knows it.
func writeStatsCSV(w io.Writer, stats []quiz.QuestionStats) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(statsColumns); err != nil {
		return err
	}
	for i := range stats {
		r := rowOf(&stats[i])
		q := r.q.Question
		cells := []string{
			content.Harmless(q.ID), strconv.Itoa(q.Revision), q.Type.Word(), content.Harmless(q.Stem), content.Harmless(r.key()), strconv.Itoa(r.q.Papers),
			strconv.Itoa(r.q.Answers), strconv.Itoa(r.q.Right), percentText(r.facility), fixedText(r.discrimination, "%.3f"), fixedText(r.median, "%.1f"),
		}
		for k := range content.MaxOptions {
			cells = append(cells, r.option(k))
		}
		if err := out.Write(append(cells, r.notes())); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// writeStatsXLSX writes one sheet with a frozen head and numbers as numbers.
func writeStatsXLSX(w io.Writer, stats []quiz.QuestionStats) error {
	f := excelize.NewFile()
	defer f.Close()
	const sheet = "题目统计"
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F4D9D0"}}})
	if err != nil {
		return err
	}
	percent, decimals := "0.0%", "0.00"
	share, err := f.NewStyle(&excelize.Style{CustomNumFmt: &percent})
	if err != nil {
		return err
	}
	two, err := f.NewStyle(&excelize.Style{CustomNumFmt: &decimals})
	if err != nil {
		return err
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i := range statsColumns {
		width := map[int]float64{0: 18, 3: 60, 4: 14, 10: 16, len(statsColumns) - 1: 44}[i]
		if err := out.SetColWidth(i+1, i+1, max(width, 9)); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(statsColumns))
	for i, name := range statsColumns {
		head[i] = excelize.Cell{StyleID: bold, Value: name}
	}
	if err := out.SetRow("A1", head); err != nil {
		return err
	}
	for i := range stats {
		if err := out.SetRow("A"+strconv.Itoa(i+2), rowOf(&stats[i]).cells(share, two)); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

// cells is a row of the sheet, with the styles of a share and of decimals.
func (r statsRow) cells(share, decimals int) []any {
	styled := func(v *float64, style int) any {
		if v == nil {
			return nil
		}
		return excelize.Cell{StyleID: style, Value: *v}
	}
	q := r.q.Question
	row := []any{
		content.Harmless(q.ID), q.Revision, q.Type.Word(), content.Harmless(q.Stem), content.Harmless(r.key()), r.q.Papers, r.q.Answers, r.q.Right,
		styled(r.facility, share), styled(r.discrimination, decimals), styled(r.median, decimals),
	}
	for k := range content.MaxOptions {
		var n any
		if r.option(k) != "" {
			n = r.q.Options[k]
		}
		row = append(row, n)
	}
	return append(row, r.notes())
}
