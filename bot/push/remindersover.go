package push

import (
	"context"

	"dangshi/quiz"
)

// Over says on which day no more reminders could be sent, and why.
type Over struct {
	Day    quiz.Day
	Reason string
}

// RemindersOver is the last time that reminders ended before the day did.
func RemindersOver(ctx context.Context, l Ledger) (Over, error) {
	d, _, err := read[done](ctx, desk{ledger: l}, remindersName)
	if err != nil {
		return Over{}, err
	}
	return Over{d.Over, d.Reason}, nil
}

// end writes down that no more can be sent today.
func (r *Reminders) end(ctx context.Context, day quiz.Day, reason string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Lease/2)
	defer cancel()
	_, err := amend(ctx, r.desk, remindersName, func(d *done) error {
		d.Over, d.Reason = day, reason
		if d.Claim.Holder == r.me {
			d.Claim = Claim{}
		}
		return nil
	})
	return err
}
