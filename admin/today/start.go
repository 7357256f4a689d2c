package today

import (
	"strings"

	"dangshi/admin/frame"
)

// MenuChange is what installing the menu of the settings would change.
type MenuChange struct {
	None  bool
	Lines []string // of the entries that are added, changed or taken away
	Lost  []string // names of entries that only the account has
}

type startView struct {
	Steps   []numbered
	Missing int
	Sandbox bool
	Check   checkView
}

type numbered struct {
	N int
	step
	Next  bool // the first that is missing
	Shown string
}

func (t *Today) start(v *frame.Visit) error { return t.guide(v, "") }

// token shows the token of the webhook, which somebody is about to enter in WeChat's
// console.
func (t *Today) token(v *frame.Visit) error {
	token, err := t.data.ShowToken(v.Context(), v.By())
	if err != nil {
		return err
	}
	return t.guide(v, token)
}

func (t *Today) guide(v *frame.Visit, token string) error {
	found, err := t.data.Checkup(v.Context())
	if err != nil {
		return err
	}
	setup, err := t.data.Setup(v.Context())
	if err != nil {
		return err
	}
	x := startView{Sandbox: setup.Sandbox, Check: found.view(v)}
	if token != "" {
		x.Check.Running = false // this page answers a form: asking for it again would take the token away
	}
	steps := setup.steps(found)
	x.Missing = missing(steps)
	next := true
	for i, s := range steps {
		n := numbered{N: i + 1, step: s, Next: next && s.State == todo}
		if s.Token {
			n.Shown = token
		}
		next = next && s.State != todo
		x.Steps = append(x.Steps, n)
	}
	return v.Show("start.html", "首次启动", x)
}

// menu installs the menu of the settings, once what it changes was seen.
func (t *Today) menu(v *frame.Visit) error {
	change, err := t.data.Menu(v.Context())
	if err != nil {
		return err
	}
	const back = StartPath + "#menu"
	if change.None {
		return v.Done(back, frame.Note{Text: "公众号现在的菜单就是设置的这样，没有变化。"})
	}
	ask := frame.Confirm{Title: "把设置的菜单装到公众号？", Facts: change.Lines, Path: StartPath + "/menu", Button: "装上菜单", Back: back}
	if len(change.Lost) > 0 {
		ask.Danger = true
		ask.Final = "这些是设置里没有的，会从公众号去掉：" + strings.Join(change.Lost, "、") + "。要留着的，先请技术人员运行 dangshi menu import 取来，写进设置。"
	}
	if !v.Confirmed(&ask) {
		return v.Ask(&ask)
	}
	if err := t.data.InstallMenu(v.Context(), v.By()); err != nil {
		return err
	}
	if err := t.data.CheckAgain(v.Context(), v.By()); err != nil {
		return err
	}
	return v.Done(back, frame.Note{Text: "菜单已装上。学员几分钟内就会看到；取消关注再关注，马上就能看到。"})
}
