package quiz

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
)

// LedgerFault is one line of a ledger that is not as it must be.
type LedgerFault struct {
	Line    int    // from 1
	Problem string // for people
}

func (f LedgerFault) Error() string { return fmt.Sprintf("第%d行：%s", f.Line, f.Problem) }

// LedgerCheck reads a ledger line by line and computes it again, knowing nothing
// but what it says. It holds 40 bytes or so for each member.
type LedgerCheck struct {
	Head       LedgerHead
	Candidates []Candidate // the ranking, by the scores that were computed here
	Out        int         // pseudonyms that are ranked no more
	Faults     int
	SHA256     string // of the whole ledger, once it has ended

	report func(LedgerFault)
	past   Past
	line   int
	before string // the pseudonym of the line before
	claims []rankClaim
	sum    hash.Hash // of all bytes
	list   hash.Hash // of all pseudonyms, as in a Commitment
	ended  bool
}

type rankClaim struct {
	line, rank int32
	score      int64 // as computed
}

// NewLedgerCheck tells report of each fault.
func NewLedgerCheck(report func(LedgerFault)) *LedgerCheck {
	return &LedgerCheck{report: report, sum: sha256.New(), list: sha256.New()}
}

// ErrLedger means that a text is no ledger that could be read on.
var ErrLedger = errors.New("这不是一份可以核对的成绩台账")

func (c *LedgerCheck) fault(line int, format string, args ...any) {
	c.Faults++
	c.report(LedgerFault{line, fmt.Sprintf(format, args...)})
}

// List is the hash of all pseudonyms, and how many there are: what a Commitment
// says of them.
func (c *LedgerCheck) List() (sum string, members int) {
	return hex.EncodeToString(c.list.Sum(nil)), len(c.Candidates) + c.Out
}

// Line takes the next line, its line feed included. Only a head that cannot be read is
// an error, ErrLedger: nothing after it could be computed.
func (c *LedgerCheck) Line(text []byte) error {
	c.line++
	defer c.sum.Write(text)
	switch {
	case c.line == 1:
		var err error
		if c.Head, err = parseLedgerHead(text); err == nil {
			c.past, err = c.Head.past()
		}
		if err != nil {
			return fmt.Errorf("%w：第1行：%w", ErrLedger, err)
		}
	case c.ended:
		c.fault(c.line, "在结尾之后")
	case isLedgerEnd(text):
		c.end(text)
	default:
		c.member(text)
	}
	return nil
}

func (c *LedgerCheck) member(text []byte) {
	l, err := parseLedgerLine(text, c.Head.Season.From)
	if err != nil {
		c.fault(c.line, "%v", err)
		return
	}
	if c.before >= l.Pseudonym {
		c.fault(c.line, "编号 %s 没有按顺序，或者重复了", l.Pseudonym)
	}
	c.before = l.Pseudonym
	c.list.Write([]byte(l.Pseudonym + "\n"))
	if l.Out {
		c.Out++
		return
	}
	totals, _, err := c.past.replay(l.Entries)
	if err != nil {
		c.fault(c.line, "编号 %s 的成绩算不出来：%v", l.Pseudonym, err)
		return
	}
	if totals.Points != l.Points || totals.Days != l.Days || totals.Longest != l.Longest {
		c.fault(c.line, "编号 %s 写的是 %s，重算是 %s", l.Pseudonym,
			claimText(l.Points, l.Days, l.Longest), claimText(totals.Points, totals.Days, totals.Longest))
	}
	if totals.Days == 0 {
		c.fault(c.line, "编号 %s 没有计入名次的日子，不应上榜", l.Pseudonym)
	}
	c.Candidates = append(c.Candidates, Candidate{l.Pseudonym, totals.Rank()})
	c.claims = append(c.claims, rankClaim{int32(c.line), int32(min(l.Rank, 1<<30)), totals.Rank()})
}

func claimText(points, days, longest int) string {
	return fmt.Sprintf("%s分（%d） %d天 最长连续%d天", Score(points), points, days, longest)
}

func (c *LedgerCheck) end(text []byte) {
	c.ended = true
	sum := hex.EncodeToString(c.sum.Sum(nil))
	if want := LedgerEnd(len(c.Candidates), c.Out, sum); string(want) != string(text) {
		c.fault(c.line, "结尾与前面各行对不上：台账被改过，或缺了、多了行；按前面各行应为 %s", want[:len(want)-1])
	}
}

// End checks what only the whole can tell: the places, and that nothing is missing.
func (c *LedgerCheck) End() {
	scores := make([]int64, len(c.claims))
	for i, claim := range c.claims {
		scores[i] = claim.score
	}
	slices.Sort(scores)
	for _, claim := range c.claims {
		higher, _ := slices.BinarySearch(scores, claim.score+1)
		if rank := 1 + len(scores) - higher; rank != int(claim.rank) {
			c.fault(int(claim.line), "名次写的是 %d，重算是 %d", claim.rank, rank)
		}
	}
	if !c.ended {
		c.fault(c.line+1, "没有结尾，台账不完整")
	}
	c.SHA256 = hex.EncodeToString(c.sum.Sum(nil))
}
