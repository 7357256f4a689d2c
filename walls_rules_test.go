package dangshi_test

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// TestEachWallCanFail tries the rules on packages that are made up.
func TestEachWallCanFail(t *testing.T) {
	for _, c := range []struct {
		in, imported string
		tests        bool   // it is a test that imports
		want         string // why not; "" if it may
	}{
		{"content", "dangshi/quiz", false, "there is a wall"},
		{"content", "dangshi/content/starter", false, ""},
		{"content/starter", "dangshi/content", false, ""},
		{"quiz", "dangshi/content", false, ""},
		{"quiz", "dangshi/content/starter", false, "there is a wall"},
		{"quiz", "dangshi/store", false, "there is a wall"},
		{"store", "dangshi/bot", false, "there is a wall"},
		{"store", "dangshi/quiz", false, ""},
		{"bot", "dangshi/bot/wechat", false, "there is a wall"},
		{"bot", "dangshi/bot/sandbox", false, "there is a wall"},
		{"bot", "dangshi/bot/push", true, "there is a wall"},
		{"bot", "dangshi/bot/setup", false, "there is a wall"},
		{"bot/setup", "dangshi/bot/wechat", false, ""},
		{"bot/setup", "dangshi/bot/sandbox/fakeapi", false, "there is a wall"},
		{"web/today", "dangshi/bot", false, "there is a wall"},
		{"web/today", "dangshi/quiz", false, ""},
		{"bot", "dangshi/bot/voice", false, ""}, // a part of the same room
		{"bot", "dangshi/store", false, "there is a wall"},
		{"bot/wechat", "dangshi/bot", false, ""},
		{"bot/wechat", "dangshi/bot/sandbox", false, "there is a wall"},
		{"bot/sandbox", "dangshi/bot/wechat", false, ""},
		{"admin", "dangshi/bot", false, "there is a wall"},
		{"web", "dangshi/store", false, "there is a wall"},
		{"web", "dangshi/web/certificate", false, ""},
		{"web/certificate", "dangshi/bot", false, "there is a wall"},
		{"cmd/dangshi", "dangshi/store", false, ""},
		{"cmd/dangshi", "dangshi/bot/sandbox", false, ""},
		{"elsewhere", "fmt", false, "stands in no room"},

		{"quiz", "dangshi/quiz", true, ""},
		{"quiz", "dangshi/content", true, ""},
		{"quiz", "dangshi/store", true, "there is a wall"},
		{"quiz", "dangshi/store/storetest", true, "there is a wall"},
		{"content", "dangshi/quiz", true, "there is a wall"},
		{"content", "pgregory.net/rapid", true, ""},
		{"content", "os", true, ""},
		{"bot", "dangshi/store", true, ""},
		{"bot", "dangshi/store/storetest", true, ""},
		{"bot", "dangshi/cmd/dangshi", true, "there is a wall"},
		{"store", "dangshi/store/storetest", true, ""},
		{"store", "dangshi/bot", true, "there is a wall"},
		{"bot/wechat", "dangshi/bot/wechat/peer", true, ""},
		{"cmd/dangshi", "dangshi/bot/wechat/peer", true, ""},

		{"bot/sandbox", "dangshi/bot/wechat/peer", false, ""},
		{"store", "dangshi/store/storetest", false, "it is for tests"},
		{"cmd/dangshi", "dangshi/store/storetest", false, "it is for tests"},
		{"cmd/dangshi", "testing", false, "it is for tests"},
		{"cmd/dangshi", "github.com/chromedp/chromedp", false, "it is for tests"},
		{"cmd/dangshi", "github.com/chromedp/cdproto/page", true, ""},
		{"bot", "testing/fstest", false, "it is for tests"},
		{"store/storetest", "testing", false, ""},

		{"quiz", "time", false, ""},
		{"quiz", "context", false, "quiz is pure"},
		{"quiz", "io", false, "quiz is pure"},
		{"quiz", "os", false, "quiz is pure"},
		{"quiz", "sync", false, "quiz is pure"},
		{"quiz", "math/rand/v2", false, "quiz is pure"},
		{"quiz", "hash/maphash", false, "quiz is pure"},
		{"quiz", "unsafe", false, "quiz is pure"},
		{"quiz", "golang.org/x/text/width", false, "quiz is pure"},
		{"quiz/deep", "net", false, "quiz is pure"},
		{"content", "io", false, ""},
		{"content", "net/url", false, ""},
		{"content", "golang.org/x/text/encoding/simplifiedchinese", false, ""},
		{"content", "encoding/gob", false, "content is pure"},
		{"content", "net/http", false, "content is pure"},
		{"content", "os", false, "content is pure"},
		{"content", "context", false, "content is pure"},
		{"content", "log", false, "content is pure"},
		{"content", "log/slog", false, "content is pure"},
		{"content", "github.com/xuri/excelize/v2", false, "only content/workbook, admin/board, cmd may"},
		{"content", "archive/zip", false, "only content/workbook, content/docx, content/files, web, cmd may"},
		{"content", "dangshi/content/workbook", false, "there is a wall"},
		{"content/workbook", "github.com/xuri/excelize/v2", false, ""},
		{"content/workbook", "os", false, "content/workbook is pure"},
		{"content/files", "dangshi/content/workbook", false, ""},
		{"content/docx", "dangshi/content/workbook", false, "there is a wall"},
		{"quiz", "dangshi/content/files", false, "there is a wall"},
		{"content/starter", "embed", false, ""},
		{"content/starter", "os", false, "content is pure"},

		{"bot/wechat", "github.com/silenceper/wechat/v2", false, "nobody may"},
		{"bot/sandbox", "github.com/silenceper/wechat/v2", true, "nobody may"},
		{"cmd/dangshi", "github.com/silenceper/wechat/v2", false, "nobody may"},
		{"bot/wechat", "github.com/silenceper/wechat/v2/officialaccount", false, ""},
		{"bot/sandbox", "github.com/silenceper/wechat/v2/util", true, ""},
		{"bot", "github.com/silenceper/wechat/v2/util", false, "only bot/wechat, bot/sandbox may"},
		{"cmd/dangshi", "github.com/silenceper/wechat/v2/cache", false, "only bot/wechat, bot/sandbox may"},
		{"bot", "github.com/redis/go-redis/v9", true, "only store, cmd may"},
		{"store/storetest", "github.com/redis/go-redis/v9", false, ""},
		{"cmd/dangshi", "github.com/alicebob/miniredis/v2", true, "only store may"},
		{"bot", "github.com/robfig/cron/v3", false, "only cmd, bot/push may"},
	} {
		p := goPackage{ImportPath: "dangshi/" + c.in, Imports: []string{"errors"}, TestImports: []string{"testing"}, XTestImports: []string{"testing"}}
		variants := []goPackage{p}
		if c.tests {
			variants = []goPackage{p, p}
			variants[0].TestImports = []string{"testing", c.imported}
			variants[1].XTestImports = []string{"testing", c.imported}
		} else {
			variants[0].Imports = []string{"errors", c.imported}
		}
		for _, p := range variants {
			got := strings.Join(breaches(p), "; ")
			if c.want == "" && got != "" || c.want != "" && !strings.HasSuffix(got, c.want) {
				t.Errorf("%s → %s (in tests: %t): %q, want %q", c.in, c.imported, c.tests, got, c.want)
			}
		}
	}
	if got := breaches(goPackage{ImportPath: "dangshi", GoFiles: []string{"a.go"}}); len(got) != 1 {
		t.Errorf("code in the root: %q", got)
	}
}

