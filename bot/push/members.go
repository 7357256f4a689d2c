package push

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
)

// MemberChannel carries a bulletin to one member at a time.
type MemberChannel interface {
	// Name is a word that never changes.
	Name() string
	// Audience says in Chinese what the channel does and for whom.
	Audience() string
	// Takes reports whether the member can be reached by it now, as far as is known.
	Takes(r quiz.Record, now time.Time) bool
	// Send sends once. Its error may be a Verdict; of any other error it is taken that
	// the bulletin may have been sent.
	Send(ctx context.Context, id string, r quiz.Record, b bot.Bulletin) error
}

// Roll is who there is, and the ledgers of what is sent to them: for each shard a
// document under a day's name, and a list of marks of those who may have been sent to.
type Roll interface {
	Shards() int
	// Members hands over all members, perhaps from several goroutines, and some twice.
	Members(ctx context.Context, visit func(shard int, id string) error) error
	// Records reads some members of a shard; the zero Record for one who is gone.
	Records(ctx context.Context, shard int, ids []string) ([]quiz.Record, error)
	// Load and Save are as of a Ledger. Save adds marks to a part of the list in the
	// same step.
	Load(ctx context.Context, shard int, name string) (value []byte, version quiz.Version, err error)
	Save(ctx context.Context, shard int, name string, value []byte, expected quiz.Version, part int, marks []byte) (quiz.Version, error)
	// Drop forgets a document and so many parts of its list.
	Drop(ctx context.Context, shard int, name string, parts int) error
	// Moves stands for the tables by which members were given other ids. It is an error
	// while one is not finished.
	Moves(ctx context.Context) (string, error)
	// Mark stands for a member where the id must not be kept.
	Mark(id string) [8]byte
}

// Pace keeps the calls of all replicas together under the account's limits.
type Pace interface {
	// Pace gives 0 where so many calls of a kind are granted, else how long to wait
	// before asking again.
	Pace(ctx context.Context, kind string, calls, perSecond int) (wait time.Duration, err error)
	// HoldPace keeps everyone from calls of a kind for a while.
	HoldPace(ctx context.Context, kind string, d time.Duration) error
}

// MembersConfig is what a run needs.
type MembersConfig struct {
	Each      []MemberChannel // in order of preference, by member
	Roll      Roll
	Pace      Pace
	PerSecond int              // calls of one kind, of all replicas; 0: DefaultPace
	AtOnce    int              // calls at the same time; 0: 128
	Batch     int              // members that are staged together; 0: 512
	Now       func() time.Time // the product's clock
	Wall      func() time.Time
	Lease     time.Duration                              // as of Config
	Sleep     func(context.Context, time.Duration) error // nil: by wall time
	Random    func() float64                             // in [0, 1), for pauses; nil: math/rand
	Progress  func(event string)                         // metrics: member_sent, member_unknown, member_refused; may be nil
}

// DefaultPace is how many calls of a kind are made in a second: a million members in
// seven minutes. Where WeChat finds it too fast (45011) it is halved.
const DefaultPace = 2500

// Members is the channel that reaches members one by one, each by the first of its
// channels that takes them. A batch of members is written down before it is sent and
// resolved after: what a crash leaves open is unknown, and never sent again.
//
// Nothing but the ledger's versions keeps two replicas apart: one that works on and
// has been taken for dead finds its next save refused, and what it had staged is
// written down as unknown by then. A lock beside it (redislock) would be a second
// truth, and could not be trusted on its own; the claim of the day saves work.
type Members struct{ MembersConfig }

