package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/redis/go-redis/v9"
	"gopkg.in/yaml.v3"

	"dangshi/bot"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// manual are the documents that operators read, from here.
var manual = []string{"../../README.md", "../../docs/wechat.md", "../../docs/operations.md", "../../docs/content.md", "../../docs/ranking.md", "../../docs/season.md"}

func document(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func documents(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, path := range manual {
		all.WriteString(document(t, path))
	}
	return all.String()
}

func parser(t *testing.T, c *cli, more ...kong.Option) *kong.Kong {
	t.Helper()
	k, err := kong.New(c, append(more, kong.Name("dangshi"), kong.DefaultEnvars("DANGSHI"))...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// leaves are the commands that can be run, by their whole names.
func leaves(n *kong.Node) (all []*kong.Node) {
	if n.Type == kong.CommandNode && len(n.Children) == 0 {
		return []*kong.Node{n}
	}
	for _, c := range n.Children {
		all = append(all, leaves(c)...)
	}
	return all
}

// row is the line of a table whose first cell begins with a name.
func row(text, name string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "| "+name) {
			return line
		}
	}
	return ""
}

// TestReadmeNamesEverything: each command and its flags, each setting with its
// names and its default.
func TestReadmeNamesEverything(t *testing.T) {
	readme := document(t, "../../README.md")
	k := parser(t, &cli{})
	for _, command := range leaves(k.Model.Node) {
		name := strings.TrimPrefix(command.FullPath(), "dangshi ")
		if !regexp.MustCompile("(?m)^\\| [^|]*`" + name + "[` ]").MatchString(readme) {
			t.Errorf("README.md lacks the command %s", name)
		}
		for _, f := range command.Flags {
			if !strings.Contains(readme, "--"+f.Name) {
				t.Errorf("README.md lacks --%s of %s", f.Name, name)
			}
		}
	}
	for _, f := range settingFlags(k) {
		cells := row(readme, "`"+f.Envs[0]+"`")
		for _, want := range []string{"`--" + f.Name + "`", "`" + yamlKey(f.Name) + "`", "`" + f.Default + "`"} {
			if want != "``" && !strings.Contains(cells, want) && !(f.Name == "config" && want == "`config`") {
				t.Errorf("README.md: the row of %s lacks %s: %q", f.Envs[0], want, cells)
			}
		}
	}
	for key := range new(fileSettings).fields() {
		if row(readme, "`"+key+"`") == "" {
			t.Errorf("README.md lacks the setting %s", key)
		}
	}
}

func settingFlags(k *kong.Kong) (flags []*kong.Flag) {
	for _, f := range k.Model.Flags {
		if f.Name != "help" {
			flags = append(flags, f)
		}
	}
	return flags
}

func yamlKey(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// commented is a setting of the example that is switched off: no space follows
// the #, as after that of a sentence.
var commented = regexp.MustCompile(`(?m)^#([^ \n]| {2})`)

// TestExampleSettings: dangshi.example.yaml changes nothing as it is; with every
// line switched on it is accepted, names all settings, and what it does not call
// an example is the default.
func TestExampleSettings(t *testing.T) {
	const path = "../../dangshi.example.yaml"
	example := document(t, path)
	read := func(text string) *configFile {
		t.Helper()
		var file configFile
		if err := file.parse([]byte(text), flagNames(parser(t, &cli{}).Model.Node)); err != nil {
			t.Fatal(err)
		}
		return &file
	}
	if as := read(example); len(as.values) != 0 {
		t.Errorf("as it is it sets %v", as.values)
	}
	whole := commented.ReplaceAllString(example, "$1")
	file := read(whole)
	var c cli
	k := parser(t, &c, kong.Resolvers(file))
	if _, err := k.Parse([]string{"serve"}); err != nil {
		t.Fatal(err)
	}
	c.Settings.Config, c.Settings.file = path, file.more
	if err := c.Settings.check(); err != nil {
		t.Error(err)
	}
	var keys map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(whole), &keys); err != nil {
		t.Fatal(err)
	}
	for _, f := range settingFlags(k) {
		key := yamlKey(f.Name)
		node, named := keys[key]
		switch {
		case key == "config":
		case !named:
			t.Errorf("the example lacks %s", key)
		case !calledExample(example, key) && node.Value != defaultOf(f):
			t.Errorf("%s is %q in the example, by default %q", key, node.Value, defaultOf(f))
		}
	}
	for key := range file.more.fields() {
		if _, named := keys[key]; !named {
			t.Errorf("the example lacks %s", key)
		}
	}
	if more := file.more; more.Weights == nil || *more.Weights != quiz.DefaultWeights || more.Units || more.Otherwise != bot.HelpOnce {
		t.Errorf("these are not the defaults: %+v", more)
	}
}

func defaultOf(f *kong.Flag) string {
	if f.IsBool() && f.Default == "" {
		return "false"
	}
	return f.Default
}

// calledExample reports whether the sentences above a setting call it an example:
// those up to the next blank line, also where several settings stand below.
func calledExample(text, key string) bool {
	before, _, _ := strings.Cut(text, "\n#"+key+":")
	block := before[strings.LastIndex(before, "\n\n")+1:]
	lines := strings.Split(block, "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.HasPrefix(lines[i], "# ") {
			for ; i >= 0 && strings.HasPrefix(lines[i], "# "); i-- {
				if strings.Contains(lines[i], "（例）") {
					return true
				}
			}
			return false
		}
	}
	return false
}

