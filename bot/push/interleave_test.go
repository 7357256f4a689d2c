package push_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dangshi/bot/push"
	"dangshi/quiz"
)

// TestAnyInterleaving: two replicas, which die and start again, with a store and
// a WeChat that fail before and after the deed, clocks that jump, another time
// and another channel in the settings. A day's bulletin never arrives twice, and
// where a replica comes through in time without a fault it has arrived, or the
// ledger says why not.
func TestAnyInterleaving(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(quiz.Date(2026, 11, 20).Start().Add(7*time.Hour), rapid.Bool().Draw(t, "sandbox"))
		game := &game{T: t, world: w}
		game.settings()
		defer game.stop()
		if !w.sandbox {
			if err := newReplica(w, "o", game.at).alone(func(p *push.Push) error { return p.Switch(t.Context(), true) }); err != nil {
				t.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 3).Draw(t, "days") {
			game.trouble(rapid.IntRange(5, 80).Draw(t, "steps") * (1 + strings.Count(strings.Join(game.channel, " "), "members")))
			game.calm()
			game.judge()
			w.pass((quiz.DayOf(w.now) + 1).Start().Add(7 * time.Hour).Sub(w.now))
			w.awake = false
		}
	})
}

type game struct {
	*rapid.T
	*world
	at       push.TimeOfDay
	replicas [2]*replica
}

// settings are what the operator chooses; each start reads them.
func (g *game) settings() {
	g.at = rapid.SampledFrom([]push.TimeOfDay{0, 0, 7*60 + 30, 7*60 + 30, 9 * 60, 12*60 + 30, 23*60 + 30}).Draw(g.T, "at")
	g.channel = rapid.SampledFrom([][]string{{"mass", "draft"}, {"mass"}, {"draft"}, {"draft", "mass"}, {"members"}, {"mass", "members"}, {"members", "mass"}}).Draw(g.T, "channels")
}

// trouble lets things happen.
func (g *game) trouble(steps int) {
	for range steps {
		i := rapid.IntRange(0, 1).Draw(g.T, "replica")
		r := g.replicas[i]
		switch {
		case rapid.IntRange(0, 14).Draw(g.T, "jump") == 0:
			d := rapid.SampledFrom([]time.Duration{-24 * time.Hour, -time.Hour, 10 * time.Second, time.Minute, 15 * time.Minute, 2 * time.Hour, 26 * time.Hour}).Draw(g.T, "by")
			switch {
			case d >= 24*time.Hour && g.calling(): // no call takes a day, after which WeChat would forget the clientmsgid
			case d <= -24*time.Hour && !g.awake: // after a day in which nobody ran nobody can know
			default:
				g.jump(d)
			}
			g.wall = g.wall.Add(rapid.SampledFrom([]time.Duration{0, d, time.Minute}).Draw(g.T, "wall"))
		case r == nil || r.push == nil:
			if rapid.IntRange(0, 4).Draw(g.T, "other settings") == 0 {
				g.settings()
			}
			r = newReplica(g.world, string(rune('a'+i)), g.at)
			g.replicas[i] = r
			r.begin(func(p *push.Push) error { return p.Start(g.Context()) })
		case !r.busy && rapid.IntRange(0, 9).Draw(g.T, "operator") == 0:
			r.begin(func(p *push.Push) error {
				_, err := p.Send(g.Context(), quiz.DayOf(g.now))
				return err
			})
		case !r.busy:
			due := g.now
			r.begin(func(p *push.Push) error { return p.Run(g.Context(), due) })
		default:
			r.resume(g.order(r.at))
		}
	}
}

// calling reports whether a replica is about to make a mass send.
func (g *game) calling() bool {
	return slices.ContainsFunc(g.replicas[:], func(r *replica) bool {
		return r != nil && r.busy && strings.HasPrefix(r.at, "mass")
	})
}

