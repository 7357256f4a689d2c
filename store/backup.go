package store

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// BackupOptions say how Backup goes about it.
type BackupOptions struct {
	At       time.Time     // what the backup says of when it was made
	Progress func(n int)   // is told from time to time how many members are done; may be nil
	Wait     time.Duration // before SaveBackup begins anew; 0: 2 s
}

// BackupInfo is what a backup says of itself.
type BackupInfo struct {
	At      time.Time // when it was made; zero: a file of the embedded store, which does not say
	Sandbox bool
	Shards  int
	DumpStats
}

// Members is how many members a backup holds.
func (i BackupInfo) Members() int { return i.Kinds["member"] }

// ErrMoving means that members or slots were moved, or a season begun, while the
// backup was made: who was moved may not be in it. It is made again.
var ErrMoving = errors.New("备份时数据正在搬动（集群在搬槽位、member rekey 或新赛季开始）")

// Backup writes all that is truth as a file of commands, see readDump, while
// others go on writing:
//
//   - each member is taken whole in one script: record, logs, practice, objections;
//     different members at different moments;
//   - what all share is taken in one script after the last member: every paper, void
//     and ruling that a log or a record names is there, and a regrade, a voided day, a
//     close or a push that is under way goes on from it;
//   - tombstones are taken before the first member: see graves.
//
// Of each member only a hash is held in memory. What comes about while it is written
// may be missing. Where it fails, what it wrote is refused by CheckBackup. Errors:
// ErrMoving, quiz.ErrUnavailable, those of w.
func (s *Store) Backup(ctx context.Context, w io.Writer, o BackupOptions) (BackupInfo, error) {
	before, err := s.footing(ctx)
	if err != nil {
		return BackupInfo{}, err
	}
	if before.moving {
		return BackupInfo{}, ErrMoving
	}
	out := newDumpWriter(w, &dumpHead{At: o.At.UTC().Truncate(time.Second), Kind: s.pin.Kind, Shards: s.pin.Shards})
	c := &copying{store: s, out: out, seasons: before.seasons, done: counter{report: o.Progress}}
	if err := c.truth(ctx); err != nil {
		return BackupInfo{}, cmp.Or(out.fault(), err)
	}
	after, err := s.footing(ctx)
	if err != nil {
		return BackupInfo{}, err
	}
	if after.moving || !before.equal(after) {
		return BackupInfo{}, ErrMoving
	}
	stats, err := out.finish()
	return BackupInfo{At: stats.head.At, Sandbox: s.Sandbox(), Shards: s.pin.Shards, DumpStats: stats}, err
}

// truth copies everything in the order that Backup promises.
func (c *copying) truth(ctx context.Context) error {
	var stones []string
	for shard := range c.store.pin.Shards {
		stones = append(stones, erasedKey(shard))
	}
	if err := c.read(ctx, stones); err != nil {
		return unavailable(err)
	}
	if err := c.all(ctx); err != nil {
		return unavailable(err)
	}
	// How far a push to members is, before the document of the day that knows of it.
	if err := c.read(ctx, grouped(c.shards)); err != nil {
		return unavailable(err)
	}
	return unavailable(c.sharedKeys(ctx))
}

// footing is what must be the same before and after all keys are walked.
type footing struct {
	seasons []string // those that have begun: who answers has a log of one of them
	moves   quiz.Version
	stones  int64  // while openids are being moved: how many were moved or erased
	layout  string // of a cluster: which node has which slots
	moving  bool   // slots are on their way
}

func (f footing) equal(o footing) bool {
	return slices.Equal(f.seasons, o.seasons) && f.moves == o.moves && f.stones == o.stones && f.layout == o.layout
}

func (s *Store) footing(ctx context.Context) (f footing, err error) {
	// First: what is in a slot on its way may not be answered for.
	if err := s.layout(ctx, &f); err != nil || f.moving {
		return f, err
	}
	begun, err := s.client.HKeys(ctx, seasonsKey()).Result()
	if err != nil {
		return f, unavailable(err)
	}
	slices.Sort(begun)
	f.seasons = begun
	if f.moves, err = s.notRekeying(ctx); errors.Is(err, ErrRekeying) {
		// Perhaps nobody is at work on it: then nobody is laid to rest, either.
		f.stones, err = s.stones(ctx)
	}
	return f, err
}

func (s *Store) stones(ctx context.Context) (n int64, err error) {
	p := s.client.Pipeline()
	counts := make([]*redis.IntCmd, s.pin.Shards)
	for shard := range counts {
		counts[shard] = p.ZCard(ctx, erasedKey(shard))
	}
	if _, err := p.Exec(ctx); err != nil {
		return 0, unavailable(err)
	}
	for _, c := range counts {
		n += c.Val()
	}
	return n, nil
}

// layout asks each master of a cluster for its slots: only it knows which of them are
// on their way.
func (s *Store) layout(ctx context.Context, f *footing) error {
	if _, cluster := s.client.(*redis.ClusterClient); !cluster {
		return nil
	}
	nodes, err := masters(ctx, s.client)
	if err != nil {
		return unavailable(err)
	}
	for _, node := range nodes {
		text, err := node.ClusterNodes(ctx).Result()
		if err != nil {
			return unavailable(err)
		}
		for line := range strings.Lines(text) {
			// id address flags master ping pong epoch state slot…
			if fields := strings.Fields(line); len(fields) > 8 && strings.Contains(fields[2], "myself") {
				slots := strings.Join(fields[8:], " ")
				f.layout += fields[0] + " " + slots + "\n"
				f.moving = f.moving || strings.Contains(slots, "[")
			}
		}
	}
	return nil
}
