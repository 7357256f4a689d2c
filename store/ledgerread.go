package store

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"dangshi/quiz"
)

// Bounds of a line of a ledger: the first one holds the papers of a season.
const (
	maxLedgerHead = 64 << 20
	maxLedgerLine = 1 << 20
)

// CheckLedger reads a ledger to its end and computes it again, without any data
// but the ledger's own; report is told of each line that disagrees. Errors:
// quiz.ErrLedger where it cannot be read on, or that of r.
func CheckLedger(r io.Reader, report func(quiz.LedgerFault)) (*quiz.LedgerCheck, error) {
	check := quiz.NewLedgerCheck(report)
	lines := bufio.NewReaderSize(r, 256<<10)
	var line []byte
	for n := 1; ; n++ {
		limit := maxLedgerLine
		if n == 1 {
			limit = maxLedgerHead
		}
		var err error
		line, err = readLine(lines, line[:0], limit)
		if errors.Is(err, io.EOF) && len(line) == 0 {
			if n == 1 {
				return nil, fmt.Errorf("%w：文件是空的", quiz.ErrLedger)
			}
			check.End()
			return check, nil
		}
		if errors.Is(err, errLongLine) {
			return nil, fmt.Errorf("%w：第%d行太长", quiz.ErrLedger, n)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if err := check.Line(line); err != nil {
			return nil, err
		}
	}
}

var errLongLine = errors.New("the line is too long")

// readLine reads one line, its line feed included; the last one may lack it.
func readLine(r *bufio.Reader, line []byte, limit int) ([]byte, error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > limit {
			return line, errLongLine
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
