package board

import (
	"io"
	"strconv"

	"dangshi/content"
	"dangshi/quiz"
)

// shownLot is how many characters of a lot tell members apart.
const shownLot = 12

// WriteHonoursCSV writes the honours list of a closed season as a table for people, with
// names: for use inside the organisation.
func WriteHonoursCSV(w io.Writer, awards []quiz.Award, branches *quiz.Branches) error {
	columns := []string{"名次", "姓名", "支部", "积分", "完成天数", "最长连续天数", "编号", "抽签", "证书编号", "备注"}
	h := Head{Branches: branches}
	return writeCSV(w, columns, func(put func([]string) error) error {
		for _, a := range awards {
			if err := put(h.honoured(a)); err != nil {
				return err
			}
		}
		return nil
	})
}

// honoured are the cells of an award.
func (h Head) honoured(a quiz.Award) []string {
	note, lot := "", ""
	switch {
	case a.Honour.Revoked != nil:
		note = "已撤销：" + a.Honour.Revoked.Reason
	case a.Erased:
		note = "已注销"
	}
	if a.Honour.Lot != "" {
		lot = "并列，签 " + a.Honour.Lot[:shownLot] + "…"
	}
	return []string{
		strconv.Itoa(a.Honour.Place), content.Harmless(a.Name), h.branch(a.Branch), quiz.Score(a.Honour.Points), strconv.Itoa(a.Honour.Days),
		strconv.Itoa(a.Honour.Longest), a.Honour.Pseudonym, lot, a.Code, content.Harmless(note),
	}
}
