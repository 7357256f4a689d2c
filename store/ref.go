package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// Ref stands for a member in addresses of the console: neither the openid nor
// anything that can be linked to it by who lacks the installation's secret. It is
// always the same for a member.
func (s *Store) Ref(id string) string {
	nonce := s.refTag("nonce", id)[:12]
	return base64.RawURLEncoding.EncodeToString(s.refSeal().Seal(nonce, nonce, []byte(id), nil))
}

// ByRef is the member for whom a Ref stands; ok is false where none does.
func (s *Store) ByRef(ref string) (id string, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(ref)
	if err != nil || len(sealed) < 12 {
		return "", false
	}
	opened, err := s.refSeal().Open(nil, sealed[:12], sealed[12:], nil)
	return string(opened), err == nil
}

// refSeal encrypts; a nonce comes of what is encrypted, so that none serves twice.
func (s *Store) refSeal() cipher.AEAD {
	block, err := aes.NewCipher(s.refTag("key", ""))
	if err != nil {
		panic(err) // of the length of the key alone
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // of the block's size alone
	}
	return seal
}

func (s *Store) refTag(use, text string) []byte {
	h := hmac.New(sha256.New, s.pin.Secret)
	h.Write([]byte("ref " + use + "\x00" + text))
	return h.Sum(nil)
}
