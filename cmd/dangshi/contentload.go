package main

import "dangshi/content"

// contentLoadCmd loads items, and the questions that stand in them.
type contentLoadCmd struct{ loadFlags }

// Run is the command.
func (c *contentLoadCmd) Run(a *app) error {
	return c.load(a, fileKind{content.ReadItemsFile, content.ReadQuestionsFile, "这是题库，不是条目文件，请用 bank load 载入"})
}
