package quiz

import (
	"encoding/json"
	"errors"
)

// CommitmentFormat names the format of the file in which commitments are published.
const CommitmentFormat = "dangshi-commitment 1"

// Committed is that file: what was committed before the draw of a season.
type Committed struct {
	Format  string       `json:"format"` // CommitmentFormat
	Season  string       `json:"season"`
	Commits []Commitment `json:"commits"` // oldest first; the last one binds
}

// EncodeCommitted writes the file as it is published.
func EncodeCommitted(season string, commits []Commitment) ([]byte, error) {
	text, err := json.MarshalIndent(Committed{CommitmentFormat, season, commits}, "", " ")
	return append(text, '\n'), err
}

// ErrCommitted means that a file holds no commitments.
var ErrCommitted = errors.New("这不是 season commit 写的承诺文件")

// ParseCommitted reads the file.
func ParseCommitted(data []byte) (Committed, error) {
	var c Committed
	if err := json.Unmarshal(data, &c); err != nil || c.Format != CommitmentFormat {
		return Committed{}, ErrCommitted
	}
	return c, nil
}
