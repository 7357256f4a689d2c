package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
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

// Hasher hashes passwords, so many at once.
type Hasher struct {
	gate   chan struct{}
	params argon2id.Params
	nobody string // the hash of no password
}

// NewHasher makes a hasher for one process.
func NewHasher() *Hasher {
	return &Hasher{make(chan struct{}, max(1, runtime.NumCPU()/2)), hashing, nobody}
}

// enter waits for its turn, as long as ctx lasts.
func (h *Hasher) enter(ctx context.Context) error {
	select {
	case h.gate <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hasher) leave() { <-h.gate }

// Hash makes the hash of a password. Errors: that of ctx.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return argon2id.CreateHash(plain(password), &h.params)
}

// plain is a password as it is hashed, however the keyboard wrote its characters
// (NIST SP 800-63B, 3.1.1.2).
func plain(password string) string { return norm.NFKC.String(password) }

// nobody is the hash of no password: whoever asks for a name that does not exist
// waits as long as for one that does.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Fits reports whether a password is that of an account; the zero Account has none.
// Errors: that of ctx.
func (h *Hasher) Fits(ctx context.Context, a Account, password string) (bool, error) {
	hash := a.Hash
	if hash == "" {
		hash = h.nobody
	}
	if utf8.RuneCountInString(password) > MaxPassword {
		return false, nil
	}
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	if a.OneTime {
		password = copied(password)
	}
	ok, err := argon2id.ComparePasswordAndHash(plain(password), hash)
	return ok && a.Hash != "", err
}

// fewest is how many different characters a password has at least.
const fewest = 5

// known are the passwords of that length that are tried first everywhere; those of
// one row of keys or of digits in order are found without them.
var known = []string{
	"password", "passw0rd", "p@ssw0rd", "woaini", "dangshi", "admin", "qwerty", "1q2w3e4r", "1qaz2wsx", "zaq12wsx", "abc123", "iloveyou", "letmein", "welcome", "5201314",
}

// CheckPassword says what is wrong with a password that somebody chose.
func CheckPassword(name, password string) error {
	characters := []rune(strings.ToLower(plain(password)))
	different := map[rune]bool{}
	for _, r := range characters {
		different[r] = true
	}
	lower := string(characters)
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return fmt.Errorf("密码至少 %d 个字符，可以是几个词连起来的一句话", MinPassword)
	case n > MaxPassword:
		return fmt.Errorf("密码最多 %d 个字符", MaxPassword)
	case utf8.RuneCountInString(name) > 1 && strings.Contains(lower, strings.ToLower(plain(name))):
		return errors.New("密码里不要有自己的名字")
	case len(different) < fewest:
		return fmt.Errorf("密码里至少要有 %d 个不同的字符", fewest)
	case inOrder(characters):
		return errors.New("密码不能只是按顺序排的数字、字母或键盘上的一行")
	case guessed(lower):
		return errors.New("这样的密码别人一下就试到了，请换一个，比如几个词连起来的一句话")
	}
	return nil
}

// rows are characters as they stand side by side; each begins anew after its end.
var rows = []string{"0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

// inOrder reports whether a password walks along one row, forwards or backwards.
func inOrder(password []rune) bool {
	for _, row := range rows {
		forwards, backwards := true, true
		for i := 1; i < len(password) && (forwards || backwards); i++ {
			a, b := strings.IndexRune(row, password[i-1]), strings.IndexRune(row, password[i])
			forwards = forwards && a >= 0 && b == (a+1)%len(row)
			backwards = backwards && b >= 0 && a == (b+1)%len(row)
		}
		if forwards || backwards {
			return true
		}
	}
	return false
}

// guessed reports whether a password is one of the known ones with no more around it
// than digits and signs.
func guessed(password string) bool {
	core := strings.TrimFunc(password, func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(known, func(k string) bool {
		trimmed := strings.TrimFunc(k, func(r rune) bool { return !unicode.IsLetter(r) })
		return core == trimmed && core != "" || strings.ReplaceAll(password, k, "") == ""
	})
}

// letters are those of one-time passwords: none is taken for another one.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// copied is a one-time password as it was made, from what somebody typed off a slip of
// paper: in capitals, in full-width letters, with spaces for the dashes or without any.
func copied(typed string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToLower(plain(typed)) {
		if unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) {
			continue
		}
		if n > 0 && n%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// OneTimePassword makes a password to be handed over: 16 letters, 79 bits, in
// groups of four.
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
