package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
)

// ErrHandle means that a text is no handle of this installation.
var ErrHandle = errors.New("the handle is not good")

// Handle stands for a member in addresses of the console: always the same, and from it
// nobody can tell the openid but this installation.
func (s *Store) Handle(id string) (string, error) {
	seal, err := s.seal("handle of a member")
	if err != nil {
		return "", err
	}
	// The nonce follows from what is sealed: two ids never share one.
	h := hmac.New(sha256.New, s.pin.Secret)
	h.Write([]byte("nonce of a handle\x00"))
	h.Write([]byte(id))
	nonce := h.Sum(nil)[:seal.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(seal.Seal(nonce, nonce, []byte(id), nil)), nil
}

// ByHandle is the id of whom a handle stands for, known or not. Errors: ErrHandle.
func (s *Store) ByHandle(handle string) (string, error) {
	seal, err := s.seal("handle of a member")
	if err != nil {
		return "", err
	}
	sealed, err := base64.RawURLEncoding.DecodeString(handle)
	if err != nil || len(sealed) < seal.NonceSize() {
		return "", ErrHandle
	}
	open, err := seal.Open(nil, sealed[:seal.NonceSize()], sealed[seal.NonceSize():], nil)
	if err != nil {
		return "", ErrHandle
	}
	return string(open), nil
}
