// Package dangshi_test keeps the walls between the rooms.
package dangshi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// wall says which packages of this module a room may import besides its own.
type wall struct {
	imports []string
	tests   []string // its tests, in addition
}

// walls are the rooms. A package that is not listed belongs to the innermost
// folder above it that is.
var walls = map[string]wall{
	"content": {},
	// Formats that take more than the standard library's pure part.
	"content/workbook": {imports: []string{"content"}},
	"content/docx":     {imports: []string{"content"}},
	"content/files":    {imports: []string{"content", "content/docx", "content/moodle", "content/prose", "content/workbook"}},
	"quiz":             {imports: []string{"content"}},
	"store":            {imports: []string{"content", "quiz"}},
	"bot":              {imports: []string{"content", "quiz"}, tests: []string{"content/starter", "store", "store/storetest"}},
	"bot/wechat":       {imports: []string{"bot", "content", "quiz"}, tests: []string{"bot/sandbox/fakeapi", "store", "store/storetest"}},
	"bot/sandbox":      {imports: []string{"bot", "bot/wechat", "bot/wechat/peer", "content", "quiz"}, tests: []string{"store", "store/storetest"}},
	"bot/setup":        {imports: []string{"bot", "bot/wechat", "bot/wechat/peer", "content"}, tests: []string{"bot/sandbox/fakeapi"}},
	"bot/push":         {imports: []string{"bot", "content", "quiz"}, tests: []string{"bot/sandbox", "bot/sandbox/fakeapi", "bot/wechat", "bot/wechat/peer", "store", "store/storetest"}},
	"admin/board":      {imports: []string{"content", "quiz"}},
	"admin":            {imports: []string{"admin/board", "admin/account", "admin/frame", "content", "content/files", "content/loading", "content/workbook", "quiz", "web/drawing"}, tests: []string{"content/starter", "store", "store/storetest"}},
	// What draws sheets of paper knows nothing of what is on them: certificates for the
	// web, reports for the console.
	"web/drawing": {},
	"web":         {imports: []string{"content", "quiz", "web/drawing"}, tests: []string{"content/starter", "store", "store/storetest"}},
	"cmd": {
		imports: []string{ // one a line: everybody adds to them
			"admin",
			"admin/account",
			"admin/accounts",
			"admin/audit",
			"admin/banks",
			"admin/board",
			"admin/calendar",
			"admin/chart",
			"admin/frame",
			"admin/media",
			"admin/members",
			"admin/push",
			"admin/ranking",
			"admin/report",
			"admin/today",
			"admin/trends",
			"admin/work",
			"bot",
			"bot/picture",
			"bot/push",
			"bot/sandbox",
			"bot/sandbox/fakeapi",
			"bot/sandbox/population",
			"bot/setup",
			"bot/wechat",
			"bot/wechat/peer",
			"content",
			"content/files",
			"content/loading",
			"content/starter",
			"content/workbook",
			"quiz",
			"store",
			"web",
			"web/branchcode",
			"web/certificate",
			"web/drawing",
			"web/media",
			"web/mydata",
			"web/proof",
			"web/today",
		},
		tests: []string{"store/storetest"},
	},
}

// helpers are for tests: only they, and tests, may import each other or testing.
var helpers = []string{"store/storetest"}

// only says which rooms alone may import a module, in tests too.
var only = map[string][]string{
	"github.com/redis/go-redis":           {"store", "cmd"},
	"github.com/bsm/redislock":            {"store", "cmd"},
	"github.com/go-redis/redis_rate":      {"store", "cmd"},
	"github.com/alexedwards/scs":          {"store", "cmd", "admin"},
	"github.com/alicebob/miniredis":       {"store"},
	"github.com/silenceper/wechat":        {"bot/wechat", "bot/sandbox"},
	"github.com/xuri/excelize":            {"content/workbook", "admin/board", "cmd"},
	"archive/zip":                         {"content/workbook", "content/docx", "content/files", "web", "cmd"},
	"github.com/prometheus/client_golang": {"cmd"},
	"github.com/robfig/cron":              {"cmd", "bot/push"},
}

// never are packages that nobody may import, tests included: this one sets the
// log of the whole program to debug.
var never = []string{"github.com/silenceper/wechat/v2"}

// pure is all that the rooms without side effects may import from outside of
// this module. What is not in it reaches the world, or draws, or waits.
var pure = map[string][]string{
	"quiz": strings.Fields(`bytes cmp container/heap container/list crypto/hmac crypto/sha1 crypto/sha256 crypto/sha512
		encoding/base32 encoding/base64 encoding/binary encoding/hex encoding/json errors fmt hash hash/crc32 hash/crc64 hash/fnv
		html iter maps math math/big math/bits regexp slices sort strconv strings time unicode unicode/utf8
		github.com/open-spaced-repetition/go-fsrs/v3`),
	"content": strings.Fields(`bufio bytes cmp crypto/sha256 embed encoding encoding/base64 encoding/binary encoding/csv
		encoding/hex encoding/json encoding/xml errors fmt hash hash/crc32 hash/crc64 hash/fnv html io io/fs iter maps math math/bits
		net/url path regexp slices sort strconv strings sync time unicode unicode/utf16 unicode/utf8 golang.org/x/text`),
	"content/workbook": strings.Fields(`archive/zip bytes encoding/xml errors fmt io path regexp strconv strings github.com/xuri/excelize/v2`),
	"content/docx":     strings.Fields(`archive/zip bytes encoding/xml errors fmt io path strconv strings unicode unicode/utf8`),
	"content/files":    strings.Fields(`archive/zip bytes errors fmt io regexp slices strings`),
}

