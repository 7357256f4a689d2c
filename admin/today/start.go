package today

import "dangshi/admin/frame"

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
