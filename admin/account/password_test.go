package account

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPasswords(t *testing.T) {
	for password, ok := range map[string]bool{
		"correct horse battery": true, "一句只有自己知道的话": true, "red-boat-1921-南湖": true, "8273645190": true,
		"": false, "short": false, "九个字符的密码不够": false, strings.Repeat("好长的密码", 26): false,
		"aaaaaaaaaa": false, "密密密密密密密密密密": false, "1212121212": false, "abababababab": false,
		"1234567890": false, "0987654321": false, "56789012345": false, "qwertyuiop": false, "poiuytrewq": false, "asdfghjkla": false, "ABCDEFGHIJ": false,
		"password123": false, "Password2026!": false, "dangshi2026": false, "1q2w3e4r1q2w3e4r": false, "52013145201314": false, "ｐａｓｓｗｏｒｄ１２３": false,
		"wangfang-19210701": false, "WANGFANG的好密码呀": false,
	} {
		if err := CheckPassword("wangfang", password); (err == nil) != ok {
			t.Errorf("%q: %v", password, err)
		}
	}
	if err := CheckPassword("王", "王者归来的一句话呀"); err == nil || !strings.Contains(err.Error(), "10") {
		t.Error(err)
	}
	if err := CheckPassword("王", "王者归来的一句长长的话"); err != nil {
		t.Error("a name of one character is no secret that is lost:", err)
	}
}

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"王芳": true, "阿依古丽·买买提": true, "Wang Fang": true, "staff-1": true, "w.fang_2": true,
		"": false, "-": false, "..": false, "王\n芳": false, "<b>": false, "a/b": false, "=1+1": false, "王芳\u202e": false, strings.Repeat("长", MaxName+1): false,
	} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	for typed, want := range map[string]string{" 王　芳 ": "王 芳", "ｗａｎｇ１": "wang1", "王\t芳": "王 芳"} {
		if got := CleanName(typed); got != want {
			t.Errorf("%q: %q", typed, got)
		}
	}
}

// TestOneTimePasswords: each letter is as likely as any other at each place, by the
// chi-squared test, and none comes twice.
func TestOneTimePasswords(t *testing.T) {
	const n = 4000
	counts, seen := map[rune]int{}, map[string]bool{}
	for range n {
		p := OneTimePassword()
		if seen[p] {
			t.Fatalf("%s came twice", p)
		}
		seen[p] = true
		if groups := strings.Split(p, "-"); len(groups) != 4 || utf8.RuneCountInString(p) != 19 {
			t.Fatalf("%q", p)
		}
		if err := CheckPassword("王芳", p); err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		for _, r := range strings.ReplaceAll(p, "-", "") {
			counts[r]++
		}
	}
	if len(counts) != len(letters) || strings.ContainsAny(letters, "ilo01") {
		t.Errorf("%d letters of %d", len(counts), len(letters))
	}
	expected, chi := float64(16*n)/float64(len(letters)), 0.0
	for _, got := range counts {
		chi += (float64(got) - expected) * (float64(got) - expected) / expected
	}
	if chi > 100 { // 30 degrees of freedom: by chance less than once in 10⁹
		t.Errorf("chi squared is %.0f: %v", chi, counts)
	}
}

// TestRights is the table of docs/console.md.
func TestRights(t *testing.T) {
	want := map[Role]string{Admin: "look names export edit govern", Editor: "look edit", Staff: "look names export", "": "", "king": ""}
	names := []string{Look: "look", Names: "names", Export: "export", Edit: "edit", Govern: "govern"}
	for role, may := range want {
		var has []string
		for right := Look; right <= Govern; right++ {
			if role.May(right) {
				has = append(has, names[right])
			}
		}
		if got := strings.Join(has, " "); got != may {
			t.Errorf("%s: %s, want %s", role, got, may)
		}
		if role.May(0) || role.May(Govern+1) {
			t.Errorf("%s may what is no right", role)
		}
		if role.Valid() != (may != "") {
			t.Errorf("%s is valid: %v", role, role.Valid())
		}
	}
	for _, r := range Roles() {
		if r.Word() == string(r) {
			t.Errorf("%s has no word", r)
		}
	}
}
