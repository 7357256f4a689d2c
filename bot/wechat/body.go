package wechat

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"

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

// readBody reads at most maxBody bytes, within the time that the whole handling has.
func (h *Webhook) readBody(s *scratch, e *exchange, r *http.Request) *refusal {
	if r.ContentLength > h.maxBody {
		e.w.Header().Set("Connection", "close") // the rest of it is not worth reading
		return errTooLarge
	}
	// Not every ResponseWriter knows deadlines; the server's own ReadTimeout is behind it.
	rc := http.NewResponseController(e.w)
	// It stays in place, since to take it away costs as much as to set it. It cancels the
	// request's context, but only when the handler's has ended by itself and the timer has
	// answered; before the next request the server sets its own.
	_ = rc.SetReadDeadline(e.start.Add(h.timeout + margin))
	body := io.Reader(r.Body)
	if r.ContentLength < 0 { // else the server itself stops there
		body = http.MaxBytesReader(e.w, r.Body, h.maxBody)
	}
	err := s.fill(body)
	if err == nil {
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

// fill reads r to its end into s.body.
func (s *scratch) fill(r io.Reader) error {
	s.body = s.body[:0]
	for {
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
