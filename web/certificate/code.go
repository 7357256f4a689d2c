package certificate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"

	fold "golang.org/x/text/width"

	"dangshi/quiz"
)

// ParseCode reads a code as somebody types it: in any case, full-width, with
// spaces and hyphens, O for 0, I and L for 1, as Crockford's base 32 wants it. ok
// is false for what can be no code.
func ParseCode(typed string) (code string, ok bool) {
	const most = 32
	if len(typed) > 8*most {
		return "", false
	}
	var out strings.Builder
	for _, r := range strings.ToUpper(fold.Narrow.String(typed)) {
		switch {
		case r == 'O':
			out.WriteByte('0')
		case r == 'I', r == 'L':
			out.WriteByte('1')
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z' && r != 'U':
			out.WriteByte(byte(r))
		case strings.ContainsRune(" \t\r\n\u00a0\u3000-‐–—－_.·", r):
		default:
			return "", false
		}
	}
	if out.Len() < 8 || out.Len() > most {
		return "", false
	}
	return out.String(), true
}

// Link is the address at which a certificate is checked; "" without a base.
func Link(base, code string) string {
	if base == "" {
		return ""
	}
	return strings.TrimRight(base, "/") + "/verify/" + url.PathEscape(code)
}

// design is raised when certificates look different than before.
const design = 1

func digest(cfg Config, a quiz.Award) string {
	text, err := json.Marshal([]any{design, cfg.Font, cfg.Wording, cfg.BaseURL, cfg.Specimen, cfg.branch(a.Branch), a})
	if err != nil {
		panic(err) // nothing in it can't be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// Spaced is a code in groups of four, as it is printed and told.
func Spaced(code string) string {
	if len(code) < 8 || strings.ContainsAny(code, "- ") {
		return code
	}
	var out strings.Builder
	for i, r := range code {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String()
}
