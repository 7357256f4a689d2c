package frame

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
)

// What names somebody must lie neither in addresses, which logs, histories and Referers
// keep, nor in a session, where no erasure would find it. It is sealed with a key that is
// made of the session's token: the browser alone has that, the store only its hash.

// sealer is the cipher of this session for one purpose.
func (v *Visit) sealer(purpose string) (cipher.AEAD, error) {
	token := v.frame.sessions.Token(v.Context())
	if token == "" { // of a session that is about to begin
		var err error
		if token, _, err = v.frame.sessions.Commit(v.Context()); err != nil {
			return nil, err
		}
	}
	key, err := hkdf.Key(sha256.New, []byte(token), nil, "dangshi console "+purpose, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal makes a text unreadable for all but this session.
func (v *Visit) seal(purpose, text string) (string, error) {
	s, err := v.sealer(purpose)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.Seal(nil, nil, []byte(text), nil)), nil
}

// unseal reads what seal made; ok is false for what another session has sealed, or nobody.
func (v *Visit) unseal(purpose, sealed string) (text string, ok bool) {
	data, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", false
	}
	s, err := v.sealer(purpose)
	if err != nil {
		return "", false
	}
	plain, err := s.Open(nil, nil, data, nil)
	return string(plain), err == nil
}

// sealedField is the field of an address that holds what is sealed.
const sealedField = "find"

// Sealed is an address with fields that anybody may read and others that only this
// session can: names and what people look for. Path and open fields are as of net/url.
func (v *Visit) Sealed(path string, open, hidden url.Values) (string, error) {
	q := url.Values{}
	for name, values := range open {
		q[name] = values
	}
	if len(hidden) > 0 {
		sealed, err := v.seal(path, hidden.Encode())
		if err != nil {
			return "", err
		}
		q.Set(sealedField, sealed)
	}
	if len(q) == 0 {
		return path, nil
	}
	return path + "?" + q.Encode(), nil
}

// Unsealed are the hidden fields of the address that is asked for. ok is false where it is
// one of another session: after signing in anew, or of somebody else.
func (v *Visit) Unsealed() (hidden url.Values, ok bool) {
	sealed := v.R.URL.Query().Get(sealedField)
	if sealed == "" {
		return url.Values{}, true
	}
	text, ok := v.unseal(v.R.URL.Path, sealed)
	if !ok {
		return url.Values{}, false
	}
	hidden, err := url.ParseQuery(text)
	return hidden, err == nil
}

// Find goes on from a search that was posted to the page of what it finds. What is empty
// is left out.
func (v *Visit) Find(path string, open, hidden []string) error {
	typed := func(names []string) url.Values {
		fields := url.Values{}
		for _, name := range names {
			if value := strings.TrimSpace(v.R.PostFormValue(name)); value != "" {
				fields.Set(name, value)
			}
		}
		return fields
	}
	to, err := v.Sealed(path, typed(open), typed(hidden))
	if err != nil {
		return err
	}
	http.Redirect(v.W, v.R, to, http.StatusSeeOther)
	return nil
}
