package setup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dangshi/bot/wechat"
)

// SceneCodes is the account's API, as far as codes to scan go.
type SceneCodes interface {
	SceneCode(ctx context.Context, scene string) (address string, err error)
}

// KeptScenes are the codes that were got before: each counts among the 100,000 that an
// account can have, so that none is got twice.
type KeptScenes interface {
	Get(scene string) (address string, ok bool)
	Keep(scene, address string) error
}

// SceneOptions say how Scenes goes about it.
type SceneOptions struct {
	Kept     KeptScenes                                 // nil: all are got anew
	Sleep    func(context.Context, time.Duration) error // nil: by wall time
	Progress func(done int)                             // told after each that was got; nil: nobody
	Waiting  func(done int, d time.Duration, why error) // told before each wait; nil: nobody
}

// The pause after a call that failed and may go better later: WeChat counts the calls of
// a minute (45011). It doubles, and in the end Scenes gives up.
const (
	firstWait = 5 * time.Second
	longWait  = time.Minute
	maxWaits  = 8 // in a row, some five minutes
)

// Scenes gets a permanent code to scan for each scene: what their pictures hold, by
// scene. ok is false where the account has no right to such codes, as one that is
// no verified service account. Where WeChat finds the calls too fast, or is away, it
// waits and goes on. What was got before an error is kept: the next run goes on there.
// A crash between the answer and its being kept costs the account one code more.
func Scenes(ctx context.Context, api SceneCodes, scenes []string, o SceneOptions) (addresses map[string]string, ok bool, err error) {
	addresses = make(map[string]string, len(scenes))
	got := 0
	for i, scene := range scenes {
		if o.Kept != nil {
			if address, kept := o.Kept.Get(scene); kept {
				addresses[scene] = address
				continue
			}
		}
		address, err := o.patiently(ctx, api, scene, i)
		if errors.Is(err, wechat.ErrRights) && got == 0 {
			return nil, false, nil
		}
		if err == nil && o.Kept != nil {
			err = o.Kept.Keep(scene, address)
		}
		if err != nil {
			return nil, false, fmt.Errorf("取 %s 的二维码（第 %d 个，共 %d 个）：%w", scene, i+1, len(scenes), err)
		}
		addresses[scene] = address
		got++
		if o.Progress != nil {
			o.Progress(i + 1)
		}
	}
	return addresses, true, nil
}

// patiently gets one code, waiting where that helps.
func (o SceneOptions) patiently(ctx context.Context, api SceneCodes, scene string, done int) (address string, err error) {
	wait := firstWait
	for range maxWaits {
		address, err = api.SceneCode(ctx, scene)
		if err == nil || ctx.Err() != nil || !passes(err) {
			return address, err
		}
		if o.Waiting != nil {
			o.Waiting(done, wait, err)
		}
		if err := o.sleep(ctx, wait); err != nil {
			return "", err
		}
		wait = min(2*wait, longWait)
	}
	return "", err
}

// passes reports whether a call may go better in a while. One of unknown outcome is
// made again: at worst the account has a code that nobody sees.
func passes(err error) bool {
	return errors.Is(err, wechat.ErrPace) || errors.Is(err, wechat.ErrUnreachable) || errors.Is(err, wechat.ErrAmbiguous)
}

func (o SceneOptions) sleep(ctx context.Context, d time.Duration) error {
	if o.Sleep != nil {
		return o.Sleep(ctx, d)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
