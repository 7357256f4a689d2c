// Package population lives a year of members: each follows its habits, answers, cheats,
// forgets and asks, through the real webhook and as WeChat delivers it, on a clock that is
// moved. It keeps what every member was told and sent, works out by itself what must
// follow from that, and compares it with what the product says and has stored.
//
// What members do depends on the seed and on what they are told, never on how fast that
// came or on how many are sending: the same seed gives the same transcript.
package population

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"dangshi/bot"
	"dangshi/bot/wechat/peer"
	"dangshi/content"
	"dangshi/quiz"
)

// Config says who lives where.
type Config struct {
	Members     int
	Days        int
	Seed        uint64
	From        quiz.Day // the first day
	Connections int      // members that are served at a time
	Webhook     peer.Client
	Wording     *bot.Wording
	Questions   []content.Question // of the bank, approved

	// Advance moves the product's clock, which stands still otherwise, and returns when
	// all that falls due on the way is done.
	Advance func(ctx context.Context, to time.Time) error
	Records Records
	// Progress is told of each day that is over; may be nil.
	Progress func(Progress)
	// Found is told of each violation that the report names, at once; may be nil.
	Found func(Violation)
}

// Records are what the product has stored, to be compared in the end.
type Records interface {
	Load(ctx context.Context, id string, key uint64) (quiz.Loaded, error)
	Log(ctx context.Context, id, season string) ([]byte, error)
	Paper(ctx context.Context, day quiz.Day, version int) (*quiz.Paper, error)
	Top(ctx context.Context, season string, n int) ([]quiz.Standing, error)
	// Differences are the members whose board or record is not what their log says, as
	// board verify names them.
	Differences(ctx context.Context, season quiz.Season) ([]string, error)
}

// Progress is how far the simulation is.
type Progress struct {
	Day        quiz.Day
	Done, Days int
	Answers    int64
	Deliveries int64
	Violations int64
	Elapsed    time.Duration
}

// Branches are those that members name, by their codes: the product must know them.
func Branches() map[string]string {
	codes := map[string]string{}
	for i, name := range branches {
		codes["ZB"+itoa(i+1)] = name
	}
	return codes
}

var branches = []string{"第一支部", "第二支部", "第三支部"}

// world is one simulation under way.
type world struct {
	cfg   Config
	words *words
	*courier
	members []*member
	ranking ranking
	found   findings

	messages, answers, finished, erasures, unranked atomic.Int64
}

// Run lives all days and compares in the end. An error means that the simulation itself
// could not go on; what it found wrong is in the report.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	w := &world{cfg: cfg, words: newWords(cfg.Wording, cfg.Questions), courier: newCourier(cfg.Webhook, cfg.Connections)}
	defer w.courier.close()
	for n := range cfg.Members {
		w.members = append(w.members, newMember(n, cfg.Seed))
	}
	begun := time.Now()
	for n := range cfg.Days {
		if err := w.live(ctx, cfg.From+quiz.Day(n)); err != nil {
			return nil, err
		}
		if cfg.Progress != nil {
			cfg.Progress(Progress{
				Day: cfg.From + quiz.Day(n), Done: n + 1, Days: cfg.Days, Answers: w.answers.Load(),
				Deliveries: w.deliveries.Load(), Violations: w.found.count(), Elapsed: time.Since(begun),
			})
		}
	}
	took := time.Since(begun)
	if err := w.compare(ctx); err != nil {
		return nil, err
	}
	return w.report(took), nil
}

// live lives one day.
func (w *world) live(ctx context.Context, day quiz.Day) error {
	weekday := day.Start().Weekday()
	for _, m := range w.members {
		m.planDay(weekday)
	}
	for s := range slots {
		at := day.Start().Add(time.Duration(times[s]) * time.Minute)
		if err := w.cfg.Advance(ctx, at); err != nil {
			return err
		}
		w.ranking = ranking{}
		w.act(ctx, day, s, at)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// act lets everybody act who means to, so many at a time.
func (w *world) act(ctx context.Context, day quiz.Day, s slot, at time.Time) {
	var who []*member
	for _, m := range w.members {
		if m.plan[s] != nothing {
			who = append(who, m)
		}
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(w.cfg.Connections, len(who)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(who)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				v := visit{world: w, member: who[i], ctx: ctx, slot: s, now: at, day: day}
				v.run()
			}
		})
	}
	wg.Wait()
}

// ranking is how members must stand, at a quiet slot.
type ranking struct {
	once  sync.Once
	order []sums // best first
}

// standings are the sums of all who must stand on the board, best first.
func (v *visit) standings() []sums {
	r := &v.world.ranking
	r.once.Do(func() {
		year, _, _ := v.day.Civil()
		for _, m := range v.world.members {
			if s := m.truth.season(year); s.days > 0 && !m.truth.optOut {
				r.order = append(r.order, s)
			}
		}
		slices.SortFunc(r.order, func(a, b sums) int {
			switch {
			case a.better(b):
				return -1
			case b.better(a):
				return 1
			}
			return 0
		})
	})
	return r.order
}

// rank is the place of s, shared by all who are equal, and how many are ranked.
func (v *visit) rank(s sums) (rank, of int) {
	order := v.standings()
	i, _ := slices.BinarySearchFunc(order, s, func(a, s sums) int {
		if a.better(s) {
			return -1
		}
		return 1
	})
	return i + 1, len(order)
}

// transcript is one hash over all that members said and were told.
func (w *world) transcript() string {
	h := sha256.New()
	for _, m := range w.members {
		h.Write(m.digest.Sum(nil))
	}
	return hex.EncodeToString(h.Sum(nil))
}
