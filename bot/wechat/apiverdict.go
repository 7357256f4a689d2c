package wechat

import "errors"

// SendError is an error of a call that sends, with what it means for the message.
type SendError struct {
	error
	refused, ambiguous bool
}

// Unwrap gives the error of the call.
func (e *SendError) Unwrap() error { return e.error }

// Refused reports that nothing was sent, and that trying again would not help.
func (e *SendError) Refused() bool { return e.refused }

// Ambiguous reports that the message may have been sent.
func (e *SendError) Ambiguous() bool { return e.ambiguous }

// Reason is for the operator, in Chinese; it holds no secret.
func (e *SendError) Reason() string { return e.Error() }

// passing are the classes of errors that pass, or that an operator can mend while
// the day lasts.
var passing = [...]error{ErrUnreachable, ErrToken, ErrSecret, ErrWhitelist, ErrPace}

// Judge makes a SendError of what a call that sends has returned; nil stays nil.
// What passes is neither refused nor ambiguous, and may be tried again; any other
// refusal, and a message that was never handed to WeChat for a fault of its own,
// is one for good.
func Judge(err error) error {
	if err == nil {
		return nil
	}
	e := &SendError{error: err, refused: true}
	for _, class := range passing {
		if errors.Is(err, class) {
			e.refused = false
		}
	}
	if errors.Is(err, ErrAmbiguous) {
		e.refused, e.ambiguous = false, true
	}
	return e
}

// Personal reports that the refusal is about the member alone: others can be sent to.
func (e *SendError) Personal() bool {
	return errors.Is(e.error, ErrWindow) || errors.Is(e.error, ErrConsent) || errors.Is(e.error, ErrNotFollower)
}

// Strange reports that WeChat refused for a reason that this package does not know: whether
// it is about the member or the account only those who are sent to next can tell.
func (e *SendError) Strange() bool {
	refusal, ok := errors.AsType[*APIError](e.error)
	if !ok || !e.refused {
		return false
	}
	_, known := verdicts[refusal.Code]
	return !known
}

// Hurried reports that calls come too fast.
func (e *SendError) Hurried() bool { return errors.Is(e.error, ErrPace) }

// Stuck reports that nothing can be sent until an operator has mended it.
func (e *SendError) Stuck() bool {
	return errors.Is(e.error, ErrSecret) || errors.Is(e.error, ErrWhitelist)
}

// Brief is the reason without what differs from call to call.
func (e *SendError) Brief() string {
	if refused, ok := errors.AsType[*APIError](e.error); ok {
		short := *refused
		short.Message = ""
		return short.Error()
	}
	for _, class := range [...]error{ErrUnreachable, ErrAmbiguous} {
		if errors.Is(e.error, class) {
			return class.Error()
		}
	}
	return e.Error()
}
