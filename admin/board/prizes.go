package board

import (
	"fmt"
	"io"
	"strconv"

	"dangshi/content"
	"dangshi/quiz"
)

// Prizes heads the list by which prizes are handed out: it names people, and is
// for those alone who hand them out.
type Prizes struct {
	Head
	By, Why string
}

func (p Prizes) columns() []string {
	columns := []string{"名次", "姓名", "支部", "怎样联系", "编号"}
	if p.OpenID {
		columns = append(columns, "openid")
	}
	return columns
}

// reach says how the person is found: what the installation knows of them is the
// branch, and the name that they gave.
func (r Row) reach() string {
	switch {
	case r.Revoked:
		return "荣誉已撤销，不发奖"
	case r.Erased:
		return "本人已注销，查不到是谁；名次保留，不递补"
	case r.Name == "" && r.Branch == "":
		return "没有登记姓名和支部。在公众号里发通知，请本人发“绑定 姓名 支部”；领奖时请本人发“我的”，核对回执号（member find 回执号）"
	case r.Name == "":
		return "没有登记姓名。请支部通知，由本人发“绑定 姓名 支部”；领奖时请本人发“我的”，核对回执号（member find 回执号）"
	case r.Branch == "":
		return "按姓名联系，没有登记支部。领奖时请本人发“我的”，核对回执号（member find 回执号）"
	}
	return "由支部通知本人"
}

func (p Prizes) cells(r Row) []string {
	cells := []string{strconv.Itoa(r.Place), r.name(), p.branch(r.Branch), r.reach(), r.Pseudonym}
	if p.OpenID {
		cells = append(cells, content.Harmless(r.ID))
	}
	return cells
}

// WritePrizesCSV writes the list as a table.
func WritePrizesCSV(w io.Writer, p Prizes, rows []Row) error {
	return writeCSV(w, p.columns(), func(put func([]string) error) error {
		for _, r := range rows {
			if err := put(p.cells(r)); err != nil {
				return err
			}
		}
		return nil
	})
}

// WritePrizesXLSX writes the list as a workbook, with a sheet that says what it is
// for.
func WritePrizesXLSX(w io.Writer, p Prizes, rows []Row) error {
	b, err := newBook()
	if err != nil {
		return err
	}
	defer b.file.Close()
	list := &sheets{book: b, name: "颁奖名单" + p.Season.ID, columns: p.columns(), widths: []float64{7, 12, 28, 60, 14, 34}, perSheet: sheetRows}
	if err := list.begin(); err != nil {
		return err
	}
	for _, r := range rows {
		cells := p.cells(r)
		row := make([]any, len(cells))
		for i, text := range cells {
			row[i] = text
		}
		row[0] = r.Place
		if err := list.put(row); err != nil {
			return err
		}
	}
	if err := list.out.Flush(); err != nil {
		return err
	}
	if err := b.notes(noteSheet, p.notes()); err != nil {
		return err
	}
	return b.file.Write(w)
}

func (p Prizes) notes() [][2]string {
	given := fmt.Sprintf("%s 由 %s 导出，事由：%s。导出已记入操作记录。", p.At.In(quiz.Zone).Format("2006-01-02 15:04"), p.By, p.Why)
	return [][2]string{
		{"赛季", p.season()},
		{"这份名单", given},
		{"保密", "名单上有姓名，只给颁奖的人用，用完请删除；对外公布请用 board export 里的编号。"},
		{"没有姓名的", "可以用 member show 编号 查看这名学员的记录，但记录里没有别的联系办法；冒领的，请核对回执号。"},
	}
}
