package banks

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/content/files"
	"dangshi/content/workbook"
	"dangshi/quiz"
)

// formats are those in which questions are taken away, with what browsers are told.
var formats = map[string]string{
	"xlsx":  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"csv":   "text/csv; charset=utf-8",
	"jsonl": "application/x-ndjson; charset=utf-8",
}

// export gives the questions that the list shows, all of them, as a file that can be
// loaded again. Who has neither Export nor Edit gets none.
func (b *Banks) export(v *frame.Visit) error {
	if !mayTake(v) {
		return frame.Refusal{Status: http.StatusForbidden, Text: "您的账号（" + v.Who.Role.Word() + "）不能把题库导出成文件，请找管理员。"}
	}
	format := v.R.URL.Query().Get("format")
	kind, ok := formats[format]
	if !ok {
		return frame.Bad("没有这种格式，请选 XLSX、CSV 或 JSONL。")
	}
	all, err := b.index.all(v.Context())
	if err != nil {
		return err
	}
	kept, _, err := b.statistics(v.Context(), quiz.DayOf(v.Now))
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, r := range filterOf(v.R.URL.Query()).choose(all, figuresOf(kept)) {
		wanted[r.ID] = true
	}
	bank, err := b.data.Questions(v.Context())
	if err != nil {
		return err
	}
	var chosen []content.Question
	for _, q := range bank {
		if wanted[q.ID] {
			chosen = append(chosen, q)
		}
	}
	return attach(v, "题库-"+v.Now.In(quiz.Zone).Format("20060102"), "bank."+format, kind, func(w io.Writer) error {
		_, err := files.Write(w, format, chosen)
		return err
	})
}

func (b *Banks) template(v *frame.Visit) error {
	return attach(v, "题库模板", "template.xlsx", formats["xlsx"], workbook.WriteTemplate)
}

// attach answers with a file. It is made whole first: half a file looks like one.
func attach(v *frame.Visit, name, plain, kind string, write func(io.Writer) error) error {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return err
	}
	ending := plain[bytes.LastIndexByte([]byte(plain), '.'):]
	h := v.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, url.PathEscape(name+ending)))
	h.Set("Content-Length", fmt.Sprint(out.Len()))
	_, _ = v.W.Write(out.Bytes()) // who has gone needs no file
	return nil
}
