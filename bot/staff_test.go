package bot_test

import (
	"strconv"

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

// reply is staff answering an objection.
func (c *chat) reply(words []string) {
	number, _ := strconv.Atoi(words[1])
	if _, err := c.store.Answer(c.t.Context(), "2026", number, words[2], store.Act{By: "staff", At: c.now}); err != nil {
		c.t.Fatal(err)
	}
}
