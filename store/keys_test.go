package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

const anID = "oABCD-efgh_1234567890abcdefgh"

// samples is one key of each constructor.
func samples() map[string]struct {
	key   string
	class Class
} {
	type sample = struct {
		key   string
		class Class
	}
	return map[string]sample{
		"memberKey":     {memberKey(7, anID), Truth},
		"logKey":        {logKey(7, "2026", anID), Truth},
		"replyKey":      {replyKey(7, anID, 1<<63+255), Disposable},
		"helpedKey":     {helpedKey(7, anID), Disposable},
		"practiceKey":   {practiceKey(7, anID), Truth},
		"erasedKey":     {erasedKey(7), Truth},
		"remindKey":     {remindKey(7), Derived},
		"boardKey":      {boardKey(7, "2026", 2), Derived},
		"genKey":        {genKey(63), Derived},
		"pinKey":        {pinKey(), Truth},
		"versionKey":    {versionKey(), Derived},
		"paperKey":      {paperKey(20454), Truth},
		"frozenKey":     {frozenKey(20454, 3), Truth},
		"pinnedKey":     {pinnedKey(20454), Truth},
		"voidsKey":      {voidsKey(), Truth},
		"rulingsKey":    {rulingsKey(), Truth},
		"branchesKey":   {branchesKey(), Truth},
		"questionsKey":  {questionsKey(), Truth},
		"itemsKey":      {itemsKey(), Truth},
		"changesKey":    {changesKey(), Disposable},
		"mediaKey":      {mediaKey("00112233445566778899aabbccddeeff.jpg"), Truth},
		"mediaSizesKey": {mediaSizesKey(), Truth},
		"starterKey":    {starterKey(), Truth},
		"seasonsKey":    {seasonsKey(), Truth},
		"closingKey":    {closingKey("2026"), Truth},
		"honoursKey":    {honoursKey("2026"), Truth},
		"winnersKey":    {winnersKey("2026"), Truth},
		"rollKey":       {rollKey("2026", "a1", 0), Truth},
		"clockKey":      {clockKey(), Truth},
		"pushKey":       {pushKey("2026-01-01:mass"), Truth},
		"simKey":        {simKey("phone:" + anID), Truth},
		"simListKey":    {simListKey("chat:" + anID), Truth},
		"namesKey":      {namesKey("push"), Truth},
		"pagesKey":      {pagesKey(), Truth},
		"auditKey":      {auditKey(), Truth},
		"tallyKey":      {tallyKey("2026"), Derived},
		"trendsKey":     {trendsKey("2026"), Derived},
		"tokenKey":      {tokenKey("access"), Disposable},
		"workKey":       {workKey("check-2026"), Disposable},
		"claimKey":      {claimKey("regrade"), Disposable},
		"objectionsKey": {objectionsKey(7, anID), Truth},
		"linkKey":       {linkKey(7, anID), Disposable},
		"movesKey":      {movesKey(), Truth},
		"objectedKey":   {objectedKey(), Truth},
		"rehearsalKey":  {rehearsalKey(), Disposable},
		"runKey":        {runKey(7, "2026-01-01"), Truth},
		"doubtKey":      {doubtKey(7, "2026-01-01", 3), Truth},
		"paceKey":       {paceKey("custom"), Disposable},
		"accountKey":    {accountKey("e5bca0"), Truth},
		"sessionKey":    {sessionKey("abc"), Disposable},
		"undoKey":       {undoKey(), Disposable},
		"undoneKey":     {undoneKey(), Disposable},
		"undoSizeKey":   {undoSizeKey(), Disposable},
		"mediaIdleKey":  {mediaIdleKey(), Disposable},
		"draftKey":      {draftKey("0123"), Disposable},
		"qstatsKey":     {qstatsKey("2026"), Derived},
		"attemptKey":    {attemptKey("signin", "0123"), Disposable},
		"activityKey":   {activityKey(20454), Truth},
		"backupKey":     {backupKey(), Truth},
	}
}

func TestKeys(t *testing.T) {
	for name, want := range map[string]string{
		"memberKey":     "{s07}:member:" + anID,
		"logKey":        "{s07}:log:2026:" + anID,
		"replyKey":      "{s07}:reply:" + anID + ":80000000000000ff",
		"boardKey":      "{s07}:board:2026:2",
		"practiceKey":   "{s07}:practice:" + anID,
		"objectionsKey": "{s07}:objections:" + anID,
		"erasedKey":     "{s07}:erased",
		"remindKey":     "{s07}:remind",
		"pushKey":       "{all}:push:2026-01-01:mass",
		"simKey":        "{all}:sim:phone:" + anID,
		"simListKey":    "{all}:simlist:chat:" + anID,
		"tallyKey":      "{all}:tally:2026",
		"tokenKey":      "{all}:token:access",
		"genKey":        "{s63}:gen",
		"paperKey":      "{all}:paper:2026-01-01",
		"frozenKey":     "{all}:paper:2026-01-01:3",
		"runKey":        "{s07}:run:2026-01-01",
		"doubtKey":      "{s07}:doubt:2026-01-01:3",
		"paceKey":       "{all}:pace:custom",
	} {
		if got := samples()[name].key; got != want {
			t.Errorf("%s gives %s, want %s", name, got, want)
		}
	}
}

