package push

import (
	"context"
	"errors"

	"dangshi/bot"
)

// Channel carries a bulletin to those who are to read it.
type Channel interface {
	// Name is a word that never changes: it is part of the ids of sends.
	Name() string
	// Audience says in Chinese what the channel does and for whom.
	Audience() string
	// Send sends once. Its error may be a Verdict; of any other error it is taken
	// that the bulletin may have been sent.
	Send(ctx context.Context, s Send, b bot.Bulletin) (Receipt, error)
	// Repeatable reports whether sending the same Send again cannot reach anyone
	// twice. A send of unknown outcome is repeated only then.
	Repeatable() bool
}

// Receipt is what a channel gives for a send.
type Receipt struct {
	MessageID string // by which WeChat reports on it later; may be empty
}

// Verdict is what an error may say of the call that failed. An error that is
// neither refused nor ambiguous means that nothing was sent, and that it may go
// better later.
type Verdict interface {
	error
	Refused() bool   // nothing was sent, nor will it be: no right (48001), quota used up (45028), …
	Ambiguous() bool // it may have been sent
	Reason() string  // for the operator, in Chinese; holds no secret
}

// failure is a Verdict.
type failure struct {
	refused, ambiguous bool
	reason             string
	cause              error
}

func (f *failure) Error() string   { return f.reason }
func (f *failure) Unwrap() error   { return f.cause }
func (f *failure) Refused() bool   { return f.refused }
func (f *failure) Ambiguous() bool { return f.ambiguous }
func (f *failure) Reason() string  { return f.reason }

// verdict makes a Verdict of every error.
func verdict(err error) Verdict {
	if v, ok := errors.AsType[Verdict](err); ok {
		return v
	}
	return &failure{ambiguous: true, reason: "发送结果不明", cause: err}
}

// harmless is the verdict on a step before the send: whatever became of it,
// nothing was sent.
func harmless(err error) error {
	if v, ok := errors.AsType[Verdict](err); ok {
		return &failure{refused: v.Refused(), reason: v.Reason(), cause: err}
	}
	return &failure{reason: "发送前的准备没有完成", cause: err}
}
