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

// inTurn makes a file once fewer than filesAtOnce are being made, and none for the same
// account: somebody's turn lasts until their browser has it, and one who asks on a slow line
// again and again must not keep all others out.
func (c *Console) inTurn(v *frame.Visit, pattern string, make func(*frame.Visit)) {
	patience := time.NewTimer(turnPatience)
	defer patience.Stop()
	turns := []struct {
		held   chan struct{}
		others string
	}{{c.turnOf(v.By()), "您要的上一份文件还没有下载完"}, {c.files, "正在为别人做几份文件，还没有轮到您的"}}
	for _, turn := range turns {
		select {
		case turn.held <- struct{}{}:
			defer func() { <-turn.held }() // also where a file is broken off
		case <-patience.C:
			v.W.Header().Set("Retry-After", "60")
			v.Fail(pattern, frame.Refusal{Status: http.StatusServiceUnavailable, Text: turn.others + "。什么也没有导出，请过一分钟再试。"})
			return
		case <-v.Context().Done(): // nobody waits any more
			return
		}
	}
	make(v)
}

// turnOf is what an account holds while a file is made for it.
func (c *Console) turnOf(name string) chan struct{} {
	turn, _ := c.hands.LoadOrStore(name, make(chan struct{}, 1))
	return turn.(chan struct{})
}
