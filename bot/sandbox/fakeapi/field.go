package fakeapi

import (
	"regexp"
	"strings"
	"unicode"
)

// fieldRules say what the value of a field may be, by the field's name without its number:
// developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg.html.
var fieldRules = map[string]func(string) bool{
	"thing":  atMost(20),
	"phrase": func(s string) bool { return characters(s) <= 5 && every(s, han) },
	"number": func(s string) bool { return characters(s) <= 32 && numeric.MatchString(s) },
	"letter": func(s string) bool { return characters(s) <= 32 && every(s, latin) },
	"symbol": func(s string) bool {
		return characters(s) <= 5 && !every(s, func(r rune) bool { return han(r) || latin(r) })
	},
	"character_string": func(s string) bool { return characters(s) <= 32 && every(s, ascii) },
	"time":             clockTime.MatchString,
	"date":             civilDate.MatchString,
	"amount":           amount.MatchString,
	"phone_number":     func(s string) bool { return characters(s) <= 17 && !every(s, unicode.IsLetter) },
	"car_number":       atMost(8),
	"name":             func(s string) bool { return characters(s) <= 10 || characters(s) <= 20 && every(s, ascii) },
}

var (
	numeric   = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	amount    = regexp.MustCompile(`^[¥￥$€]?\d{1,10}(\.\d{1,2})?元?$`)
	day       = `\d{4}(年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})`
	clock     = `\d{1,2}:\d{2}(:\d{2})?`
	clockTime = regexp.MustCompile(`^(` + day + ` ?)?` + clock + `(~(` + day + ` ?)?` + clock + `)?$`)
	civilDate = regexp.MustCompile(`^` + day + `( ?` + clock + `)?(~` + day + `( ?` + clock + `)?)?$`)
)

func atMost(n int) func(string) bool { return func(s string) bool { return characters(s) <= n } }

func every(s string, is func(rune) bool) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !is(r) })
}

func han(r rune) bool   { return unicode.Is(unicode.Han, r) }
func latin(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }
func ascii(r rune) bool { return ' ' <= r && r <= '~' }

// checkFields refuses values that a template's fields do not take, and names the field.
func checkFields(fields []string, values map[string]string) error {
	for _, name := range fields {
		value := values[name]
		if strings.TrimSpace(value) == "" {
			return &refusal{code: codeArgument, detail: "argument invalid! data." + name + ".value is empty"}
		}
		rule := fieldRules[strings.TrimRight(name, "0123456789")]
		if rule != nil && !rule(value) {
			return &refusal{code: codeArgument, detail: "argument invalid! data." + name + ".value invalid"}
		}
	}
	return nil
}