func TestClassify(t *testing.T) {
	for name, s := range samples() {
		if got := Classify(s.key); got != s.class {
			t.Errorf("%s: class %d, want %d", name, got, s.class)
		}
	}
	for _, foreign := range []string{
		"", "member", "{s07}", "{s07}:", "{s64}:member:x", "{s7}:member:x", "{all}:member:x", "{s00}:pin", "{s00}:memberx:y",
		"cache:1", "{all", "s07}:member:x",
	} {
		if got := Classify(foreign); got != Foreign {
			t.Errorf("%q has class %d", foreign, got)
		}
	}
}

// Whoever adds a key must put it into the table and into samples.
func TestEveryConstructorIsInTheTable(t *testing.T) {
	constructors := map[string]bool{}
	for name, file := range sources(t) {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && strings.HasSuffix(f.Name.Name, "Key") && ast.IsExported(f.Name.Name) == false && f.Name.Name != "parseKey" {
				if name != "keys.go" {
					t.Errorf("%s makes keys in %s", f.Name.Name, name)
				}
				constructors[f.Name.Name] = true
			}
		}
	}
	reached := map[string]bool{}
	for name := range constructors {
		s, ok := samples()[name]
		if !ok {
			t.Errorf("samples lacks %s", name)
			continue
		}
		k, _, _, ok := parseKey(s.key)
		if !ok {
			t.Errorf("%s is not in the table", s.key)
		}
		reached[k.name] = true
	}
	for _, k := range kinds {
		if !reached[k.name] {
			t.Errorf("no constructor makes a key of kind %s", k.name)
		}
	}
}

// A key that is put together elsewhere would escape the table.
func TestNoKeyIsMadeElsewhere(t *testing.T) {
	for name, file := range sources(t) {
		if name == "keys.go" {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if ok && lit.Kind == token.STRING && (strings.Contains(lit.Value, "{all}") || strings.Contains(lit.Value, "{s")) {
				t.Errorf("%s has the literal %s", name, lit.Value)
			}
			return true
		})
	}
}

// sources parses the package without its tests.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestRekey(t *testing.T) {
	home := shardOf(anID, ClusterShards)
	for from, want := range map[string]string{
		memberKey(0, anID):         memberKey(home, anID),
		logKey(0, "2026", anID):    logKey(home, "2026", anID),
		replyKey(0, anID, 42):      replyKey(home, anID, 42),
		helpedKey(0, anID):         helpedKey(home, anID),
		practiceKey(0, anID):       practiceKey(home, anID),
		objectionsKey(0, anID):     objectionsKey(home, anID),
		pinKey():                   pinKey(),
		pushKey("2026-01-01"):      pushKey("2026-01-01"),
		simListKey("chat:" + anID): simListKey("chat:" + anID),
		frozenKey(20454, 1):        frozenKey(20454, 1),
		memberKey(0, "odd:id}:x{"): memberKey(shardOf("odd:id}:x{", ClusterShards), "odd:id}:x{"),
	} {
		got, ok := Rekey(from, ClusterShards)
		if !ok || got != want {
			t.Errorf("%s becomes %s, %v; want %s", from, got, ok, want)
		}
		if back, ok := Rekey(got, 1); !ok || back != from {
			t.Errorf("%s goes back to %s, not %s", got, back, from)
		}
	}
	for _, shards := range []int{1, ClusterShards} {
		for from := range ClusterShards {
			got, ok := Rekey(erasedKey(from), shards)
			if k, _, _, known := parseKey(got); !ok || !known || k.name != "erased" || shards == 1 && got != erasedKey(0) {
				t.Errorf("the tombstones of shard %d go to %s, %v", from, got, ok)
			}
		}
	}
	for _, key := range []string{boardKey(0, "2026", 1), genKey(0), remindKey(0), runKey(0, "2026-01-01"), doubtKey(0, "2026-01-01", 1), "cache:1"} {
		if got, ok := Rekey(key, ClusterShards); ok {
			t.Errorf("%s becomes %s", key, got)
		}
	}
}

// The shard of a member must never change: these were computed once.
func TestShardOfStands(t *testing.T) {
	for id, want := range map[string]int{"": 5, "a": 44, "oABC": 58} {
		if got := shardOf(id, ClusterShards); got != want {
			t.Errorf("shardOf(%q) = %d, want %d", id, got, want)
		}
	}
}
