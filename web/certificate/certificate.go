// Package certificate draws the certificates of those who were named at a
// season's close: a picture for each, and a PDF of all for printing. Text is set
// in Noto Serif CJK; a character that it lacks is reported and never drawn as an
// empty box.
package certificate

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"dangshi/quiz"
	"dangshi/web/drawing"
)

// Config says what is printed on certificates, and how.
type Config struct {
	// Font is the font's file, or several with commas between; what the first lacks
	// is taken from the next. "": Noto Serif CJK where systems install it.
	Font    string
	Wording Wording
	// BaseURL is the public address at which certificates can be checked; "": the
	// code is printed, with nothing to scan.
	BaseURL  string
	Branch   func(code string) string // its name; nil: the code stands for it
	Specimen bool                     // of the sandbox: it says that it is none
}

func (c Config) branch(code string) string {
	if c.Branch == nil {
		return code
	}
	return c.Branch(code)
}

// Maker draws certificates. It may be used by many goroutines. The font is
// opened when it is needed first.
type Maker struct {
	cfg   Config
	print float64 // pixels an inch of exported pictures

	mu    sync.Mutex
	fonts *drawing.Fonts
}

// New makes a Maker; close it in the end. It reads nothing yet.
func New(cfg Config) (*Maker, error) {
	if err := cfg.Wording.Check(); err != nil {
		return nil, err
	}
	cfg.Wording = cfg.Wording.withDefaults()
	return &Maker{cfg: cfg, print: ForPrint}, nil
}

// Close closes the font's files. No drawing may be under way.
func (m *Maker) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fonts == nil {
		return nil
	}
	f := m.fonts
	m.fonts = nil
	return f.Close()
}

// Open finds and opens the font, and says what to install where there is none.
// Whoever draws opens it as well.
func (m *Maker) Open() error {
	_, err := m.opened()
	return err
}

func (m *Maker) opened() (f *drawing.Fonts, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fonts != nil {
		return m.fonts, nil
	}
	if f, err = drawing.OpenFonts(m.cfg.Font); err == nil {
		m.fonts = f
	}
	return f, err
}

// What a certificate cannot be drawn for.
var (
	ErrErased  = errors.New("已注销，姓名和支部已按本人意愿删除")
	ErrRevoked = errors.New("荣誉已撤销")
	ErrNoName  = errors.New("没有登记姓名")
)

// compose lays out the certificate of an award. Besides the errors above it
// gives a drawing.MissingError or a *drawing.TooLongError.
func (m *Maker) compose(a quiz.Award) (drawing.Sheet, error) {
	switch {
	case a.Erased:
		return nil, ErrErased
	case a.Honour.Revoked != nil:
		return nil, ErrRevoked
	case a.Name == "":
		return nil, ErrNoName
	}
	f, err := m.opened()
	if err != nil {
		return nil, err
	}
	w := drawing.NewWriter(f)
	if err := m.inscription(w, a); err != nil {
		return nil, err
	}
	if err := w.Err(); err != nil {
		return nil, err
	}
	return w.Sheet, nil
}

// Size of the sheet, A4 landscape, in millimetres.
const (
	width  = 297.0
	height = 210.0
)

var page = drawing.Size{Width: width, Height: height}

// Resolutions, in pixels an inch.
const (
	ForPhone = 150 // 1754 × 1240 pixels
	ForPrint = 200 // 2339 × 1654 pixels; who prints many takes the PDF
)

// PNG draws the certificate of an award, dpi pixels an inch, A4 landscape.
// Errors: ErrErased, ErrRevoked, ErrNoName, and drawing's MissingError,
// *TooLongError and ErrNoFont.
func (m *Maker) PNG(a quiz.Award, dpi int) ([]byte, error) {
	s, err := m.compose(a)
	if err != nil {
		return nil, err
	}
	img := page.Paint(float64(dpi), paper, frame())
	page.PaintOver(img, s)
	var out bytes.Buffer
	if err := drawing.WritePNG(&out, img); err != nil {
		return nil, fmt.Errorf("证书图片：%w", err)
	}
	return out.Bytes(), nil
}

// Check lays out a certificate of nobody: what it reports is wrong with the font or
// with the wording, and would be with everybody's.
func (m *Maker) Check() error {
	_, err := m.compose(quiz.Award{Season: quiz.Season{ID: "2026"}, Honour: quiz.Honour{Place: 100}, Code: "0000000000000000", Name: "张三"})
	return err
}

// Link is where the certificate with a code can be checked; "" without a public
// address.
func (m *Maker) Link(code string) string {
	return Link(m.cfg.BaseURL, code)
}

// Digest changes whenever the picture of an award would: whoever keeps pictures
// names them by it. It tells nothing of the award.
func (m *Maker) Digest(a quiz.Award) string { return digest(m.cfg, a) }
