package push_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/quiz"
)

// Load and Save are the ledger.
func (r *replica) Load(_ context.Context, name string) (value []byte, version quiz.Version, err error) {
	err = r.point("load "+name, func() error {
		d := r.w.docs[name]
		value, version = d.value, d.version
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", quiz.ErrUnavailable, err)
	}
	return value, version, nil
}

func (r *replica) Save(_ context.Context, name string, value []byte, expected quiz.Version) (version quiz.Version, err error) {
	err = r.point("save "+name, func() error {
		if r.w.docs[name].version != expected {
			return quiz.ErrConflict
		}
		r.w.saved++
		version = quiz.Version(strconv.Itoa(r.w.saved))
		r.w.docs[name] = document{value, version}
		return nil
	})
	switch {
	case errors.Is(err, quiz.ErrConflict):
		return "", err
	case errors.Is(err, errLostIt):
		return "", fmt.Errorf("%w: %w", quiz.ErrUnknown, err)
	case err != nil:
		return "", fmt.Errorf("%w: %w", quiz.ErrUnavailable, err)
	}
	return version, nil
}

func (r *replica) sleep(_ context.Context, d time.Duration) error {
	return r.point("sleep", func() error {
		r.w.pass(d)
		return nil
	})
}

// Bulletin gives the day as the text, so that what arrives says for which day.
func (r *replica) Bulletin(_ context.Context, day quiz.Day) (bot.Bulletin, bool, error) {
	if r.w.unreadable {
		return bot.Bulletin{}, false, quiz.ErrUnavailable
	}
	return bot.Bulletin{Day: day, Title: "党史上的今天", Text: day.String(), HTML: day.String()}, !r.w.nothing, nil
}

func (r *replica) Outlook(ctx context.Context, day quiz.Day) (bot.Bulletin, bool, error) {
	return r.Bulletin(ctx, day)
}

// MassText, UploadImage and AddDraft are WeChat.
func (r *replica) MassText(_ context.Context, text, key string) (id int64, err error) {
	err = r.point("mass "+text, func() error {
		if known, ok := r.w.known[key]; ok && r.w.theirs.Sub(known.at) < 24*time.Hour {
			id = known.id // 45065
			return nil
		}
		r.w.messages++
		id = r.w.messages
		r.w.known[key] = sent{id, r.w.theirs}
		r.w.mass[text]++
		return nil
	})
	return id, judged(err)
}

func (r *replica) UploadImage(context.Context, string, []byte) (id string, err error) {
	err = r.point("upload", func() error {
		r.w.messages++
		id = fmt.Sprint("picture ", r.w.messages)
		return nil
	})
	return id, judged(err)
}

func (r *replica) AddDraft(_ context.Context, a push.Article) (id string, err error) {
	err = r.point("draft "+a.Content, func() error {
		r.w.messages++
		id = fmt.Sprint("draft ", r.w.messages)
		r.w.drafts[a.Content]++
		return nil
	})
	return id, judged(err)
}

// judgement is an error as the client of WeChat's API gives it.
type judgement struct{ cause error }

func judged(err error) error {
	if err == nil {
		return nil
	}
	return &judgement{err}
}

func (j *judgement) Error() string   { return j.cause.Error() }
func (j *judgement) Refused() bool   { return j.cause == errRefused }
func (j *judgement) Ambiguous() bool { return j.cause == errLostIt }
func (j *judgement) Reason() string {
	if j.Refused() {
		return "48001：账号没有权限"
	}
	return "微信接口：" + j.cause.Error()
}
