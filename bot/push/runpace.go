package push

import (
	"context"
	"errors"
	"time"

	"dangshi/quiz"
)

// pace waits until the calls of a batch are granted.
func (r *run) pace(ctx context.Context, waiting []*recipient) error {
	calls := map[string]int{}
	for _, one := range waiting {
		calls[one.channels[0].Name()]++
	}
	for _, c := range r.Each {
		n := calls[c.Name()]
		for n > 0 {
			var wait time.Duration
			err := r.patiently(ctx, func() (err error) {
				wait, err = r.Pace.Pace(ctx, c.Name(), n, r.rate)
				if errors.Is(err, quiz.ErrUnknown) {
					err = nil // they may be granted
				}
				return err
			})
			if err != nil {
				return err
			}
			if wait <= 0 {
				break
			}
			if err := r.pause(ctx, wait); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxTries is how many batches in a row may come to nothing.
const maxTries = 6

// hurry is for how long nobody calls after WeChat has found the calls too fast.
const hurry = 5 * time.Second

// rest waits after trouble, longer each time, and at random, so that replicas do not
// meet again. Its error ends the run for now.
func (r *run) rest(ctx context.Context, t *trouble) error {
	if t == nil {
		return ctx.Err()
	}
	if r.tries++; r.tries > maxTries || t.stuck {
		return t.err
	}
	backoff := time.Duration(float64(time.Second<<r.tries) * (0.5 + r.Random()))
	if !t.hurried {
		return r.pause(ctx, backoff)
	}
	r.rate = min(r.rate, max(r.rate/2, slowest))
	// Where it is not written only this replica waits.
	_ = r.Pace.HoldPace(ctx, t.channel, hurry+backoff)
	return r.pause(ctx, hurry+backoff)
}

// slowest is the pace, in calls a second, below which it is not halved any more.
const slowest = 20

// pause sleeps and keeps the claim meanwhile.
func (r *run) pause(ctx context.Context, d time.Duration) error {
	for d > 0 {
		step := min(d, r.Lease/4)
		if err := r.Sleep(ctx, step); err != nil {
			return err
		}
		if err := r.keep.hold(ctx); err != nil {
			return err
		}
		d -= step
	}
	return nil
}

// patiently makes a call again while the store is away.
func (r *run) patiently(ctx context.Context, call func() error) error {
	for waited := time.Duration(0); ; waited += look {
		err := call()
		if !errors.Is(err, quiz.ErrUnavailable) || waited >= patience {
			return err
		}
		if err := r.Sleep(ctx, look); err != nil {
			return err
		}
	}
}
