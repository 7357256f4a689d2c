package setup

import (
	"context"
	"errors"
	"fmt"

	"dangshi/bot/wechat"
)

// SceneCodes is the account's API, as far as codes to scan go.
type SceneCodes interface {
	SceneCode(ctx context.Context, scene string) (address string, err error)
}

// Scenes gets a permanent code to scan for each scene: what their pictures hold, by
// scene. ok is false where the account has no right to such codes, as one that is
// no verified service account. Codes that were got before an error go on working,
// and count among the 100,000 that an account can have. progress may be nil.
func Scenes(ctx context.Context, api SceneCodes, scenes []string, progress func(done int)) (addresses map[string]string, ok bool, err error) {
	addresses = make(map[string]string, len(scenes))
	for i, scene := range scenes {
		address, err := api.SceneCode(ctx, scene)
		if errors.Is(err, wechat.ErrRights) && i == 0 {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("取 %s 的二维码（第 %d 个，共 %d 个）：%w", scene, i+1, len(scenes), err)
		}
		addresses[scene] = address
		if progress != nil {
			progress(i + 1)
		}
	}
	return addresses, true, nil
}
