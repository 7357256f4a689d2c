package push_test

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"dangshi/quiz"
)

// worldMembers are the members of a world, all of whom have just written.
var worldMembers = []string{"oAnna", "oBert", "oCora", "oDora", "oEmil"}

// CustomText counts by day, which is the text. No replica dies within it: it is called
// by goroutines of their own.
func (r *replica) CustomText(_ context.Context, openid, text string) error {
	err := r.point("custom "+openid, func() error {
		if r.w.custom[text] == nil {
			r.w.custom[text] = map[string]int{}
		}
		r.w.custom[text][openid]++
		return nil
	})
	return judged(err)
}

// worldRoll is the members and the ledgers of runs, in two shards.
type worldRoll struct{ *replica }

func (worldRoll) Shards() int { return 2 }

func shardIn(id string) int { return int(id[1]) % 2 }

func (r worldRoll) Members(_ context.Context, visit func(shard int, id string) error) error {
	return r.point("load members", func() error {
		for _, id := range worldMembers {
			if err := visit(shardIn(id), id); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r worldRoll) Records(_ context.Context, _ int, ids []string) (records []quiz.Record, err error) {
	err = r.point("load records", func() error {
		for range ids {
			records = append(records, quiz.Record{Member: quiz.Member{Joined: 1}, Recent: []quiz.Delivery{{Sent: r.w.now.Unix()}}})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", quiz.ErrUnavailable, err)
	}
	return records, nil
}

func runName(shard int, name string) string { return "run " + strconv.Itoa(shard) + " " + name }

func (r worldRoll) Load(ctx context.Context, shard int, name string) ([]byte, quiz.Version, error) {
	return r.replica.Load(ctx, runName(shard, name))
}

// Save gives the version that was to be written where nobody knows, as the store does.
func (r worldRoll) Save(ctx context.Context, shard int, name string, value []byte, expected quiz.Version, _ int, _ []byte) (quiz.Version, error) {
	next := quiz.Version(strconv.Itoa(r.w.saved + 1))
	version, err := r.replica.Save(ctx, runName(shard, name), value, expected)
	if version == "" {
		version = next
	}
	return version, err
}

func (r worldRoll) Drop(_ context.Context, shard int, name string, _ int) error {
	return r.point("save dropped", func() error {
		delete(r.w.docs, runName(shard, name))
		return nil
	})
}

func (worldRoll) Moves(context.Context) (string, error) { return "", nil }

func (worldRoll) Mark(id string) (mark [8]byte) {
	copy(mark[:], id)
	return mark
}

// freely is a pace without limits.
type freely struct{}

func (freely) Pace(context.Context, string, int, int) (time.Duration, error) { return 0, nil }
func (freely) HoldPace(context.Context, string, time.Duration) error         { return nil }
