package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"dangshi/store/storetest"
)

// run runs a command line in an empty folder.
func run(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

func TestExitCodes(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	write(t, "bad.yaml", "addr: :1\nfoo: 1\naddr: :2\nweights: {finish: 50, correct: 60}\nquestions: [1]\n")
	write(t, "weights.yaml", "weights: {finish: 50, correct: 60}\n")
	write(t, "seasons.yaml", "seasons:\n- {id: a, from: 2026-03-01, to: 2026-02-01}\n")
	write(t, "day.yaml", "seasons:\n- {id: a, from: 2026-02-30, to: 2026-03-01}\n")
	write(t, "list.yaml", "- a\n")
	write(t, "form.yaml", "seasons: [{id: a, form: 2026-01-01, to: 2026-03-01}]\n")
	write(t, "twice.yaml", "seasons: []\nseasons: []\n")
	write(t, "gbk.yaml", "branches: {zb1: \xb5\xda\xd2\xbb}\n")
	write(t, "branches.yaml", "branches: {a: 甲, \"1\": 乙, 答题: 丙, ZB1: 丁, zb1: 戊, zb2: \" \"}\n")
	write(t, "chat.yaml", "units: perhaps\nmenu:\n- name: 答题\n  word: 答题\n  wrod: 答题\npush: {chanels: [mass]}\n")
	write(t, "answers.yaml", "otherwise: shout\npush: {channels: [post]}\nanswers:\n- {words: [电话]}\nmenu:\n- {name: 哪里, word: 哪里}\n")
	write(t, "words.yaml", "welcome: 你好\nright: \"{nobody}\"\n")
	for _, c := range []struct {
		args string
		code int
		says []string
	}{
		{"--help", exitDone, []string{"serve", "board export", "--redis-url", "DANGSHI_ADDR"}},
		{"board export --help", exitDone, []string{"--season", "--top"}},
		{"", exitDone, []string{"serve"}},
		{"sing", exitUsage, []string{"sing"}},
		{"serve --loud", exitUsage, []string{"--loud"}},
		{"serve --addr nowhere", exitUsage, []string{"--addr", "DANGSHI_ADDR", "nowhere"}},
		{"serve --addr 256.1.1.1:1", exitUsage, []string{"--addr", "256.1.1.1"}},
		{"serve --questions 11 --push-at 7:5", exitUsage, []string{"--questions", "11", "--push-at", "7:5"}},
		{"serve --wechat-aeskey short", exitUsage, []string{"--wechat-aeskey", "43"}},
		{"serve --wechat-appid wx", exitUsage, []string{"--wechat-token"}},
		{"serve --wording none.yaml", exitUsage, []string{"none.yaml"}},
		{"serve --wording words.yaml", exitUsage, []string{"words.yaml", "right", "nobody", "privacy"}},
		{"serve --config none.yaml", exitUsage, []string{"none.yaml"}},
		{"serve --config bad.yaml", exitUsage, []string{"bad.yaml", "第2行", "foo", "第3行", "两次", "第5行", "questions"}},
		{"serve --config=weights.yaml", exitUsage, []string{"weights.yaml", "weights", "60"}},
		{"serve --config seasons.yaml", exitUsage, []string{"seasons.yaml", "2026-02-01"}},
		{"serve --config day.yaml", exitUsage, []string{"day.yaml", "2026-02-30"}},
		{"serve --config branches.yaml", exitUsage, []string{`"a"`, `"1"`, `"答题"`, "写了两次", `"zb2"`}},
		{"serve --config form.yaml", exitUsage, []string{"form.yaml", "第1行", "form"}},
		{"serve --config chat.yaml", exitUsage, []string{"chat.yaml", "第1行", "units", "第5行：没有叫 wrod 的设置", "第6行：没有叫 chanels 的设置"}},
		{"serve --config answers.yaml", exitUsage, []string{"otherwise", "shout", "push.channels", "post", "answers", "电话", "menu", "哪里"}},
		{"serve --config twice.yaml", exitUsage, []string{"twice.yaml", "第2行", "两次"}},
		{"serve --config gbk.yaml", exitUsage, []string{"gbk.yaml", "UTF-8"}},
		{"serve --member-rate NaN", exitUsage, []string{"--member-rate"}},
		{"serve --member-burst 99999999999", exitUsage, []string{"--member-burst"}},
		{"serve --config list.yaml", exitUsage, []string{"list.yaml", "第1行"}},
		{"serve --redis-url http://x", exitUsage, []string{"Redis"}},
		{"board verify --redis-url redis://127.0.0.1:1", exitFailed, []string{"连不上 Redis（127.0.0.1:1）：dial tcp"}},
		{"board export --season 26", exitUsage, []string{"--season", "26"}},
		{"board export --top=-1", exitUsage, []string{"--top"}},
		{"board export --format csv -o a.xlsx", exitUsage, []string{"--output", ".xlsx", "csv"}},
		{"board export --format csv -o no/such/a.csv", exitUsage, []string{"--output"}},
	} {
		code, out, errs := run(t, strings.Fields(c.args)...)
		if code != c.code {
			t.Errorf("dangshi %s: exit %d, want %d: %s", c.args, code, c.code, errs)
		}
		for _, word := range c.says {
			if !strings.Contains(out+errs, word) {
				t.Errorf("dangshi %s does not say %q: %s%s", c.args, word, out, errs)
			}
		}
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestPreference: a flag comes before the environment, that before the file,
// that before the default.
func TestPreference(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "dangshi.yaml", "addr: file\npush_at: \"06:00\"\nbase-url: file\n")
	parse := func(args ...string) Settings {
		var c cli
		var file configFile
		k, err := kong.New(&c, kong.DefaultEnvars("DANGSHI"), kong.Resolvers(&file))
		if err != nil {
			t.Fatal(err)
		}
		if err := file.load("dangshi.yaml", false, k.Model); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Parse(args); err != nil {
			t.Fatal(err)
		}
		return c.Settings
	}
	t.Setenv("DANGSHI_ADDR", "environment")
	t.Setenv("DANGSHI_BASE_URL", "environment")
	s := parse("serve", "--addr", "flag")
	if s.Addr != "flag" || s.BaseURL != "environment" || s.PushAt != "06:00" || s.Data != "data" {
		t.Errorf("addr %s, base-url %s, push-at %s, data %s", s.Addr, s.BaseURL, s.PushAt, s.Data)
	}
}

// TestEnvironmentNames: the contract's names of variables work.
func TestEnvironmentNames(t *testing.T) {
	k, err := kong.New(&cli{}, kong.DefaultEnvars("DANGSHI"))
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, f := range k.Model.Flags {
		for _, e := range f.Envs {
			have[e] = true
		}
	}
	for _, name := range []string{
		"ADDR", "BASE_URL", "REDIS_URL", "DATA", "WECHAT_APPID", "WECHAT_SECRET", "WECHAT_TOKEN", "WECHAT_AESKEY", "WECHAT_API", "SANDBOX", "PUSH_AT",
	} {
		if !have["DANGSHI_"+name] {
			t.Errorf("DANGSHI_%s is no setting", name)
		}
	}
}

// TestOneVariableOneMeaning: flags of several commands that a variable of the environment
// sets take the same kind of value.
func TestOneVariableOneMeaning(t *testing.T) {
	kinds := map[string]string{}
	for _, command := range leaves(parser(t, &cli{}).Model.Node) {
		for _, f := range command.Flags {
			kind := "text"
			if f.IsBool() {
				kind = "switch"
			} else if f.Target.CanInt() {
				kind = "number"
			}
			for _, name := range f.Envs {
				if other := kinds[name]; other != "" && other != kind {
					t.Errorf("%s is a %s for %s, a %s elsewhere", name, kind, command.FullPath(), other)
				}
				kinds[name] = kind
			}
		}
	}
}

// FuzzSettingsFile: any file is taken or refused, never a panic; what is taken
// names only known settings.
func FuzzSettingsFile(f *testing.F) {
	f.Add([]byte("addr: :8080\nseasons:\n- {id: \"2026\", from: 2026-03-01, to: 2026-12-31}\nweights: {finish: 40, correct: 60}\nbranches: {zb1: 第一支部}\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("? {}\n: 1"))
	f.Add([]byte("addr: {}\n"))
	f.Add([]byte("\xff"))
	flags := []string{"addr", "data"}
	f.Fuzz(func(t *testing.T, data []byte) {
		var file configFile
		if err := file.parse(data, flags); err != nil {
			return
		}
		for name := range file.values {
			if name != "addr" && name != "data" {
				t.Errorf("%q is taken for a setting", name)
			}
		}
		s := defaults()
		s.file = file.more
		_ = s.check() // must not panic either
	})
}
