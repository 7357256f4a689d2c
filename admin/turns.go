package admin

import (
	"net/http"
	"time"

	"dangshi/admin/frame"
)

// filesAtOnce is how many files one replica makes at once: each may read all members, and
// whoever answers a quiz needs processor and Redis, too.
const filesAtOnce = 3

// turnPatience is how long somebody waits for their turn.
const turnPatience = 20 * time.Second

// inTurn makes a file once fewer than filesAtOnce are being made.
func (c *Console) inTurn(v *frame.Visit, pattern string, make func(*frame.Visit)) {
	patience := time.NewTimer(turnPatience)
	defer patience.Stop()
	select {
	case c.files <- struct{}{}:
		defer func() { <-c.files }() // also where a file is broken off
		make(v)
	case <-patience.C:
		v.W.Header().Set("Retry-After", "60")
		v.Fail(pattern, frame.Refusal{Status: http.StatusServiceUnavailable, Text: "正在为别人做几份文件，还没有轮到您的。什么也没有导出，请过一分钟再试。"})
	case <-v.Context().Done(): // nobody waits any more
	}
}
