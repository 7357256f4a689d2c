package store

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// generation says which boards of a season a shard has: the one that is read,
// and the one that is being filled by Rebuild, 0 where none is. Commits write
// both.
type generation struct{ read, fill int }

// firstGeneration is what a shard has where nothing was ever rebuilt.
var firstGeneration = generation{read: 1}

// String is the form in which it is stored: "1", or "1 2".
func (g generation) String() string {
	if g.fill == 0 {
		return strconv.Itoa(g.read)
	}
	return strconv.Itoa(g.read) + " " + strconv.Itoa(g.fill)
}

// last is the highest number in use.
func (g generation) last() int { return max(g.read, g.fill) }

func parseGeneration(s string) (generation, error) {
	read, fill, both := strings.Cut(s, " ")
	var g generation
	var err1, err2 error
	g.read, err1 = strconv.Atoi(read)
	if both {
		g.fill, err2 = strconv.Atoi(fill)
	}
	if err1 != nil || err2 != nil || g.read < 1 || both && g.fill <= g.read || g.String() != s {
		return generation{}, fmt.Errorf("a board's generation is %q", s)
	}
	return g, nil
}

// gens remembers the generations seen last. A wrong one does no harm: a commit
// is refused by the script, and a reader asks for the present one along with
// the board.
type gens struct {
	mu   sync.RWMutex
	seen map[genID]generation
}

type genID struct {
	shard  int
	season string
}

func (g *gens) get(shard int, season string) generation {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if seen, ok := g.seen[genID{shard, season}]; ok {
		return seen
	}
	return firstGeneration
}

func (g *gens) set(shard int, season string, now generation) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.seen == nil {
		g.seen = map[genID]generation{}
	}
	g.seen[genID{shard, season}] = now
}

// storedGeneration is what Redis says: nil stands for a field that is absent.
func storedGeneration(stored any) (generation, error) {
	if stored == nil {
		return firstGeneration, nil
	}
	text, _ := stored.(string)
	return parseGeneration(text)
}

// learn keeps what Redis says of a shard. One that is read instead of the one before
// was published meanwhile, by whatever else stands under the versions: those are
// asked for anew first, so that nobody reads the new boards by what was before.
func (s *Store) learn(shard int, season string, stored any) (generation, error) {
	now, err := storedGeneration(stored)
	if err != nil {
		return now, err
	}
	if s.gens.get(shard, season).read != now.read {
		s.changed()
	}
	s.gens.set(shard, season, now)
	return now, nil
}

// maxTurns bounds how often one read or write starts again because a board was
// replaced meanwhile, which happens twice in a Rebuild.
const maxTurns = 5

// everyShard lists all shards.
func (s *Store) everyShard() []int {
	shards := make([]int, s.pin.Shards)
	for i := range shards {
		shards[i] = i
	}
	return shards
}
