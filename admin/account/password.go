package account

import (
	"crypto/rand"
	"errors"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// MinPassword and MaxPassword bound a chosen password, in characters. Length is what
// makes it strong (NIST SP 800-63B, 3.1.1.2); no mixture of kinds is asked for.
const (
	MinPassword = 10
	MaxPassword = 128
)

// hashing is argon2id as OWASP's cheat sheet gives it: 19 MiB, two passes, one lane.
// Several at once must not use up the memory in which members are answered.
var hashing = argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// gate lets so many passwords be hashed at once.
type Hasher struct{ gate chan struct{} }

// NewHasher makes a hasher for one process.
func NewHasher() *Hasher { return &Hasher{make(chan struct{}, max(1, runtime.NumCPU()/2))} }

// Hash makes the hash of a password.
func (h *Hasher) Hash(password string) (string, error) {
	h.gate <- struct{}{}
	defer func() { <-h.gate }()
	return argon2id.CreateHash(password, &hashing)
}

// nobody is the hash of no password: whoever asks for a name that does not exist
// waits as long as for one that does.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Fits reports whether a password is that of an account; the zero Account has none.
func (h *Hasher) Fits(a Account, password string) (bool, error) {
	hash := a.Hash
	if hash == "" {
		hash = nobody
	}
	if utf8.RuneCountInString(password) > MaxPassword {
		return false, nil
	}
	h.gate <- struct{}{}
	defer func() { <-h.gate }()
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	return ok && a.Hash != "", err
}

// CheckPassword says what is wrong with a password that somebody chose.
func CheckPassword(name, password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return errors.New("密码至少 10 个字符，可以是几个词连起来的一句话")
	case n > MaxPassword:
		return errors.New("密码最多 128 个字符")
	case strings.Contains(strings.ToLower(password), strings.ToLower(name)):
		return errors.New("密码里不要有自己的名字")
	case strings.Count(password, password[:1]) == len(password):
		return errors.New("密码不能只是一个字符的重复")
	}
	return nil
}

// letters are those of one-time passwords: none is taken for another one.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// OneTimePassword makes a password to be handed over: 80 bits, in groups of four.
func OneTimePassword() string {
	var b strings.Builder
	random := make([]byte, 1)
	for n := 0; n < 16; {
		rand.Read(random)
		i := int(random[0]) & 31
		if i >= len(letters) {
			continue
		}
		if n > 0 && n%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[i])
		n++
	}
	return b.String()
}
