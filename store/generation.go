package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
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

// learn keeps what Redis says: nil stands for a field that is absent.
func (g *gens) learn(shard int, season string, stored any) (generation, error) {
	now := firstGeneration
	if stored != nil {
		text, _ := stored.(string)
		var err error
		if now, err = parseGeneration(text); err != nil {
			return now, err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.seen == nil {
		g.seen = map[genID]generation{}
	}
	g.seen[genID{shard, season}] = now
	return now, nil
}

// maxTurns bounds how often one read or write starts again because a board was
// replaced meanwhile, which happens twice in a Rebuild.
const maxTurns = 5

// onShards asks the boards of the given shards in one round trip. ask queues
// commands, none that may answer nil, for the board that is believed to be read;
// after them the present generation is asked for, and a shard whose board was
// replaced is asked again. So a board that was deleted meanwhile never passes
// for an empty one. While Rebuild switches, some milliseconds, shards may answer
// from different generations.
func (s *Store) onShards(ctx context.Context, season string, shards []int, ask func(p redis.Pipeliner, shard int, board string)) error {
	for range maxTurns {
		p := s.client.Pipeline()
		asked := make([]generation, len(shards))
		present := make([]*redis.SliceCmd, len(shards))
		for i, shard := range shards {
			asked[i] = s.gens.get(shard, season)
			ask(p, shard, boardKey(shard, season, asked[i].read))
			present[i] = p.HMGet(ctx, genKey(shard), season)
		}
		if _, err := p.Exec(ctx); err != nil {
			return unavailable(err)
		}
		var again []int
		for i, shard := range shards {
			now, err := s.gens.learn(shard, season, present[i].Val()[0])
			if err != nil {
				return err
			}
			if now.read != asked[i].read {
				again = append(again, shard)
			}
		}
		if len(again) == 0 {
			return nil
		}
		shards = again
	}
	return fmt.Errorf("%w: the boards are being replaced", quiz.ErrUnavailable)
}

// everyShard lists all shards.
func (s *Store) everyShard() []int {
	shards := make([]int, s.pin.Shards)
	for i := range shards {
		shards[i] = i
	}
	return shards
}