// TestCommandsOfTheReadme: what the table of commands promises can be run.
func TestCommandsOfTheReadme(t *testing.T) {
	storetest.InTurn(t)
	_, section, _ := strings.Cut(document(t, "../../README.md"), "\n## 命令\n")
	section, _, _ = strings.Cut(section, "\n## ")
	tried := 0
	for _, m := range regexp.MustCompile("(?m)^\\| (`[a-z][^|]*`) \\|").FindAllStringSubmatch(section, -1) {
		for _, line := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(m[1], -1) {
			if _, err := parser(t, &cli{}).Parse(strings.Fields(line[1])); err != nil {
				t.Errorf("dangshi %s: %v", line[1], err)
			}
			tried++
		}
	}
	if tried < 14 {
		t.Errorf("only %d commands were found", tried)
	}
}

// fenced are the blocks of code of one language in a document.
func fenced(text, language string) (blocks []string) {
	for _, m := range regexp.MustCompile("(?ms)^ *```"+language+"\n(.*?)^ *```").FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// TestCommandLinesOfTheManual: each line that runs dangshi can be parsed.
func TestCommandLinesOfTheManual(t *testing.T) {
	storetest.InTurn(t)
	tried := 0
	for _, block := range fenced(documents(t), "sh") {
		for line := range strings.Lines(block) {
			_, args, found := strings.Cut(strings.TrimSpace(line), "dangshi ")
			before := strings.TrimSuffix(line[:strings.Index(line+"dangshi ", "dangshi ")], "./cmd/")
			if before = strings.TrimSpace(before); !found || before != "" && before != "go run" {
				continue
			}
			args, _, _ = strings.Cut(args, " #")
			if _, err := parser(t, &cli{}).Parse(strings.Fields(args)); err != nil {
				t.Errorf("%s: %v", strings.TrimSpace(line), err)
			}
			tried++
		}
	}
	if tried < 10 {
		t.Errorf("only %d command lines were found", tried)
	}
}

// TestExamplesOfTheManual: the examples of files can be loaded, those of settings
// be read, and the menu is the one that is shipped.
func TestExamplesOfTheManual(t *testing.T) {
	text := document(t, "../../docs/content.md")
	tables := fenced(text, "csv")
	if len(tables) != 3 {
		t.Fatalf("%d tables", len(tables))
	}
	for _, c := range []struct {
		name, text       string
		read             reader
		items, questions int
	}{
		{"bank.csv", tables[0], content.ReadQuestionsFile, 0, 4},
		{"bank.jsonl", strings.Join(fenced(text, "jsonl"), ""), content.ReadQuestionsFile, 0, 2},
		{"items.csv", tables[1], content.ReadItemsFile, 1, 0},
		{"series.csv", tables[2], content.ReadItemsFile, 2, 0},
	} {
		f, err := c.read(c.name, strings.NewReader(c.text))
		if err != nil || f.Err() != nil || len(f.Items) != c.items || len(f.Questions) != c.questions {
			t.Errorf("%s: %d items, %d questions, %v, %v", c.name, len(f.Items), len(f.Questions), err, f.Err())
		}
	}
	var file configFile
	blocks := fenced(document(t, "../../docs/wechat.md"), "yaml")
	for _, block := range blocks {
		if err := file.parse([]byte(block), nil); err != nil {
			t.Errorf("%v:\n%s", err, block)
		}
	}
	if menu := file.more.Menu; len(blocks) == 0 || !reflect.DeepEqual(menu, bot.DefaultMenu()) {
		t.Errorf("the menu of docs/wechat.md is %+v", menu)
	}
	for _, limit := range []int{content.MaxQuestionSize, content.MaxItemSize} {
		if n := fmt.Sprintf("%d,%03d 字节", limit/1000, limit%1000); !strings.Contains(text, n) {
			t.Errorf("docs/content.md does not say %s", n)
		}
	}
}

// TestManualNamesMetricsAndPaths: what Prometheus reads is explained, and so is
// each address.
func TestManualNamesMetricsAndPaths(t *testing.T) {
	all := documents(t)
	m := newMetrics()
	m.watch(func() int { return 0 }, new(open))
	client := redis.NewClient(&redis.Options{})
	defer client.Close()
	m.watchRedis(client)
	m.watchGaps(func(context.Context) (int, error) { return 0, nil })
	m.observe("text", 200, time.Second)
	m.count("committed")
	m.called("/", 0, time.Second)
	m.pushed("sent")
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	ours := 0
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), "dangshi_") {
			ours++
			if row(all, "`"+f.GetName()+"`") == "" {
				t.Errorf("the manual lacks the metric %s", f.GetName())
			}
		}
	}
	if ours < 4 {
		t.Errorf("only %d metrics were found", ours)
	}
	for _, path := range []string{"/wechat", "/healthz", "/readyz", "/metrics", "/today/", "/MP_verify_", "/sandbox/", "/sandbox/clock", "/sandbox/outbox", simulatorPath} {
		if !strings.Contains(all, "`"+path) {
			t.Errorf("the manual lacks %s", path)
		}
	}
}

