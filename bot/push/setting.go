package push

import (
	"context"
	"errors"
	"maps"
	"time"

	"dangshi/quiz"
)

// Setting is the document that says whether the push is on.
type Setting struct {
	On       bool              `json:"on"`
	Baseline quiz.Day          `json:"baseline"` // the first day that may be pushed
	Changed  time.Time         `json:"changed"`  // by the product's clock
	By       string            `json:"by,omitempty"`
	Latest   time.Time         `json:"latest,omitzero"`    // when a replica last looked, give or take an hour
	Media    map[string]string `json:"media,omitempty"`    // uploaded once: what → media_id
	Restored string            `json:"restored,omitempty"` // the last restore from a backup that was seen to
}

// stateName is the name of the setting's document.
const stateName = "state"

// exists tells a setting from the zero value of an installation's first start.
func (s Setting) exists() bool { return s.Baseline != 0 }

var errAsIs = errors.New("there is nothing to change")

// look gives the setting, and makes it at the first start of an installation: on
// in the sandbox, off on a real account. It notes the time, which tells later that
// the clock was set back, and sees to data that were restored from a backup.
func (p *Push) look(ctx context.Context) (*Setting, error) {
	now := p.Now()
	s, err := amend(ctx, p.desk, stateName, func(s *Setting) error {
		if s.exists() && now.Sub(s.Latest) < time.Hour {
			return errAsIs
		}
		*s = p.begun(*s, now)
		s.Latest = now
		return nil
	})
	if errors.Is(err, errAsIs) {
		err = nil
	}
	if now = p.Now(); err == nil && now.Before(s.Latest.Add(-setBack)) {
		err = p.rewound(ctx, s.Latest, now)
	}
	if err == nil {
		err = p.restored(ctx, s)
	}
	return s, err
}

// begun is the setting as the first start of an installation makes it, or as it is.
func (p *Push) begun(s Setting, now time.Time) Setting {
	if !s.exists() {
		s.On, s.Baseline, s.Changed, s.By = p.Sandbox, p.firstDay(now), now, p.Holder
	}
	return s
}

// Begin sets the baseline at the first start of an installation. Call it before
// anything can move the sandbox's clock: what was due before is not made up for.
func (p *Push) Begin(ctx context.Context) error {
	_, err := p.look(ctx)
	return err
}

// firstDay is the first day whose time has not come yet: nothing is made up for
// that was due before.
func (p *Push) firstDay(now time.Time) quiz.Day {
	today := quiz.DayOf(now)
	if now.Before(p.At.On(today)) {
		return today
	}
	return today + 1
}

// Switch turns the push on or off, at once for all replicas. Turning it on sets
// the baseline anew: nothing is made up for of the time in which it was off. A
// send under way is not called back.
func (p *Push) Switch(ctx context.Context, on bool) error {
	return p.SwitchIn(ctx, p.desk.ledger, on)
}

// SwitchIn is Switch that writes through another ledger of the same documents, such as
// one that notes who did it.
func (p *Push) SwitchIn(ctx context.Context, ledger Ledger, on bool) error {
	now, d := p.Now(), p.desk
	d.ledger = ledger
	_, err := amend(ctx, d, stateName, func(s *Setting) error {
		if s.exists() && s.On == on {
			return errAsIs
		}
		if on || !s.exists() {
			s.Baseline = p.firstDay(now)
		}
		s.On, s.Changed, s.By = on, now, p.Holder
		return nil
	})
	if errors.Is(err, errAsIs) {
		return nil
	}
	return err
}

// Setting says whether the push is on, since when and by whom.
func (p *Push) Setting(ctx context.Context) (Setting, error) {
	s, _, err := read[Setting](ctx, p.desk, stateName)
	if err != nil {
		return Setting{}, err
	}
	return *s, nil
}

// SwitchedOff is the reason of a Report where the push is off.
const SwitchedOff = "推送没有打开"

// More reasons why a day's push is not made.
const (
	tooEarly = "还没到推送时间"
	tooLate  = "已过补发的时限"
	before   = "这一天早于开始推送的日子，不补发"

	noContent = "取不到当天的内容，稍后再试"
)

// why says why the day is not to be pushed now; "" where it is.
func (p *Push) why(set *Setting, day quiz.Day, now time.Time) string {
	switch {
	case now.Before(p.At.On(day)):
		return tooEarly
	case !now.Before(p.latest(day, false)):
		return tooLate
	case !set.On:
		return SwitchedOff
	case day < set.Baseline:
		return before
	}
	return ""
}

// rewound is where the clock was set back. Nobody knows then how long ago it was
// that something was tried: what is in doubt, today or on the days that were begun
// and lie ahead, must not be repeated. From here on the clock is believed again. A
// crash before that makes the next look do it once more.
func (p *Push) rewound(ctx context.Context, latest, now time.Time) error {
	today := quiz.DayOf(now)
	for day := today; day <= min(quiz.DayOf(latest), today+week); day++ {
		_, err := amend(ctx, p.desk, day.String(), func(d *Day) error {
			if !d.finish() {
				return errAsIs
			}
			return nil
		})
		if err != nil && !errors.Is(err, errAsIs) {
			return err
		}
	}
	_, err := amend(ctx, p.desk, stateName, func(s *Setting) error {
		s.Latest = now
		return nil
	})
	return err
}

// Shelf keeps what was uploaded once, in the push's ledger.
type Shelf struct{ desk desk }

// NewShelf is a shelf in a ledger.
func NewShelf(l Ledger) *Shelf {
	return &Shelf{desk{ledger: l, sleep: sleep}}
}

// Get is the media id kept under a name; empty: none.
func (s *Shelf) Get(ctx context.Context, name string) (string, error) {
	set, _, err := read[Setting](ctx, s.desk, stateName)
	if err != nil {
		return "", err
	}
	return set.Media[name], nil
}

// Put keeps a media id; an empty one forgets it.
func (s *Shelf) Put(ctx context.Context, name, id string) error {
	_, err := amend(ctx, s.desk, stateName, func(set *Setting) error {
		set.Media = maps.Clone(set.Media)
		if set.Media == nil {
			set.Media = map[string]string{}
		}
		if set.Media[name] = id; id == "" {
			delete(set.Media, name)
		}
		return nil
	})
	return err
}
