package main

import "dangshi/content/files"

// contentLoadCmd loads items, and the questions that stand in them.
type contentLoadCmd struct{ loadFlags }

// Run is the command.
func (c *contentLoadCmd) Run(a *app) error {
	return c.load(a, fileKind{files.ReadItems, files.ReadQuestions, "这是题库，不是条目文件，请用 bank load 载入"})
}
