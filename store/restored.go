package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/redis/go-redis/v9"
)

// restoredName is the document of the push that tells it of a restore.
const restoredName = "restored"

// MarkRestored notes that the data behind client were just taken back to what they
// were when a backup was made: what has been sent since, they do not know. The push
// and the reminders look for the mark, and send nothing of that day that may have
// been sent before. Call it as the last step of a restore, before anything serves
// the data; a restore that is made again marks them again. A crash before it: the
// restore was not finished. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func MarkRestored(ctx context.Context, client redis.UniversalClient, now time.Time) error {
	value, err := json.Marshal(struct {
		ID string    `json:"id"` // another one for each restore
		At time.Time `json:"at"`
	}{rand.Text(), now})
	if err != nil {
		return err
	}
	return outcome(client.Set(ctx, pushKey(restoredName), string(newVersion())+string(value), 0).Err())
}
