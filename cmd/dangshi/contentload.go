package main

import "dangshi/content"

// contentLoadCmd loads items, and the questions that stand in them.
type contentLoadCmd struct{ loadFlags }

// Run is the command.
func (c *contentLoadCmd) Run(a *app) error { return c.load(a, content.ReadItemsFile) }
