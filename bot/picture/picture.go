// Package picture gives certificates as pictures that WeChat has: a picture is
// drawn and uploaded once, and then found again for as long as WeChat keeps it.
package picture

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"dangshi/bot"
	"dangshi/quiz"
)

// Uploader brings a picture to WeChat.
type Uploader interface {
	// UploadTemporary keeps a picture for three days and returns its id.
	UploadTemporary(ctx context.Context, name string, data []byte) (mediaID string, err error)
}

// Keeper remembers ids for all replicas.
type Keeper interface {
	// Token is what is kept under a name; "" where nothing is.
	Token(ctx context.Context, name string) (string, error)
	// KeepToken keeps a value for ttl.
	KeepToken(ctx context.Context, name, value string, ttl time.Duration) error
}

// Config is what Pictures needs.
type Config struct {
	// Draw makes the picture of an award. Its error is bot.ErrNoPicture where no
	// other try would make one.
	Draw func(a quiz.Award) ([]byte, error)
	// Digest names the picture of an award; it changes when the picture does.
	Digest func(a quiz.Award) string
	Upload Uploader
	Keep   Keeper
	Now    func() time.Time // the product's clock, by which WeChat, or the simulator, forgets
	Logger *slog.Logger
	// Patience is how long an answer waits for a picture; 0: 2 s, with which a reply
	// reaches WeChat before its 5 s are over.
	Patience time.Duration
}

const (
	// mediaLife is how long WeChat keeps what was uploaded, less what a reply and
	// the difference of two clocks may take.
	mediaLife = 70 * time.Hour
	// atOnce are drawn at once: each takes a core for half a second, and 20 MB.
	atOnce = 1
	// queue bounds how many may wait to be drawn.
	queue = 50
	// workTime bounds a drawing and its upload, without the wait.
	workTime = 30 * time.Second

	defaultPatience = 2 * time.Second
)

// Pictures keeps the pictures. It may be used by many goroutines; Close it in the
// end.
type Pictures struct {
	cfg     Config
	flights singleflight.Group
	slots   chan struct{}
	ending  context.Context
	end     context.CancelFunc

	mu     sync.Mutex
	making int // pictures that are drawn or wait for it
	none   *sync.Cond
	closed bool
}

// New makes Pictures.
func New(cfg Config) *Pictures {
	if cfg.Patience == 0 {
		cfg.Patience = defaultPatience
	}
	p := &Pictures{cfg: cfg, slots: make(chan struct{}, atOnce)}
	p.ending, p.end = context.WithCancel(context.Background())
	p.none = sync.NewCond(&p.mu)
	return p
}

// Close gives up what is being made, and waits until it has ended.
func (p *Pictures) Close() {
	p.end()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for p.making > 0 {
		p.none.Wait()
	}
}

// begin reports whether there is room for one more picture.
func (p *Pictures) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.making >= queue {
		return false
	}
	p.making++
	return true
}

func (p *Pictures) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.making--
	if p.making == 0 {
		p.none.Broadcast()
	}
}

// Picture is the media_id of an award's picture. Where that is not there yet it is
// made, and goes on being made when the answer cannot wait for it. Errors:
// bot.ErrNotYet, bot.ErrNoPicture.
func (p *Pictures) Picture(ctx context.Context, a quiz.Award) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Patience)
	defer cancel()
	name := "picture:" + p.cfg.Digest(a)
	if id := p.kept(ctx, name); id != "" {
		return id, nil
	}
	made := p.flights.DoChan(name, func() (any, error) {
		if !p.begin() {
			return "", bot.ErrNotYet
		}
		defer p.done()
		return p.make(name, a)
	})
	select {
	case <-ctx.Done():
		return "", bot.ErrNotYet
	case r := <-made:
		if r.Err != nil {
			return "", r.Err
		}
		return r.Val.(string), nil
	}
}

// make draws and uploads a picture, and remembers it.
func (p *Pictures) make(name string, a quiz.Award) (string, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-p.ending.Done():
	}
	if p.ending.Err() != nil {
		return "", bot.ErrNotYet
	}
	ctx, cancel := context.WithTimeout(p.ending, workTime)
	defer cancel()
	// Whoever looked just before the last flight ended begins another one.
	if id := p.kept(ctx, name); id != "" {
		return id, nil
	}
	data, err := p.cfg.Draw(a)
	if err != nil {
		// The error may quote a name: it is not logged.
		p.cfg.Logger.WarnContext(ctx, "证书图片画不出来，请用 season certificates 看是哪一张、为什么")
		if errors.Is(err, bot.ErrNoPicture) {
			return "", bot.ErrNoPicture
		}
		return "", bot.ErrNotYet
	}
	id, err := p.cfg.Upload.UploadTemporary(ctx, "certificate.png", data)
	if err != nil {
		p.cfg.Logger.WarnContext(ctx, "a certificate was not uploaded", "error", err)
		return "", bot.ErrNotYet
	}
	// A crash here forgets the picture: it is uploaded again when it is asked for.
	until := p.cfg.Now().Add(mediaLife).Unix()
	if err := p.cfg.Keep.KeepToken(ctx, name, strconv.FormatInt(until, 10)+" "+id, mediaLife); err != nil {
		p.cfg.Logger.WarnContext(ctx, "the id of a certificate's picture was not kept", "error", err)
	}
	return id, nil
}

// kept is the id under which WeChat has a picture; "" where it has none, or what is
// kept cannot be read.
func (p *Pictures) kept(ctx context.Context, name string) string {
	value, err := p.cfg.Keep.Token(ctx, name)
	if err != nil {
		p.cfg.Logger.WarnContext(ctx, "the id of a certificate's picture was not read", "error", err)
		return ""
	}
	until, id, ok := strings.Cut(value, " ")
	at, err := strconv.ParseInt(until, 10, 64)
	if !ok || err != nil || p.cfg.Now().Unix() >= at {
		return ""
	}
	return id
}
