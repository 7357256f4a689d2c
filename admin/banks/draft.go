package banks

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// draft is what an upload holds, between the upload and the load: any replica can go
// on with it. It belongs to an account, which has one at a time.
type draft struct {
	Stamp  string // changes with every change of the draft
	Files  []string
	Found  content.File
	Mended int

	read quiz.Version // of what it was read from; "": there was none
}

// maxDraft is how large a draft may be when it is packed, in bytes: some 100,000
// questions.
const maxDraft = 12 << 20

// keepDraft keeps a draft under a new stamp, in the place of the one that it was read
// from. Errors: quiz.ErrConflict where another window has written one meanwhile.
func (b *Banks) keepDraft(ctx context.Context, owner string, d *draft) error {
	d.Stamp = rand.Text()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if err := json.NewEncoder(w).Encode(d); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if packed.Len() > maxDraft {
		return frame.Refusal{Status: http.StatusRequestEntityTooLarge, Text: "一次看不了这么多题。请分成几个文件，一个一个载入；或请技术人员用命令 bank load。"}
	}
	return b.data.KeepDraft(ctx, owner, packed.Bytes(), d.read)
}

// draftOf is the draft of an account; nil: there is none, or no longer.
func (b *Banks) draftOf(ctx context.Context, owner string) (*draft, error) {
	packed, version, err := b.data.Draft(ctx, owner)
	if err != nil || packed == nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("the draft of a load: %w", err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("the draft of a load: %w", err)
	}
	d := draft{read: version}
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("the draft of a load: %w", err)
	}
	return &d, nil
}

// faultsAt are the faults of one row.
func (d *draft) faultsAt(file string, row int) (faults []content.Fault) {
	for _, f := range d.Found.Faults {
		if f.File == file && f.Row == row {
			faults = append(faults, f)
		}
	}
	return faults
}

// settle puts other faults in the place of those of a row.
func (d *draft) settle(file string, row int, faults []content.Fault) {
	var kept content.Faults
	for _, f := range d.Found.Faults {
		if f.File != file || f.Row != row {
			kept = append(kept, f)
		}
	}
	for _, f := range faults {
		f.File, f.Row = file, row
		kept = append(kept, f)
	}
	d.Found.Faults = kept
}

// unreadable are the faults of rows of which no question could be made.
func (d *draft) unreadable() (faults []content.Fault) {
	type place struct {
		file string
		row  int
	}
	shown := map[place]bool{}
	for _, e := range d.Found.Faulted {
		shown[place{e.File, e.Row}] = true
	}
	for _, f := range d.Found.Faults {
		if !shown[place{f.File, f.Row}] {
			faults = append(faults, f)
		}
	}
	return faults
}

// stamp is that of a draft; "": there is none.
func (d *draft) stamp() string {
	if d == nil {
		return ""
	}
	return d.Stamp
}
