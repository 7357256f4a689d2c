package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

const finished = "的题答完了"

// option is what can be tapped in the chat's last entry.
type option struct{ Text, Content, Menu string }

const options = `[...document.querySelectorAll("#chat > li:last-child .tap")].map(n => ({ Text: n.textContent, Content: n.dataset.content, Menu: n.dataset.menuId }))`

var heading = regexp.MustCompile(`第(\d+)题（共`)

// taps answers the whole paper rightly by tapping, from the menu on.
func (w *week) taps(name string) {
	w.t.Helper()
	w.holding(name)
	w.chooses("答题")
	paper, err := w.r.bot.IssuePaper(w.t.Context(), quiz.DayOf(w.r.now()))
	if err != nil {
		w.t.Fatal(err)
	}
	var q content.Question
	for range 10 * len(paper.Questions) {
		said := w.last()
		if strings.Contains(said, finished) {
			return
		}
		if all := heading.FindAllStringSubmatch(said, -1); all != nil {
			n, _ := strconv.Atoi(all[len(all)-1][1])
			q = paper.Questions[n-1]
		}
		if q.Type == content.Blank {
			w.says(q.Answer.Accept[0])
			continue
		}
		o := right(q, eval[[]option](w.phonePage, options))
		w.tap(fmt.Sprintf(`#chat > li:last-child .tap[data-content="%s"][data-menu-id="%s"]`, o.Content, o.Menu))
		w.settle()
	}
	w.t.Fatalf("%s does not come to an end; the chat ends with\n%s", name, w.last())
}

// right is the option to tap next: one that is right and not picked yet, or the
// line that ends the picking.
func right(q content.Question, options []option) option {
	for i, choice := range q.Choices() {
		if !q.Answer.Letters.Has(i) {
			continue
		}
		for _, o := range options {
			if letter, text, ok := strings.Cut(o.Text, ". "); ok && len(letter) == 1 && text == content.Plain(choice) {
				return o
			}
		}
	}
	return options[len(options)-1]
}

// tells answers the whole paper by voice.
func (w *week) tells(name string) {
	w.t.Helper()
	w.holding(name)
	w.speaks("我要答题")
	for range 20 {
		switch said := w.last(); {
		case strings.Contains(said, finished):
			return
		case strings.Contains(said, "【单选】"):
			w.speaks("我选第一个")
		case strings.Contains(said, "【多选"):
			w.speaks("选A和B")
		case strings.Contains(said, "【判断】"):
			w.speaks("对")
		default:
			mustSay(w.t, said, "要填的词")
			w.speaks("不知道")
		}
	}
	w.t.Fatalf("%s does not come to an end; the chat ends with\n%s", name, w.last())
}
