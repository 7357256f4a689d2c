package quiz

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
)

// crockford is base 32 without the letters that are taken for digits.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Receipt is the number that a member gets for one finished day: 8 characters,
// by which staff can check years later that just these answers were counted for
// just this member.
func Receipt(secret []byte, member Self, from Day, e Entry) string {
	return crockford.EncodeToString(tag(secret, "receipt", string(member), e.Day.String(), string(AppendEntry(nil, from, e)))[:5])
}

// Pseudonym stands for a member in lists that leave the organisation: 10
// characters, another in each season.
func Pseudonym(secret []byte, season string, member Self) string {
	return crockford.EncodeToString(tag(secret, "pseudonym", season, string(member)))[:10]
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