func TestEachMisuseIsFound(t *testing.T) {
	for _, c := range []struct {
		source string
		want   []string
	}{
		{`import "time"; var a = time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC).Add(time.Hour)`, nil},
		{`import "time"; var a = time.Now()`, []string{"time.Now"}},
		{`import clock "time"; var a = clock.Now`, []string{"time.Now"}},
		{`import . "time"; var a = Now()`, []string{"import . time"}},
		{`import "time"; func f() { time.AfterFunc(1, f); <-time.NewTicker(1).C }`, []string{"time.AfterFunc", "time.NewTicker"}},
		{`import "time"; var a, _ = time.LoadLocation("Asia/Shanghai"); var b = time.Local`, []string{"time.LoadLocation", "Local"}},
		{`import "time"; func f(t time.Time) { t.Local() }`, []string{"Local"}},
		{`import "encoding/xml"; func f(t xml.StartElement) bool { return t.Name.Local == "row" }`, nil},
		{`import "time"; func f(t T) { t.Now(); t.time.Now() }`, nil},
		{`import time "strings"; var a = time.ToUpper("a")`, nil},
		{`import "fmt"; func f() { fmt.Println(fmt.Sprint(1)) }`, []string{"fmt.Println"}},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "a.go", "package a; "+c.source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := misuses(file); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.source, got, c.want)
		}
	}
}
