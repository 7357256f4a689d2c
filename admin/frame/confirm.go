package frame

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"dangshi/content"
)

// Confirm asks before a big action, with what will happen in numbers. The action is
// called twice by the same path: without the digest it shows this, with it it acts.
type Confirm struct {
	Title  string   // a question: “停用 12 道题？”
	Facts  []string // what will happen, in numbers
	Final  string   // that it cannot be undone, where that is so
	Path   string   // the action, a POST
	Fields map[string]string
	Button string // a verb: “停用 12 道”
	Danger bool
	Type   string // what must be typed besides; "": nothing
	Bound  string // tells what would happen from anything else, where the facts do not say all of it
	Back   string // where who does not want it goes

	Digest string // set by Confirmed
	Fault  string // set by Confirmed: why what was sent is not enough; "": it was not asked before
	Typed  string // set by Confirmed: what was typed
}

// Confirmed reports whether who asks has seen just this: where what would happen is
// no longer what was shown, it is shown anew.
func (v *Visit) Confirmed(c *Confirm) bool {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %v %q", c.Title, c.Facts, c.Final, c.Path, c.Fields, c.Bound))
	c.Digest, c.Typed = hex.EncodeToString(sum[:16]), v.R.PostFormValue("typed")
	switch seen := v.R.PostFormValue("confirmed"); {
	case seen == "":
		return false
	case seen != c.Digest:
		c.Fault = "您看过以后，情况有了变化，还没有做。下面是现在的，请再看一遍。"
		return false
	case c.Type != "" && !alike(c.Typed, c.Type):
		c.Fault = "输入的不是“" + c.Type + "”，还没有做。请照样再输入一次。"
		return false
	}
	return true
}

// alike reports whether that was typed; full-width digits and spaces around it, which
// keyboards of phones make, are forgiven.
func alike(typed, asked string) bool {
	folded := strings.TrimSpace(content.Fold(typed))
	return typed == asked || folded != "" && folded == strings.TrimSpace(content.Fold(asked))
}

// Ask shows a confirmation on a page of its own.
func (v *Visit) Ask(c *Confirm) error {
	return v.show(200, v.frame.problems["confirm.html"], c.Title, c)
}