// NewMembers makes the channel.
func NewMembers(cfg MembersConfig) *Members {
	cfg.PerSecond = cmp.Or(cfg.PerSecond, DefaultPace)
	cfg.AtOnce = cmp.Or(cfg.AtOnce, 128)
	cfg.Batch = cmp.Or(cfg.Batch, 512)
	cfg.Lease = cmp.Or(cfg.Lease, DefaultLease)
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	if cfg.Random == nil {
		cfg.Random = rand.Float64
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	return &Members{cfg}
}

// MembersName is the name of the channel.
const MembersName = "members"

// Name is part of Channel.
func (m *Members) Name() string { return MembersName }

// Audience is part of Channel.
func (m *Members) Audience() string {
	var all []string
	for _, c := range m.Each {
		all = append(all, c.Audience())
	}
	return strings.Join(all, "；其余的")
}

// Repeatable is part of Channel: a run goes on where it stopped.
func (m *Members) Repeatable() bool { return true }

var errNotWhole = errors.New("members are sent to by Run")

// Send is part of Channel, and not how members are sent to.
func (m *Members) Send(context.Context, Send, bot.Bulletin) (Receipt, error) {
	return Receipt{}, &failure{refused: true, reason: "这个渠道不能一次发给所有人", cause: errNotWhole}
}

// Reach is how far a run has come.
type Reach struct {
	Total   int            `json:"total"`             // members when it was begun, or gone on with
	Seen    int            `json:"seen"`              // of them, dealt with
	Sent    map[string]int `json:"sent,omitempty"`    // by channel
	Unknown int            `json:"unknown,omitempty"` // may have been sent to
	Refused map[string]int `json:"refused,omitempty"` // by reason
	Beyond  int            `json:"beyond,omitempty"`  // no channel takes them today
	Lost    int            `json:"lost,omitempty"`    // shards whose ledger is gone: all their members are unknown
}

// Reached is how many were sent to.
func (r Reach) Reached() (n int) {
	for _, sent := range r.Sent {
		n += sent
	}
	return n
}

// Forecast counts whom a run would reach now, by channel, and those whom no channel
// takes. It reads all members.
func (m *Members) Forecast(ctx context.Context) (byChannel map[string]int, beyond int, err error) {
	byChannel = map[string]int{}
	var mu sync.Mutex
	pages := make([][]string, m.Roll.Shards())
	count := func(shard int) error {
		records, err := m.Roll.Records(ctx, shard, pages[shard])
		if err != nil {
			return err
		}
		now := m.Now()
		for _, r := range records {
			if channel := m.first(r, now); channel != nil {
				byChannel[channel.Name()]++
			} else {
				beyond++
			}
		}
		pages[shard] = pages[shard][:0]
		return nil
	}
	err = m.Roll.Members(ctx, func(shard int, id string) error {
		mu.Lock()
		defer mu.Unlock()
		if pages[shard] = append(pages[shard], id); len(pages[shard]) < m.Batch {
			return nil
		}
		return count(shard)
	})
	for shard := range pages {
		if err == nil && len(pages[shard]) > 0 {
			err = count(shard)
		}
	}
	return byChannel, beyond, err
}

// first is the channel that takes a member; nil: none.
func (m *Members) first(r quiz.Record, now time.Time) MemberChannel {
	for _, c := range m.Each {
		if takes(c, r, now) {
			return c
		}
	}
	return nil
}

// takes reports whether a member who is there can be reached by a channel.
func takes(c MemberChannel, r quiz.Record, now time.Time) bool {
	return r.Member.Known() && !r.Member.Unfollowed && c.Takes(r, now)
}

// maxReasons bounds the reasons of a run.
const maxReasons = 16

const otherReason = "其他原因"

func (r *Reach) sent(channel string) {
	if r.Sent == nil {
		r.Sent = map[string]int{}
	}
	r.Sent[channel]++
}

func (r *Reach) refuse(reason string, n int) {
	if r.Refused == nil {
		r.Refused = map[string]int{}
	}
	if _, known := r.Refused[reason]; !known && len(r.Refused) >= maxReasons {
		reason = otherReason
	}
	r.Refused[reason] += n
}

func (r *Reach) add(o Reach) {
	r.Seen += o.Seen
	r.Unknown += o.Unknown
	r.Beyond += o.Beyond
	for channel, n := range o.Sent {
		if r.Sent == nil {
			r.Sent = map[string]int{}
		}
		r.Sent[channel] += n
	}
	for reason, n := range o.Refused {
		r.refuse(reason, n)
	}
}

// closedError ends a run: no channel can send today any more.
type closedError struct{ reason string }

func (e *closedError) Error() string { return e.reason }

// closed are the channels of a run by which nothing can be sent today, with the
// reason of each.
type closed struct {
	mu      sync.Mutex
	reasons map[string]string
	row     map[string]int // strange refusals, one after the other, by channel
}

// strange counts a refusal that nobody knows the meaning of. So many in a row are no
// longer about the members: the channel is closed.
func (c *closed) strange(channel, reason string) {
	c.mu.Lock()
	if c.row == nil {
		c.row = map[string]int{}
	}
	c.row[channel]++
	many := c.row[channel] >= inARow
	c.mu.Unlock()
	if many {
		c.close(channel, reason)
	}
}

// well ends a row of strange refusals.
func (c *closed) well(channel string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.row, channel)
}

func (c *closed) close(channel, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reasons == nil {
		c.reasons = map[string]string{}
	}
	c.reasons[channel] = reason
}

func (c *closed) reason(channel string) (reason string, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	reason, closed = c.reasons[channel]
	return reason, closed
}

// all reports whether nothing can be sent by any channel, and why.
func (c *closed) all(channels []MemberChannel) (reason string, closed bool) {
	for _, channel := range channels {
		why, closed := c.reason(channel.Name())
		if !closed {
			return "", false
		}
		reason = cmp.Or(reason, why)
	}
	return reason, true
}
