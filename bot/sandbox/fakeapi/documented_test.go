package fakeapi_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// TestDocumented plays the examples of WeChat's documents: testdata/documented/README.md says
// how they are written. Together they must call every path.
func TestDocumented(t *testing.T) {
	files, err := filepath.Glob("testdata/documented/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	called := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			for path := range play(t, file) {
				called[path] = true
			}
		})
	}
	for path := range fakeapi.Routes() {
		if !called[path] {
			t.Errorf("no conversation calls %s", path)
		}
	}
}

// scene is one conversation: its lines, in blocks that begin at an unindented one.
type scene struct {
	*plainClient
	w     *world
	file  string
	line  int
	names map[string]any
	last  answer
	made  fakeapi.Console
}

// play plays a file and returns the paths that it called.
func play(t *testing.T, file string) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile(file)
	no(t, err)
	w := open(t, fakeapi.Config{
		Service: strings.Contains(string(raw), "account service\n"), Unverified: strings.Contains(string(raw), "account unverified\n"),
	})
	s := &scene{w: w, file: file, plainClient: newPlainClient(t, w), names: map[string]any{"appid": appID, "secret": secret}}
	for i, id := range members {
		s.names["m"+strconv.Itoa(i+1)] = id
	}
	for _, b := range blocks(string(raw)) {
		s.line = b.line
		s.step(t, b.head, b.body)
	}
	return s.called
}

type block struct {
	line       int
	head, body string
}

func blocks(file string) (all []block) {
	lines := bufio.NewScanner(strings.NewReader(file))
	for n := 1; lines.Scan(); n++ {
		switch line := lines.Text(); {
		case line == "" || line[0] == '#':
		case line[0] == ' ':
			all[len(all)-1].body += line
		default:
			all = append(all, block{line: n, head: line})
		}
	}
	return all
}

// step does what one block says.
func (s *scene) step(t *testing.T, head, body string) {
	t.Helper()
	word, rest, _ := strings.Cut(head, " ")
	switch word {
	case "account":
	case "time":
		d, err := time.ParseDuration(rest)
		no(t, err)
		s.w.clock.add(d)
	case "wrote", "tapped", "followed", "scanned", "unfollowed":
		no(t, s.w.Interact(t.Context(), s.fill(t, "$m"+rest), fakeapi.Interaction(word)))
	case "menu":
		s.made.Menu = []byte(rest + body)
		no(t, s.w.SetConsole(t.Context(), s.made))
	case "replies":
		s.made.Replies = []byte(rest + body)
		no(t, s.w.SetConsole(t.Context(), s.made))
	case "consent":
		var member, id string
		var times int
		_, err := fmt.Sscan(rest, &member, &id, &times)
		no(t, err)
		no(t, s.w.Consent(t.Context(), s.fill(t, "$m"+member), s.fill(t, id), times))
	case "GET", "POST":
		s.last = s.call(t, word, s.fill(t, rest), s.fill(t, body))
	case "FILE":
		path, kind, _ := strings.Cut(rest, " ")
		s.last = s.upload(t, path, "file."+kind, samples[kind])
	case "=":
		s.expect(t, rest+body)
	default:
		t.Fatalf("%s:%d: what is %q?", s.file, s.line, head)
	}
}

var (
	aNumber = regexp.MustCompile(`"#(\w+)"`)
	aName   = regexp.MustCompile(`\$(\w+)`)
)

// fill puts what was named before into a request.
func (s *scene) fill(t *testing.T, text string) string {
	t.Helper()
	known := func(kind *regexp.Regexp, match string) string {
		name := kind.FindStringSubmatch(match)[1]
		if s.names[name] == nil {
			t.Fatalf("%s:%d: nothing was named %s", s.file, s.line, name)
		}
		return fmt.Sprint(s.names[name])
	}
	text = aNumber.ReplaceAllStringFunc(text, func(m string) string { return known(aNumber, m) })
	return aName.ReplaceAllStringFunc(text, func(m string) string { return known(aName, m) })
}

var rid = regexp.MustCompile(` rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$`)

// expect compares the last answer with the one that the documents show.
func (s *scene) expect(t *testing.T, want string) {
	t.Helper()
	defer func() { s.last = answer{} }()
	if form, isFile := strings.CutPrefix(want, "file "); isFile {
		contentType, kind, _ := strings.Cut(form, " ")
		if !bytes.Equal(s.last.body, samples[kind]) || s.last.header.Get("Content-Type") != contentType {
			t.Errorf("%s:%d: %s %q, want the %s", s.file, s.line, s.last.header.Get("Content-Type"), s.last.body, kind)
		}
		return
	}
	wanted, got := decoded(t, []byte(want)), decoded(t, s.last.body)
	if o, isObject := got.(map[string]any); isObject && o["errcode"] != nil && o["errcode"] != json.Number("0") {
		message, _ := o["errmsg"].(string)
		if !rid.MatchString(message) {
			t.Errorf("%s:%d: no rid: %q", s.file, s.line, message)
		}
		o["errmsg"] = rid.ReplaceAllString(message, "")
	}
	if err := s.match(wanted, got, ""); err != nil {
		t.Errorf("%s:%d: %v\n got %s\nwant %s", s.file, s.line, err, s.last.body, want)
	}
	if got := s.last.header.Get("Content-Type"); s.last.status != 200 || got != "application/json; encoding=utf-8" {
		t.Errorf("%s:%d: status %d, %s", s.file, s.line, s.last.status, got)
	}
}

func decoded(t *testing.T, b []byte) any {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return v
}

// match compares two values and names what stands for others.
func (s *scene) match(want, got any, at string) error {
	switch want := want.(type) {
	case map[string]any:
		o, _ := got.(map[string]any)
		if o == nil || !slices.Equal(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(o))) {
			return fmt.Errorf("%s: other fields", at)
		}
		for name := range want {
			if err := s.match(want[name], o[name], at+"."+name); err != nil {
				return err
			}
		}
		return nil
	case []any:
		list, _ := got.([]any)
		if list == nil || len(list) != len(want) {
			return fmt.Errorf("%s: %d entries", at, len(list))
		}
		for i := range want {
			if err := s.match(want[i], list[i], at+"."+strconv.Itoa(i)); err != nil {
				return err
			}
		}
		return nil
	case string:
		if want == "" || want[0] != '$' && want[0] != '#' {
			break
		}
		if _, isNumber := got.(json.Number); isNumber != (want[0] == '#') || got == "" {
			return fmt.Errorf("%s: %v", at, got)
		}
		name := want[1:]
		if before := s.names[name]; before != nil && before != got {
			return fmt.Errorf("%s: %v, before it was %v", at, got, before)
		}
		if name != "" {
			s.names[name] = got
		}
		return nil
	}
	if want != got {
		return fmt.Errorf("%s: %v", at, got)
	}
	return nil
}
