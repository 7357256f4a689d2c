package quiz

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"

	"dangshi/content"
)

// crockford is base 32 without the letters that are taken for digits.
var crockford = base32.NewEncoding(crockfordLetters).WithPadding(base32.NoPadding)

const (
	crockfordLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	pseudonymChars   = 10
)

// Receipt is the number that a member gets for one finished day: 8 characters,
// by which staff can check years later that just these answers were counted for
// just this member.
func Receipt(secret []byte, member Self, from Day, e Entry) string {
	return crockford.EncodeToString(tag(secret, "receipt", string(member), e.Day.String(), string(AppendEntry(nil, from, e)))[:5])
}

// Pseudonym stands for a member in lists that leave the organisation: 10
// characters, another in each season.
func Pseudonym(secret []byte, season string, member Self) string {
	return crockford.EncodeToString(tag(secret, "pseudonym", season, string(member)))[:pseudonymChars]
}

// Label is a short number for a member without a name in lists that members
// see; two members may share it.
func Label(secret []byte, season string, member Self) string {
	return fmt.Sprintf("%04d", binary.BigEndian.Uint32(tag(secret, "label", season, string(member)))%10000)
}

// tag is an HMAC over parts that cannot run into each other.
func tag(secret []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, secret)
	for _, p := range parts {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// Lengths of what members and staff write off a screen or a list.
const (
	ReceiptLength   = 8
	PseudonymLength = 10
)

// ParseCode reads a receipt or a pseudonym as people type it: small letters,
// spaces and hyphens, full-width characters, and the letters O, I and L for the
// digits 0, 1 and 1. ok is false for what is neither.
func ParseCode(text string) (code string, ok bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(content.Fold(text)) {
		switch {
		case r == ' ' || r == '-':
		case r == 'O':
			b.WriteByte('0')
		case r == 'I' || r == 'L':
			b.WriteByte('1')
		case r < 128 && r != 'U' && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'):
			b.WriteRune(r)
		default:
			return "", false
		}
	}
	code = b.String()
	return code, len(code) == ReceiptLength || len(code) == PseudonymLength
}
