package store

import (
	"encoding/json"

	"dangshi/quiz"
)

// closing is how far the close of a season is, and what was revoked afterwards.
type closing struct {
	Seed    []byte            `json:"seed,omitempty"` // secret until the close
	Commits []quiz.Commitment `json:"commits,omitempty"`
	List    *rollName         `json:"list,omitempty"` // the pseudonyms that were committed last

	Entropy string      `json:"entropy,omitempty"` // not empty: the close was begun
	Began   int64       `json:"began,omitempty"`   // Unix seconds
	By      string      `json:"by,omitempty"`
	Season  quiz.Season `json:"season,omitzero"` // as the settings had it then
	Prizes  quiz.Prizes `json:"prizes,omitzero"`
	Frozen  *rollName   `json:"frozen,omitempty"` // the pseudonyms that were ranked

	Revoked []quiz.Revoked `json:"revoked,omitempty"`

	version quiz.Version // as it was read
}

// rollName names a list of pseudonyms.
type rollName struct {
	Name  string `json:"name"`
	Parts int    `json:"parts"`
}

func parseClosing(stored string) (c closing, err error) {
	value, version, err := cutVersion(stored)
	if err == nil && version != "" {
		err = json.Unmarshal(value, &c)
	}
	c.version = version
	return c, err
}
