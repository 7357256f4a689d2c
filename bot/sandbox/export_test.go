package sandbox

import "time"

// SetPatience has deliveries wait for d instead of the 5 s of WeChat.
func (p *Phone) SetPatience(d time.Duration) { p.patience = d }

// KeptEntries is how many entries of a chat are kept.
const KeptEntries = kept