// TestCompose: Redis keeps every answer and is not to be reached from outside,
// and what is set for the program are settings of it.
func TestCompose(t *testing.T) {
	var compose struct {
		Services map[string]struct {
			Command     []string
			Ports       []string
			Environment map[string]string
			Volumes     []string
			ReadOnly    bool     `yaml:"read_only"`
			CapDrop     []string `yaml:"cap_drop"`
			SecurityOpt []string `yaml:"security_opt"`
		}
	}
	if err := yaml.Unmarshal([]byte(document(t, "../../compose.yaml")), &compose); err != nil {
		t.Fatal(err)
	}
	redis, ours := compose.Services["redis"], compose.Services["dangshi"]
	if at := slices.Index(redis.Command, "--appendonly"); at < 0 || redis.Command[at+1] != "yes" || len(redis.Ports) != 0 {
		t.Errorf("redis: %+v", redis)
	}
	if !ours.ReadOnly || !slices.Equal(ours.CapDrop, []string{"ALL"}) || !slices.Contains(ours.SecurityOpt, "no-new-privileges:true") || !slices.Contains(redis.SecurityOpt, "no-new-privileges:true") {
		t.Errorf("it may do more than it needs: %+v", ours)
	}
	if !slices.Contains(ours.Volumes, "dangshi:/data") {
		t.Errorf("backups do not outlive the container: %v", ours.Volumes)
	}
	for _, port := range ours.Ports {
		if !strings.HasPrefix(port, "127.0.0.1:") {
			t.Errorf("%s is published to everyone", port)
		}
	}
	var known []string
	for _, f := range settingFlags(parser(t, &cli{})) {
		known = append(known, f.Envs...)
	}
	for name := range ours.Environment {
		if !slices.Contains(known, name) {
			t.Errorf("%s is no setting", name)
		}
	}
	if ours.Environment["DANGSHI_REDIS_URL"] == "" {
		t.Error("it does not use the Redis")
	}
}
