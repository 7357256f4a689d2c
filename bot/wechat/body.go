package wechat

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"dangshi/bot"
)

// scratch is the memory of one request: its body and what was found in it, then its
// answer. What is kept of a message is copied out of it.
type scratch struct {
	body, out []byte
	doc       document
}

var scratches = sync.Pool{New: func() any {
	return &scratch{body: make([]byte, 0, 2048), out: make([]byte, 0, 4096)}
}}

func borrow() *scratch { return scratches.Get().(*scratch) }

// giveBack lets go of what a rare large message needed.
func (s *scratch) giveBack() {
	s.doc = document{}
	const most = 64 << 10
	if cap(s.body) <= most && cap(s.out) <= most {
		scratches.Put(s)
	}
}

// read takes the body of a request whose query holds and makes the message of it.
func (h *Webhook) read(e *exchange, r *http.Request, q *query) (bot.Message, *refusal) {
	s := borrow()
	defer s.giveBack()
	if err := h.readBody(s, e, r); err != nil {
		return bot.Message{}, err
	}
	doc := &s.doc
	if err := doc.read(s.body); err != nil {
		return bot.Message{}, badRequest(err.Error())
	}
	if h.key != nil {
		inner, err := h.decrypt(doc.fields[fieldEncrypt], q)
		if err != nil {
			return bot.Message{}, err
		}
		// Of a compatible-mode body the plain fields are dropped here: no signature covers them.
		*doc = document{}
		if err := doc.read(inner); err != nil {
			return bot.Message{}, badRequest(err.Error())
		}
	} else if doc.fields[fieldEncrypt] != nil && doc.fields[fieldFrom] == nil {
		return bot.Message{}, errNoKey
	}
	m, err := doc.message()
	if err != nil {
		return bot.Message{}, badRequest(err.Error())
	}
	return m, nil
}

// hurry bounds the reading of a body that did not come at once, as nearly all do: until
// then the server's own ReadTimeout does. Not every ResponseWriter knows deadlines.
//
// It stays in place, since to take it away costs as much as to set it; before the next
// request the server sets its own.
func (h *Webhook) hurry(e *exchange) {
	_ = http.NewResponseController(e.w).SetReadDeadline(e.start.Add(h.timeout + margin))
}

// readBody reads at most maxBody bytes. Who sends them has signed the query: WeChat.
func (h *Webhook) readBody(s *scratch, e *exchange, r *http.Request) *refusal {
	if r.ContentLength > h.maxBody {
		e.w.Header().Set("Connection", "close") // the rest of it is not worth reading
		return errTooLarge
	}
	body := io.Reader(r.Body)
	if r.ContentLength < 0 { // else the server itself stops there
		body = http.MaxBytesReader(e.w, r.Body, h.maxBody)
		h.hurry(e)
	}
	err := s.fill(body, func() { h.hurry(e) })
	switch {
	case err == nil && time.Since(e.start) > h.timeout+margin: // it came at once, but later than this
		return errSlow
	case err == nil:
		return nil
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return errTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errSlow
	}
	return errBody
}

// fill reads r to its end into s.body. Where that takes more than one read, pieces is
// called before the second.
func (s *scratch) fill(r io.Reader, pieces func()) error {
	s.body = s.body[:0]
	for reads := 0; ; reads++ {
		if reads == 1 {
			pieces()
		}
		if len(s.body) == cap(s.body) {
			s.body = append(s.body, 0)[:len(s.body)]
		}
		n, err := r.Read(s.body[len(s.body):cap(s.body)])
		s.body = s.body[:len(s.body)+n]
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
