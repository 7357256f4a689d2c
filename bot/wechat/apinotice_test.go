package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestNoticeAndArticle: what is written on the wire.
func TestNoticeAndArticle(t *testing.T) {
	const path = "/cgi-bin/message/subscribe/bizsend"
	bodies := map[string]string{}
	keep := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			bodies[r.URL.Path] = string(body)
			io.WriteString(w, answer)
		}
	}
	a := newAPI(t, answers(t, map[string]http.HandlerFunc{
		path: keep(`{"errcode":0,"errmsg":"ok"}`), pathMass: keep(`{"errcode":45065,"errmsg":"clientmsgid exist","msg_id":7}`),
	}), with(firstToken), io.Discard, nil)
	if err := a.Notice(t.Context(), member, "T1", "https://example.com/?a=1&b=2", map[string]string{"thing1": "今<天>\x00", "date2": "2026年7月1日"}); err != nil {
		t.Error(err)
	}
	if id, err := a.MassArticle(t.Context(), "m1", "d20260101"); id != 7 || err != nil {
		t.Error(id, err)
	}
	for path, want := range map[string]string{
		path:     `{"touser":"` + member + `","template_id":"T1","page":"https://example.com/?a=1&b=2","data":{"date2":{"value":"2026年7月1日"},"thing1":{"value":"今<天>"}}}`,
		pathMass: `{"filter":{"is_to_all":true},"mpnews":{"media_id":"m1"},"msgtype":"mpnews","send_ignore_reprint":1,"clientmsgid":"d20260101"}`,
	} {
		if bodies[path] != want {
			t.Errorf("%s\ngot  %s\nwant %s", path, bodies[path], want)
		}
	}
	some := map[string]string{"thing1": "一"}
	for name, err := range map[string]error{
		"no template": a.Notice(t.Context(), member, "", "", some),
		"no data":     a.Notice(t.Context(), member, "T1", "", nil),
		"no address":  a.Notice(t.Context(), member, "T1", "example.com", some),
		"no draft":    func() error { _, err := a.MassArticle(t.Context(), "", "d1"); return err }(),
	} {
		if err == nil || errors.Is(err, ErrAmbiguous) || errors.Is(err, ErrUnreachable) || strings.Contains(err.Error(), member) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestJudgement: how far a refusal reaches.
func TestJudgement(t *testing.T) {
	for code, want := range map[int]string{
		45015: "refused personal", 45047: "refused personal", 43101: "refused personal", 43004: "refused personal", 40003: "refused personal",
		48001: "refused", 45009: "refused", 45028: "refused", 47003: "refused", 99999: "refused strange", 45029: "refused",
		45011: "hurried", 40164: "stuck", 40125: "stuck", 42001: "", -1: "ambiguous",
	} {
		err := &APIError{Path: pathMass, Code: code, Message: "rid: 1234"}
		judged, ok := errors.AsType[*SendError](Judge(fmt.Errorf("sending: %w", err)))
		if !ok {
			t.Fatal("it is not judged")
		}
		var said []string
		for word, is := range map[string]bool{"refused": judged.Refused(), "ambiguous": judged.Ambiguous(), "hurried": judged.Hurried(), "stuck": judged.Stuck()} {
			if is {
				said = append(said, word)
			}
		}
		if judged.Personal() {
			said = append(said, "personal")
		}
		if judged.Strange() {
			said = append(said, "strange")
		}
		if got := strings.Join(said, " "); got != want {
			t.Errorf("%d is %q, want %q", code, got, want)
		}
		if brief := judged.Brief(); strings.Contains(brief, "rid") || !strings.Contains(brief, fmt.Sprint(code)) {
			t.Errorf("%d in brief: %s", code, brief)
		}
	}
	if Judge(nil) != nil {
		t.Error("success is judged")
	}
	lost, _ := errors.AsType[*SendError](Judge(&callError{class: ErrAmbiguous, path: pathMass, why: "EOF", cause: context.Canceled}))
	if !lost.Ambiguous() || lost.Refused() || strings.Contains(lost.Brief(), "EOF") {
		t.Errorf("%+v: %s", lost, lost.Brief())
	}
}