// names are all that the pure rooms may use of packages that are only partly
// pure: no clock, no timers, no zone of this machine, no output.
var names = map[string][]string{
	"time": strings.Fields(`Date DateOnly DateTime Duration FixedZone Location Month Parse ParseDuration ParseError ParseInLocation
		RFC3339 RFC3339Nano Time TimeOnly UTC Unix UnixMilli Weekday Nanosecond Microsecond Millisecond Second Minute Hour
		January February March April May June July August September October November December
		Sunday Monday Tuesday Wednesday Thursday Friday Saturday`),
	"fmt": strings.Fields(`Append Appendf Appendln Errorf Fprint Fprintf Fprintln Sprint Sprintf Sprintln Sscan Sscanf Stringer`),
}

type goPackage struct {
	ImportPath, Dir                             string
	GoFiles, Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 6 {
		t.Fatalf("go list found only %d packages", len(all))
	}
	return all
}

// room is the innermost listed folder that holds the package.
func room(path string) string {
	for dir := path; dir != "."; dir = filepath.Dir(dir) {
		if _, ok := walls[dir]; ok {
			return dir
		}
	}
	return ""
}

func within(path, prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }

func withinAny(path string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return within(path, p) })
}

// breaches are the walls that the imports of a package break.
func breaches(p goPackage) (all []string) {
	path, inside := strings.CutPrefix(p.ImportPath, "dangshi/")
	if !inside {
		if len(p.GoFiles) > 0 {
			all = append(all, "the root holds nothing but tests")
		}
		return all // which see all
	}
	here := room(path)
	if here == "" {
		return []string{path + " stands in no room"}
	}
	for _, imported := range p.Imports {
		if why := barred(path, here, imported, false); why != "" {
			all = append(all, fmt.Sprintf("%s must not import %s: %s", path, imported, why))
		}
	}
	for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
		if why := barred(path, here, imported, true); why != "" {
			all = append(all, fmt.Sprintf("the tests of %s must not import %s: %s", path, imported, why))
		}
	}
	return all
}

// barred says why a package, or its tests, must not import another; else "".
func barred(path, here, imported string, test bool) string {
	if slices.Contains(never, imported) {
		return "nobody may"
	}
	for module, rooms := range only {
		if within(imported, module) && !slices.Contains(rooms, here) {
			return "only " + strings.Join(rooms, ", ") + " may"
		}
	}
	other, ours := strings.CutPrefix(imported, "dangshi/")
	forTests := within(imported, "testing") || within(imported, "github.com/chromedp") || ours && slices.Contains(helpers, other)
	if forTests && !test && !slices.Contains(helpers, path) {
		return "it is for tests"
	}
	if ours {
		w := walls[here]
		if room(other) != here && !slices.Contains(w.imports, other) && !(test && slices.Contains(w.tests, other)) {
			return "there is a wall"
		}
		return ""
	}
	if allowed, ok := pure[here]; ok && !test && !slices.Contains(allowed, imported) && !(isModule(imported) && withinAny(imported, allowed)) {
		return here + " is pure"
	}
	return ""
}

// isModule tells a package of another module from one of the standard library,
// where what lies below a pure package need not be pure.
func isModule(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".")
}

// misuses are the names that a file of a pure room uses although it must not.
func misuses(file *ast.File) (all []string) {
	local := map[string]string{} // the package's name in this file → its path
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil || names[imported] == nil {
			continue
		}
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "." {
			all = append(all, "import . "+imported)
		}
		local[name] = imported
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			// Time's method is as bad as the variable; but for the name of an XML
			// element, nothing else here has the name.
			if of, ok := s.X.(*ast.SelectorExpr); s.Sel.Name == "Local" && !(ok && of.Sel.Name == "Name") {
				all = append(all, "Local")
			}
			if x, ok := s.X.(*ast.Ident); ok {
				if imported := local[x.Name]; imported != "" && s.Sel.Name != "Local" && !slices.Contains(names[imported], s.Sel.Name) {
					all = append(all, imported+"."+s.Sel.Name)
				}
			}
		}
		return true
	})
	return all
}

func TestWalls(t *testing.T) {
	for _, p := range packages(t) {
		for _, breach := range breaches(p) {
			t.Error(breach)
		}
	}
}

// TestPureRoomsKnowNoNow: time is an argument of the rules.
func TestPureRoomsKnowNoNow(t *testing.T) {
	read := 0
	for _, p := range packages(t) {
		if pure[room(strings.TrimPrefix(p.ImportPath, "dangshi/"))] == nil {
			continue
		}
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, misuse := range misuses(file) {
				t.Errorf("%s/%s uses %s", p.ImportPath, name, misuse)
			}
			read++
		}
	}
	if read < 10 {
		t.Errorf("only %d files were read", read)
	}
}
