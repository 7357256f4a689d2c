package wechat

import (
	"bytes"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// freshness is how far a signature's timestamp may lie from the wall time.
const freshness = 10 * time.Minute

// query holds the parameters that the webhook reads. openid and encrypt_type are
// not among them: neither is signed, so neither is believed.
type query struct {
	signature, timestamp, nonce, msgSignature, echostr string
}

// parseQuery reads a raw query; of a repeated parameter the first one with a value counts.
// One that can't be decoded stays empty, which no signature matches.
func parseQuery(raw string) (q query) {
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, value, _ := strings.Cut(pair, "=")
		var to *string
		switch name {
		case "signature":
			to = &q.signature
		case "timestamp":
			to = &q.timestamp
		case "nonce":
			to = &q.nonce
		case "msg_signature":
			to = &q.msgSignature
		case "echostr":
			to = &q.echostr
		default:
			continue
		}
		if *to != "" {
			continue
		}
		if strings.ContainsAny(value, "%+") {
			value, _ = url.QueryUnescape(value) // empty on error
		}
		*to = value
	}
	return q
}

// admit checks the signature of the query, then its freshness; nil: both hold.
func (h *Webhook) admit(q *query) *refusal {
	if q.timestamp == "" || q.nonce == "" || !signed(q.signature, h.token, []byte(q.timestamp), []byte(q.nonce)) {
		return errSignature
	}
	seconds, err := strconv.ParseUint(q.timestamp, 10, 40) // digits only
	if err != nil {
		return errSignature
	}
	if age := h.now().Sub(time.Unix(int64(seconds), 0)); age > freshness || age < -freshness {
		return errStale
	}
	return nil
}

// signed reports, in constant time, whether given is the signature of parts: the
// hex of the SHA-1 of the parts, sorted and joined.
func signed(given string, parts ...[]byte) bool {
	want := signature(parts...)
	return subtle.ConstantTimeCompare(want[:], []byte(given)) == 1
}

func signature(parts ...[]byte) (hexed [2 * sha1.Size]byte) {
	for i := range parts { // by hand: through slices.SortFunc each part would go onto the heap
		for k := i; k > 0 && bytes.Compare(parts[k], parts[k-1]) < 0; k-- {
			parts[k], parts[k-1] = parts[k-1], parts[k]
		}
	}
	buf := make([]byte, 0, 128) // on the stack unless a ciphertext is among the parts
	for _, p := range parts {
		buf = append(buf, p...)
	}
	sum := sha1.Sum(buf)
	hex.Encode(hexed[:], sum[:])
	return hexed
}
