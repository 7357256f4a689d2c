package push_test

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
)

// world is what replicas share: time, the ledger, WeChat. One replica runs at a
// time, until the next point at which it touches something shared; who goes on,
// and what goes wrong there, is up to the test.
type world struct {
	awake   bool      // somebody has looked at the clock since the last night
	now     time.Time // of the product; the wall clock runs with it but for jumps
	wall    time.Time
	theirs  time.Time     // WeChat's clock
	highest time.Time     // the product's clock was never ahead of this
	rewound time.Duration // and never farther behind it
	sandbox bool
	story   []string
	docs    map[string]document
	saved   int
	channel []string // preference

	known      map[string]sent // WeChat's: clientmsgid → message
	messages   int64
	mass       map[string]int // day → deliveries to all followers
	drafts     map[string]int
	custom     map[string]map[string]int // day → member → deliveries
	nothing    bool                      // the library is empty
	unreadable bool                      // the library cannot be read
}

type document struct {
	value   []byte
	version quiz.Version
}

type sent struct {
	id int64
	at time.Time
}

func newWorld(at time.Time, sandbox bool) *world {
	return &world{
		sandbox: sandbox, now: at, wall: at, theirs: at, highest: at, docs: map[string]document{}, channel: []string{"mass", "draft"},
		known: map[string]sent{}, mass: map[string]int{}, drafts: map[string]int{}, custom: map[string]map[string]int{},
	}
}

// pass lets time pass, for everyone.
func (w *world) pass(d time.Duration) {
	w.wall, w.now, w.theirs = w.wall.Add(d), w.now.Add(d), w.theirs.Add(d)
	if w.now.After(w.highest) {
		w.highest = w.now
	}
}

// jump moves the product's clock: in the sandbox that of the simulated WeChat as
// well, and only ahead; on a real account WeChat's time is its own.
func (w *world) jump(d time.Duration) {
	if w.sandbox {
		d = max(d, 0)
		w.theirs = w.theirs.Add(d)
	}
	w.now = w.now.Add(d)
	if w.now.After(w.highest) {
		w.highest = w.now
	}
	w.rewound = max(w.rewound, w.highest.Sub(w.now))
	w.tell("the clock is moved by %s", d)
}

// tell keeps what happened, for whoever has to understand it.
func (w *world) tell(format string, args ...any) {
	w.story = append(w.story, w.now.In(quiz.Zone).Format("01-02 15:04:05 ")+fmt.Sprintf(format, args...))
}

// order is what happens at a point.
type order int

const (
	goOn       order = iota
	failBefore       // it is not done, and surely so
	refuse           // the same, for good
	loseBefore       // it is not done, and who asked does not know
	loseAfter        // it is done, and who asked does not know
	dieBefore        // the replica dies before it is done
	dieAfter         // … after it is done
	orders
)

var orderNames = [orders]string{"goes on", "fails", "is refused", "is lost before", "is lost after", "dies before", "dies after"}

// replica is a process. Its goroutine stands still but when it is told to go on.
type replica struct {
	w     *world
	name  string
	push  *push.Push
	busy  bool
	at    string // the point at which it stands, while busy
	tell  chan order
	stops chan string // the next point; "" when it is done
	err   error
	auto  func(point string) order // not nil: the replica is run by the test itself, without a goroutine
}

type death struct{}

func newReplica(w *world, name string, at push.TimeOfDay) *replica {
	r := &replica{w: w, name: name, tell: make(chan order), stops: make(chan string)}
	var channels []push.Channel
	for _, c := range w.channel {
		switch c {
		case "mass":
			channels = append(channels, push.NewMass(r, []byte("an installation's secret")))
		case "draft":
			channels = append(channels, push.NewDraft(r, push.NewShelf(r), nil))
		case "members":
			channels = append(channels, push.NewMembers(push.MembersConfig{
				Each: []push.MemberChannel{push.NewCustom(r)}, Roll: worldRoll{r}, Pace: freely{}, AtOnce: 1, Batch: 2,
				Now: func() time.Time { return w.now }, Wall: func() time.Time { return w.wall }, Sleep: r.sleep, Random: func() float64 { return 0.5 },
			}))
		}
	}
	p, err := push.New(push.Config{
		Ledger: r, Bulletins: r, Channels: channels,
		Now: func() time.Time { return w.now }, Wall: func() time.Time { return w.wall },
		At: at, Sandbox: w.sandbox, Holder: name, Logger: slog.New(slog.DiscardHandler), Sleep: r.sleep,
	})
	if err != nil {
		panic(err)
	}
	r.push = p
	return r
}

// begin lets the replica do something, up to the first point.
func (r *replica) begin(do func(*push.Push) error) {
	r.busy = true
	go func() {
		defer func() {
			if v := recover(); v != nil {
				if _, dead := v.(death); !dead {
					panic(v)
				}
				r.push = nil
			}
			r.stops <- ""
		}()
		r.err = do(r.push)
		r.w.awake = r.w.awake || r.err == nil
	}()
	r.step()
}

// alone lets the replica do something while everything is well.
func (r *replica) alone(do func(*push.Push) error) error {
	r.begin(do)
	r.through()
	return r.err
}

// step waits for the replica to stand still.
func (r *replica) step() {
	r.at = <-r.stops
	r.busy = r.at != ""
}

// resume tells the replica what happens where it stands, and waits for the next
// point.
func (r *replica) resume(o order) {
	r.tell <- o
	r.step()
}

// through runs the replica to the end of what it does; nothing goes wrong.
func (r *replica) through() {
	for r.busy {
		r.resume(goOn)
	}
}

// point is where something shared is touched by do.
func (r *replica) point(what string, do func() error) error {
	var o order
	if r.auto != nil {
		o = r.auto(what)
	} else {
		r.stops <- what
		o = <-r.tell
	}
	r.w.tell("%s: %s %s", r.name, what, orderNames[o])
	switch o {
	case failBefore:
		return errAway
	case refuse:
		return errRefused
	case loseBefore:
		return errLostIt
	case dieBefore:
		panic(death{})
	}
	err := do()
	switch o {
	case loseAfter:
		if err == nil {
			err = errLostIt
		}
	case dieAfter:
		panic(death{})
	}
	return err
}

var (
	errAway    = errors.New("away")
	errRefused = errors.New("refused")
	errLostIt  = errors.New("lost")
)

// reached is how many times a day's bulletin arrived anywhere, by day.
func (w *world) reached() map[string]int {
	all := maps.Clone(w.mass)
	for day, n := range w.drafts {
		all[day] += n
	}
	for day, members := range w.custom {
		most := 0
		for _, n := range members {
			most = max(most, n)
		}
		all[day] += most
	}
	return all
}
