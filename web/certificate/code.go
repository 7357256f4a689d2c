package certificate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"

	"dangshi/quiz"
)

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
	text, err := json.Marshal([]any{design, cfg.Font, cfg.Wording, cfg.BaseURL, cfg.branch(a.Branch), a})
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
