package content

import "strings"

// splitList splits a cell at | and line breaks; \| is no end, and empty parts
// are none.
func splitList(cell string) []string {
	var parts []string
	var b strings.Builder
	end := func() {
		if part := strings.TrimSpace(b.String()); part != "" {
			parts = append(parts, part)
		}
		b.Reset()
	}
	escaped := false
	for _, r := range cell {
		special := r == '|' || r == '｜' || r == '\\'
		switch {
		case escaped && !special:
			b.WriteByte('\\')
			fallthrough
		case escaped:
			if escaped = false; r == '\n' {
				end()
			} else {
				b.WriteRune(r)
			}
		case r == '\\':
			escaped = true
		case r == '|' || r == '｜' || r == '\n':
			end()
		default:
			b.WriteRune(r)
		}
	}
	if escaped {
		b.WriteByte('\\')
	}
	end()
	return parts
}

var listEscapes = strings.NewReplacer(`\`, `\\`, `|`, `\|`, `｜`, `\｜`)

func joinList(parts []string) string {
	escaped := make([]string, len(parts))
	for i, part := range parts {
		escaped[i] = listEscapes.Replace(part)
	}
	return strings.Join(escaped, "|")
}

// withoutLetters takes “A. ” off the options where each begins with its letter.
func withoutLetters(options []string) []string {
	bare := make([]string, len(options))
	for i, option := range options {
		runes := []rune(option)
		if len(runes) < 3 || strings.ToUpper(Fold(string(runes[:1]))) != letter(i) || !strings.ContainsRune(".．、:：)） ", runes[1]) {
			return options
		}
		bare[i] = strings.TrimSpace(string(runes[2:]))
	}
	return bare
}