// order draws what goes wrong at a point, if anything does.
func (g *game) order(at string) order {
	usual := []order{goOn, goOn, goOn, goOn, goOn, goOn, goOn, goOn, dieBefore, dieAfter}
	if slices.Contains(g.channel, "members") { // it takes many points to come to them
		usual = append(slices.Repeat([]order{goOn}, 40), usual...)
	}
	switch what, _, _ := strings.Cut(at, " "); what {
	case "sleep":
		return goOn
	case "custom": // no replica dies within a goroutine
		return rapid.SampledFrom([]order{goOn, goOn, goOn, goOn, goOn, goOn, failBefore, refuse, loseBefore, loseAfter}).Draw(g.T, at)
	case "load":
		usual = append(usual, failBefore)
	case "save":
		usual = append(usual, failBefore, loseBefore, loseAfter)
	default:
		usual = append(usual, failBefore, refuse, loseBefore, loseAfter)
	}
	return rapid.SampledFrom(usual).Draw(g.T, at)
}

// calm lets everyone finish, and a replica that is well look after the day.
func (g *game) calm() {
	for _, r := range g.replicas {
		if r != nil {
			r.through()
		}
	}
	r := newReplica(g.world, "c", g.at)
	r.err = r.alone(func(p *push.Push) error { return p.Start(g.Context()) })
	g.replicas[0] = r
}

// judge compares what arrived with what the ledger says.
func (g *game) judge() {
	for day, n := range g.reached() {
		if n > 1 {
			g.Fatalf("%s arrived %d times: %d to all, %d drafts\n%s", day, n, g.mass[day], g.drafts[day], strings.Join(g.story, "\n"))
		}
	}
	r := g.replicas[0]
	if r.err != nil {
		g.Fatalf("nothing was wrong, yet: %v", r.err)
	}
	r.auto = func(string) order { return goOn }
	defer func() { r.auto = nil }()
	set, err := r.push.Setting(g.Context())
	if err != nil {
		g.Fatal(err)
	}
	days, err := r.push.Status(g.Context(), 4)
	if err != nil {
		g.Fatal(err)
	}
	for i, d := range days {
		arrived := g.reached()[d.Day.String()]
		switch {
		case d.Outcome == push.DaySent && arrived != 1 && !slices.ContainsFunc(d.Sends, toMembers):
			g.Fatalf("%s is said to be sent and arrived %d times", d.Day, arrived)
		case arrived != 0 && !slices.ContainsFunc(d.Sends, mayHaveArrived):
			g.Fatalf("at %s (push at %s, %v): %s arrived and the ledger denies it (%q): %+v", g.now, g.at, g.channel, d.Day, d.Outcome, d)
		case d.Outcome == push.DayUnknown && i == 0 && g.due(set, d.Day) && g.repeatable(d.Sends[len(d.Sends)-1]):
			g.Fatalf("%s can be repeated safely, and was not: %+v", d.Day, d.Sends)
		}
	}
	if today := days[0]; g.due(set, today.Day) && (today.Outcome == push.Open || today.Outcome == push.DayMissed) {
		g.Fatalf("%s was due and is %q: %+v", today.Day, today.Outcome, today)
	}
}

// repeatable is the rule for a send in doubt: by a channel that is still in use and
// knows it again, for 12 hours, while the clock can be believed.
func (g *game) repeatable(s push.Send) bool {
	return s.Channel == "mass" && len(g.channel) == 2 && g.now.Sub(s.First) <= 12*time.Hour && g.rewound <= 2*time.Hour
}

func toMembers(s push.Send) bool { return s.Each != nil && s.State == push.Sent }

func mayHaveArrived(s push.Send) bool {
	return s.Begun || s.State == push.Sent || s.State == push.Sending || s.State == push.Unknown
}

// due is the rule, said once more: between the time of the push and noon, or two
// hours after it.
func (g *game) due(set push.Setting, day quiz.Day) bool {
	from := day.Start().Add(time.Duration(g.at) * time.Minute)
	until := day.Start().Add(12 * time.Hour)
	if g.at >= 12*60 {
		until = from.Add(2 * time.Hour)
	}
	if midnight := (day + 1).Start(); until.After(midnight) {
		until = midnight
	}
	return day >= set.Baseline && !g.now.Before(from) && g.now.Before(until)
}

// stop ends the replicas' goroutines.
func (g *game) stop() {
	for _, r := range g.replicas {
		for r != nil && r.busy {
			if strings.HasPrefix(r.at, "custom") { // no replica dies within a goroutine
				r.resume(failBefore)
				continue
			}
			r.resume(dieBefore)
		}
	}
}
