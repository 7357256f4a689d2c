package fakeapi

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// object is an answer in JSON.
type object map[string]any

// ok is the answer that says nothing but that all is well.
func ok() object { return object{"errcode": 0, "errmsg": "ok"} }

// with adds fields to an answer.
func (o object) with(more object) object {
	maps.Copy(o, more)
	return o
}

// file is an answer that is no JSON.
type file struct {
	contentType, name string
	data              []byte
}

// refusal is an answer of another errcode than 0. It is an error where handlers pass it on.
type refusal struct {
	code   int
	detail string // takes the place of the code's errmsg
	more   object // fields besides, such as the msg_id of a message that was sent before
	status int    // 0: 200, as nearly always
}

func (r *refusal) Error() string { return fmt.Sprintf("errcode %d", r.code) }

func refuse(code int) *refusal { return &refusal{code: code} }

func asRefusal(err error) (*refusal, bool) {
	var r *refusal
	return r, errors.As(err, &r)
}

// tooLarge is what the gateway in front of the API answers to a body that it does not read.
var tooLarge = &refusal{code: codeContentSize, status: http.StatusRequestEntityTooLarge}

// codeOf is the errcode of an answer.
func codeOf(answer any) int {
	if r, ok := answer.(*refusal); ok {
		return r.code
	}
	return 0
}

// write sends an answer as WeChat does, and flushes it: what follows comes after it.
func write(w http.ResponseWriter, answer any, now time.Time) {
	h := w.Header()
	h.Set("Connection", "keep-alive")
	status := http.StatusOK
	var body []byte
	switch answer := answer.(type) {
	case file:
		h.Set("Content-Type", answer.contentType)
		h.Set("Content-Disposition", `attachment; filename="`+answer.name+`"`)
		body = answer.data
	case *refusal:
		h.Set("Content-Type", "application/json; encoding=utf-8")
		h.Set("RetKey", "14")
		h.Set("LogicRet", strconv.Itoa(answer.code))
		body = answer.json(now)
		if answer.status != 0 {
			status = answer.status
		}
	default:
		h.Set("Content-Type", "application/json; encoding=utf-8")
		body = encode(answer)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client has gone
	_ = http.NewResponseController(w).Flush()
}

func (r *refusal) json(now time.Time) []byte {
	message := r.detail
	if message == "" {
		message = messages[r.code]
	}
	answer := object{"errcode": r.code, "errmsg": message + " rid: " + requestID(now)}
	return encode(answer.with(r.more))
}

// requestID is the rid at the end of an errmsg: the time and two random numbers.
func requestID(now time.Time) string {
	b := random(8)
	return fmt.Sprintf("%08x-%s-%s", uint32(now.Unix()), hex.EncodeToString(b[:4]), hex.EncodeToString(b[4:]))
}

func random(n int) []byte {
	b := make([]byte, n)
	// It never fails: the runtime ends the program instead.
	_, _ = rand.Read(b)
	return b
}

// encode writes JSON as WeChat does: < and & as they are.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("fakeapi: an answer cannot be written as JSON: %v", err)) // a fault of this package
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
