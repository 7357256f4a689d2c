package admin

import (
	"net/http"
	"time"

	"dangshi/admin/frame"
)

// filesAtOnce is how many files one replica makes at once: each may read all members, and
// whoever answers a quiz needs processor and Redis, too.
const filesAtOnce = 3

// filesInHand is how many files of one account may be under way at once, until its browsers
// have them: only one of them is being made.
const filesInHand = 2

// turnPatience is how long somebody waits for their turn.
const turnPatience = 20 * time.Second

// fetchTimeout bounds how long a browser takes to fetch what was made.
const fetchTimeout = 15 * time.Minute

// hand is what an account holds for its files.
type hand struct {
	wanted chan struct{} // one for each, until a browser has it
	made   chan struct{} // one while it is made
}

// inTurn makes a file once fewer than filesAtOnce are being made, and none for the same
// account, and hands it out when the turn is over: a browser on a slow line keeps nobody
// out but its own account.
func (c *Console) inTurn(v *frame.Visit, pattern string, make func(*frame.Visit)) {
	patience := time.NewTimer(turnPatience)
	defer patience.Stop()
	mine := c.handOf(v.By())
	if !c.await(v, pattern, mine.wanted, patience.C, "您要的前几份文件还没有下载完") {
		return
	}
	defer func() { <-mine.wanted }() // also where a file is broken off
	file := c.spools.answer(v.W)
	defer file.close()
	if !c.makeInTurn(v, pattern, mine, patience.C, file, make) {
		return
	}
	control, until := http.NewResponseController(v.W), time.Now().Add(fetchTimeout)
	_ = control.SetReadDeadline(until)
	_ = control.SetWriteDeadline(until)
	if file.hand() != nil {
		panic(http.ErrAbortHandler) // nobody takes a part for the whole
	}
}

// makeInTurn makes a file into an answer that is kept; made is false where its turn did not
// come, which is told.
func (c *Console) makeInTurn(v *frame.Visit, pattern string, mine hand, patience <-chan time.Time, file *spooled, make func(*frame.Visit)) (made bool) {
	if !c.await(v, pattern, mine.made, patience, "正在为您做上一份文件") {
		return false
	}
	defer func() { <-mine.made }()
	if !c.await(v, pattern, c.files, patience, "正在为别人做几份文件，还没有轮到您的") {
		return false
	}
	defer func() { <-c.files }()
	browser := v.W
	defer func() { v.W = browser }()
	v.W = file
	make(v)
	return true
}

// await takes a turn; where it does not come, others says why.
func (c *Console) await(v *frame.Visit, pattern string, turn chan struct{}, patience <-chan time.Time, others string) bool {
	select {
	case turn <- struct{}{}:
		return true
	case <-patience:
		v.W.Header().Set("Retry-After", "60")
		v.Fail(pattern, frame.Refusal{Status: http.StatusServiceUnavailable, Text: others + "。什么也没有导出，请过一分钟再试。"})
	case <-v.Context().Done(): // nobody waits any more
	}
	return false
}

// handOf is that of an account.
func (c *Console) handOf(name string) hand {
	mine, _ := c.hands.LoadOrStore(name, hand{make(chan struct{}, filesInHand), make(chan struct{}, 1)})
	return mine.(hand)
}
