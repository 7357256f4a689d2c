package frame

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
}

// Confirmed reports whether who asks has seen just this: where what would happen is
// no longer what was shown, it is shown anew.
func (v *Visit) Confirmed(c *Confirm) bool {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %v %q", c.Title, c.Facts, c.Final, c.Path, c.Fields, c.Bound))
	c.Digest = hex.EncodeToString(sum[:16])
	return v.R.PostFormValue("confirmed") == c.Digest && (c.Type == "" || v.R.PostFormValue("typed") == c.Type)
}

// Ask shows a confirmation on a page of its own.
func (v *Visit) Ask(c *Confirm) error {
	return v.show(200, v.frame.problems["confirm.html"], c.Title, c)
}
