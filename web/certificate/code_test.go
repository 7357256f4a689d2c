package certificate

import (
	"regexp"
	"testing"
)

func TestParseCode(t *testing.T) {
	const code = "7KQ2M9XW4T3HBZ01"
	for typed, want := range map[string]string{
		code:                     code,
		"7kq2 m9xw 4t3h bz01":    code,
		" 7KQ2-M9XW-4T3H-BZ01\n": code,
		"7kq2m9xw4t3hbzol":       code,
		"7KQ2M9XW4T3HBZOI":       code,
		"７ＫＱ２　ｍ９ｘｗ－４ｔ３ｈ－ｂｚｏｌ": code,
		"":                              "",
		"7KQ2":                          "",
		"7KQ2M9XW4T3HBZ0U":              "",
		"7KQ2M9XW4T3HBZ0张":              "",
		"../../etc/passwd":              "",
		"7KQ2M9XW4T3HBZ01" + code + "1": "",
	} {
		if got, ok := ParseCode(typed); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %t, want %q", typed, got, ok, want)
		}
	}
	if got := Spaced(code); got != "7KQ2 M9XW 4T3H BZ01" {
		t.Error(got)
	}
}

// FuzzParseCode: what comes out is a code, and the same again.
func FuzzParseCode(f *testing.F) {
	f.Add("7kq2 m9xw-4t3h bzol")
	f.Add("７ＫＱ２　ｍ９ｘｗ")
	plain := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{8,32}$`)
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := ParseCode(typed)
		if !ok {
			if code != "" {
				t.Errorf("%q: no code, but %q", typed, code)
			}
			return
		}
		if !plain.MatchString(code) {
			t.Errorf("%q: %q", typed, code)
		}
		if again, ok := ParseCode(Spaced(code)); !ok || again != code {
			t.Errorf("%q: %q, printed and read again %q", typed, code, again)
		}
	})
}
