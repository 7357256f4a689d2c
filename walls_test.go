// Package dangshi_test keeps the walls between the rooms.
package dangshi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport says which rooms a package of this module may import besides its
// own subfolders. A package that is not listed follows its parent folder.
var mayImport = map[string][]string{
	"content":     {},
	"quiz":        {"content"},
	"store":       {"content", "quiz"},
	"bot":         {"content", "quiz"},
	"bot/wechat":  {"bot", "content", "quiz"},
	"bot/sandbox": {"bot", "bot/wechat", "content", "quiz"},
	"bot/push":    {"bot", "content", "quiz"},
	"admin":       {"content", "quiz"},
	"web":         {"content", "quiz"},
	"cmd":         {"bot", "bot/wechat", "bot/sandbox", "bot/push", "content", "content/starter", "quiz", "store", "admin", "web"},
}

// only says which rooms alone may import a module.
var only = map[string][]string{
	"github.com/redis/go-redis":           {"store", "cmd"},
	"github.com/bsm/redislock":            {"store", "cmd"},
	"github.com/go-redis/redis_rate":      {"store", "cmd"},
	"github.com/alexedwards/scs":          {"store", "cmd", "admin"},
	"github.com/alicebob/miniredis":       {"store"},
	"github.com/silenceper/wechat":        {"bot/wechat", "bot/sandbox"},
	"github.com/prometheus/client_golang": {"cmd"},
	"github.com/robfig/cron":              {"cmd", "bot/push"},
}

// impure is what the rules of the quiz must not touch.
var impure = []string{"context", "net", "os", "log", "io", "syscall", "runtime", "math/rand", "crypto/rand", "sync"}

type goPackage struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	out, err := cmd.Output()
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
		if _, ok := mayImport[dir]; ok {
			return dir
		}
	}
	return ""
}

func within(path, prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }

func TestWalls(t *testing.T) {
	for _, p := range packages(t) {
		path, inside := strings.CutPrefix(p.ImportPath, "dangshi/")
		if !inside {
			continue // the root holds nothing but this test
		}
		here := room(path)
		if here == "" {
			t.Errorf("%s stands in no room", path)
			continue
		}
		for _, imported := range p.Imports {
			if other, ok := strings.CutPrefix(imported, "dangshi/"); ok {
				ofOwn := within(other, here) && room(other) == here
				if !ofOwn && !slices.Contains(mayImport[here], other) && !within(other, path) {
					t.Errorf("%s must not import %s", path, other)
				}
			}
			for module, rooms := range only {
				if within(imported, module) && !slices.ContainsFunc(rooms, func(r string) bool { return within(path, r) }) {
					t.Errorf("%s must not import %s", path, imported)
				}
			}
			if here == "quiz" {
				for _, bad := range impure {
					if within(imported, bad) {
						t.Errorf("quiz is pure: %s must not import %s", path, imported)
					}
				}
			}
		}
	}
}

// TestQuizKnowsNoNow: time is an argument of the rules.
func TestQuizKnowsNoNow(t *testing.T) {
	for _, p := range packages(t) {
		if !within(p.ImportPath, "dangshi/quiz") {
			continue
		}
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					x, _ := s.X.(*ast.Ident)
					if x != nil && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer"}, s.Sel.Name) {
						t.Errorf("%s uses time.%s", name, s.Sel.Name)
					}
				}
				return true
			})
		}
	}
}
