package sandbox

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
)

// Shelf is where what must outlive a restart lies. What is absent is no error: a
// value reads as nil with an empty version, a list as empty.
type Shelf interface {
	// Load reads a value with the version that Save compares.
	Load(ctx context.Context, name string) (value []byte, version quiz.Version, err error)
	// Save replaces a value unless it has another version by now:
	// quiz.ErrConflict. An empty version means that there was none.
	Save(ctx context.Context, name string, value []byte, expected quiz.Version) (quiz.Version, error)
	// Append adds to a list's end and keeps its last keep values.
	Append(ctx context.Context, list string, value []byte, keep int) error
	// List reads a list, oldest first.
	List(ctx context.Context, list string) ([][]byte, error)
}

// PhoneConfig says which account the phone talks to, and how.
type PhoneConfig struct {
	Webhook              string // URL, such as http://127.0.0.1:8080/wechat
	Token, AppID, AESKey string // as the account is set; with an AESKey in safe mode
	Clock                *Clock
	PushAt               string // when the account sends the day's message, as 07:30; the page offers to go there
	Shelf                Shelf
	API                  *fakeapi.API                           // may be nil: no menu, no messages but replies
	Ledger               func(ctx context.Context) (any, error) // shown as JSON; may be nil
	Account              string                                 // the account's name, shown
	Logger               *slog.Logger                           // nil: slog.Default
}

// Phone plays WeChat for a few members: it keeps their chats, and what they do
// on the page it signs and posts to the webhook over HTTP, as WeChat's servers do.
type Phone struct {
	cfg    PhoneConfig
	log    *slog.Logger
	assets http.Handler
	wire   http.RoundTripper

	patience time.Duration // how long a delivery waits for its answer

	mu    sync.Mutex // one change of the roster at a time in this process; the shelf compares versions for the others
	trace trace
}

// NewPhone checks the settings. It reads and writes nothing yet.
func NewPhone(cfg PhoneConfig) (*Phone, error) {
	if cfg.Clock == nil || cfg.Shelf == nil {
		return nil, errors.New("sandbox: the phone needs a clock and a shelf")
	}
	if u, err := url.Parse(cfg.Webhook); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("沙盒：手机页需要消息地址的完整网址，例如 http://127.0.0.1:8080/wechat")
	}
	if cfg.AESKey != "" {
		if _, err := peer.Encrypt(cfg.AESKey, cfg.AppID, nil); err != nil {
			return nil, fmt.Errorf("沙盒：消息加解密密钥（DANGSHI_WECHAT_AESKEY）无效：%w", err)
		}
	}
	if cfg.Account == "" {
		cfg.Account = "党史上的今天"
	}
	files, err := fs.Sub(page, "page")
	if err != nil {
		return nil, err
	}
	p := &Phone{cfg: cfg, log: cfg.Logger, assets: http.FileServerFS(files), wire: newWire(), patience: deliveryTime}
	if p.log == nil {
		p.log = slog.Default()
	}
	return p, nil
}

//go:embed page
var page embed.FS

// policy lets the page load what this server has, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// maxRequest bounds what the page sends, in bytes.
const maxRequest = 16 << 10

// Handler serves the page and what it asks for: everything under /sandbox/ but
// the clock, the outbox and the fake API. It must be wrapped in LoopbackOnly.
func (p *Phone) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /sandbox/", http.StripPrefix("/sandbox/", p.assets))
	mux.HandleFunc("GET /sandbox/state", p.getState)
	mux.HandleFunc("GET /sandbox/chat", p.getChat)
	mux.HandleFunc("GET /sandbox/trace", p.getTrace)
	mux.HandleFunc("GET /sandbox/ledger", p.getLedger)
	mux.HandleFunc("GET /sandbox/calls", p.getCalls)
	if p.cfg.API != nil {
		mux.HandleFunc("GET /sandbox/media/{id}", p.getMedia)
		mux.HandleFunc("GET /sandbox/held", p.getHeld)
		mux.HandleFunc("POST /sandbox/confirm", p.postConfirm)
		for _, method := range []string{"GET", "POST", "DELETE"} {
			mux.Handle(method+" /sandbox/faults", p.cfg.API.FaultHandler())
		}
	}
	mux.HandleFunc("POST /sandbox/send", p.postSend)
	mux.HandleFunc("POST /sandbox/read", p.postRead)
	mux.HandleFunc("POST /sandbox/members", p.postMember)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

// answer writes v as JSON.
func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// The page was closed where this fails: there is nobody to tell.
	_ = json.NewEncoder(w).Encode(v)
}

// fault is an error that the page shows as it is.
type fault struct {
	status int
	text   string
}

func (f *fault) Error() string { return f.text }

func badRequest(text string) error { return &fault{http.StatusBadRequest, text} }

// fail tells the page what went wrong; what is not meant for it is logged.
func (p *Phone) fail(w http.ResponseWriter, r *http.Request, err error) {
	var f *fault
	if errors.As(err, &f) {
		http.Error(w, f.text, f.status)
		return
	}
	if r.Context().Err() == nil {
		p.log.ErrorContext(r.Context(), "sandbox: the phone page was not served", "error", err)
	}
	http.Error(w, "沙盒的数据暂时读写不了，请稍后再试", http.StatusServiceUnavailable)
}

// readJSON reads the one JSON object of a request.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if !isJSON(r) {
		return &fault{http.StatusUnsupportedMediaType, "请求应为 JSON（Content-Type: application/json）"}
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, err = dec.Token(); err == io.EOF {
			return nil
		}
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &fault{http.StatusRequestEntityTooLarge, "内容太长"}
	}
	return badRequest("请求的内容看不懂")
}
