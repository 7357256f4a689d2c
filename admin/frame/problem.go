package frame

import (
	"context"
	"errors"
	"net/http"

	"dangshi/quiz"
)

// Handler answers a route by who visits. Errors become pages that say what to do;
// what is not meant for people goes to the log alone.
func (f *Frame) Handler(at *Section, route Route) func(*Visit) {
	return func(v *Visit) {
		if !v.May(route.Right) {
			v.problem(http.StatusForbidden, "您的账号（"+v.Who.Role.Word()+"）没有这一项权限，请找管理员。")
			return
		}
		if err := route.Do(v); err != nil {
			v.Fail(route.Pattern, err)
		}
	}
}

// Fail answers with an error.
func (v *Visit) Fail(pattern string, err error) {
	var refusal Refusal
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &refusal):
		v.problem(refusal.Status, refusal.Text)
	case errors.As(err, &tooLong):
		v.problem(http.StatusRequestEntityTooLarge, "送来的内容太大了，请分几次。")
	case errors.Is(err, quiz.ErrConflict):
		v.problem(http.StatusConflict, "刚才别人也改了这一项，您的没有写入。请回到上一页刷新，再改一次。")
	case errors.Is(err, quiz.ErrUnknown):
		v.frame.logger.Error("console: outcome unknown", "route", pattern, "error", err)
		v.problem(http.StatusServiceUnavailable, "不知道写成了没有：数据库在这一刻断开了。请回到上一页刷新，看一看再做。")
	case errors.Is(err, quiz.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		v.frame.logger.Error("console: the data cannot be reached", "route", pattern, "error", err)
		v.problem(http.StatusServiceUnavailable, "现在读不到数据，什么也没有改。请过一分钟再试；一直这样，请技术人员运行 dangshi doctor。")
	case errors.Is(err, context.Canceled):
	default:
		v.frame.logger.Error("console", "route", pattern, "error", err)
		v.problem(http.StatusInternalServerError, "这一页出了错，已经记入日志。请技术人员看一看。")
	}
}

// trouble is why something was not done, and where to go on.
type trouble struct {
	Text       string
	Path, Name string // the first page of the section; empty: none
}

func (v *Visit) problem(status int, text string) {
	x := trouble{Text: text}
	if at := v.at; at != nil && at.Name != "" && at.Path != "/admin/" && v.May(at.Right) {
		x.Path, x.Name = at.Path, at.Name
	}
	t := v.frame.problems["problem.html"]
	if err := v.show(status, t, "没有做成", x); err != nil {
		v.frame.logger.Error("console: the page of a problem", "error", err)
		http.Error(v.W, text, status)
	}
}
