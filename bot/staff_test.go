package bot_test

import (
	"dangshi/quiz"
	"dangshi/store"
)

// unbind is staff taking name, branch or both out of a binding.
func (c *chat) unbind(words []string) {
	what := quiz.Unbound{Name: words[2] != "branch", Branch: words[2] != "name"}
	act := store.Act{By: "staff", Why: "登记错了", At: c.now}
	if _, changed, err := c.store.Unbind(c.t.Context(), "2026", "o"+words[1], what, act); err != nil || !changed {
		c.t.Fatal(changed, err)
	}
}
