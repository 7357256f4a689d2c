package main

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/bot"
)

// trips counts the round trips to Redis of one message, by its context. The
// version of what all members share, which one message a second asks for on
// behalf of all others, is not counted.
type trips struct{ n atomic.Int64 }

type messageKey struct{}

// count counts what came through: what a pause of the machine cut off is sent again.
func (h *trips) count(ctx context.Context, cmd redis.Cmder, err error) error {
	if err != nil || ctx.Value(messageKey{}) == nil || cmd.Name() == "hgetall" && cmd.Args()[1] == "{all}:version" {
		return err
	}
	h.n.Add(1)
	return err
}

func (h *trips) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (h *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		return h.count(ctx, cmd, next(ctx, cmd))
	}
}

func (h *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		return h.count(ctx, cmds[0], next(ctx, cmds))
	}
}

// TestRoundTrips: an answer takes two round trips at most, and a third where the
// rank is told: also where every message reaches another replica, so that none
// remembers the member.
func TestRoundTrips(t *testing.T) {
	for name, url := range map[string]func() string{
		"redis":   func() string { return servers.Redis(t).URL },
		"cluster": func() string { return servers.Cluster(t).URL },
	} {
		t.Run(name, func(t *testing.T) {
			s := defaults()
			s.RedisURL = url()
			var replicas []*replica
			var h trips
			for range 2 {
				r := start(t, s)
				r.data.Client().AddHook(&h)
				replicas = append(replicas, r)
			}
			ctx := context.WithValue(t.Context(), messageKey{}, true)
			id := int64(0)
			tell := func(r *replica, from, text string) (reply string, n int64) {
				id++
				h.n.Store(0)
				m := bot.Message{From: from, To: "gh", Kind: bot.Text, Sent: r.bot.Now().Unix(), ID: id, Text: text}
				reply = r.bot.Handle(ctx, m).Text
				return reply, h.n.Load()
			}
			for _, r := range replicas { // the day's paper and the season are known to both
				tell(r, "oWarm", "答题")
			}
			for _, from := range []string{"oStays", "oWanders"} {
				for i, text := range []string{"答题", "A", "A", "A", "A", "A"} {
					r := replicas[0]
					if from == "oWanders" {
						r = replicas[i%2]
					}
					reply, n := tell(r, from, text)
					most := int64(2)
					if i == 5 {
						mustSay(t, reply, "题答完了", "名")
						most = 3
					}
					if i > 0 && (n == 0 || n > most) {
						t.Errorf("%s, message %d: %d round trips, at most %d\n%s", from, i+1, n, most, reply)
					}
				}
			}
		})
	}
}
