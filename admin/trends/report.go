package trends

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/admin/report"
	"dangshi/quiz"
)

type reportView struct {
	Report report.Report
	Body   template.HTML
	PDF    string // its address; "": who looks may not take files away
}

// query asks for the report of a period.
func query(p report.Period) string {
	if p.Kind == report.Quarter {
		return "quarter=" + p.Key()
	}
	return "month=" + p.Key()
}

// period is the month or the quarter that is asked for.
func period(v *frame.Visit) (report.Period, error) {
	for name, kind := range map[string]report.Kind{"month": report.Month, "quarter": report.Quarter} {
		if p, ok := report.ParsePeriod(v.R.FormValue(name)); ok && p.Kind == kind {
			return p, nil
		}
	}
	return report.Period{}, frame.NotFound("请写出是哪个月（2026-11）或哪个季度（2026Q4）的报告。")
}

func (p *Pages) gather(v *frame.Visit) (r report.Report, when report.Period, err error) {
	if when, err = period(v); err != nil {
		return r, when, err
	}
	r, err = report.Gather(v.Context(), p.data, when, quiz.DayOf(v.Now))
	switch {
	case errors.Is(err, report.ErrNotCounted):
		err = frame.NotFound("这个赛季还没有统计。请在“趋势”里点“现在统计”，再来看报告。")
	case errors.Is(err, report.ErrNoSeason), errors.Is(err, report.ErrNotBegun):
		err = frame.NotFound(err.Error() + "。")
	}
	return r, when, err
}

// report shows the report as a page.
func (p *Pages) report(v *frame.Visit) error {
	r, when, err := p.gather(v)
	if err != nil {
		return err
	}
	x := reportView{Report: r}
	if v.May(account.Export) {
		x.PDF = Path + "/report.pdf?" + query(when)
	}
	if x.Body, err = r.HTML(); err != nil {
		return err
	}
	return v.Show("report.html", r.Title, x)
}

// pdf hands the report out as a file. It is drawn whole before a byte of it leaves: an
// error must still be told as one.
func (p *Pages) pdf(v *frame.Visit) error {
	r, _, err := p.gather(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := report.WritePDF(&b, r, p.data.Font(), v.Now); err != nil {
		var cannot report.CannotDraw
		if errors.As(err, &cannot) {
			return frame.Refusal{Status: http.StatusUnprocessableEntity, Text: "画不成 PDF：" + cannot.Error() + "。可以先用“打印”另存为 PDF。"}
		}
		return err
	}
	v.File(r.Title + ".pdf")
	v.W.Header().Set("Content-Type", "application/pdf")
	_, err = v.W.Write(b.Bytes())
	return err
}
