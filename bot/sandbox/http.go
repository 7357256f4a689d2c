package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxAdvance bounds one move of the clock: two years.
const maxAdvance = 2 * 366 * 24 * time.Hour

// ClockHandler answers POST {"advance":"24h"} by moving the clock, and tells its
// new time when all that was due on the way is done, however long that takes.
// A client that goes away while it waits for another's move moves nothing; one
// that goes away later stops nothing.
func ClockHandler(c *Clock, due Due) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "只接受 POST", http.StatusMethodNotAllowed)
			return
		}
		d, err := readAdvance(http.MaxBytesReader(w, r.Body, 1<<10))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		// A move may take longer than the server gives to a message.
		if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
			http.Error(w, "时钟没有动：连接不支持长时间等待", http.StatusInternalServerError)
			return
		}
		now, err := c.Advance(r.Context(), d, due)
		switch {
		case errors.Is(err, ErrStopped):
			http.Error(w, "服务正在停止，时钟停在 "+now.Format(time.RFC3339), http.StatusServiceUnavailable)
		case err != nil:
			http.Error(w, "时钟没有保存下来，请再试一次；现在是 "+now.Format(time.RFC3339), http.StatusServiceUnavailable)
		default:
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(map[string]string{"now": now.Format(time.RFC3339)})
		}
	})
}

// readAdvance reads by how much the clock shall be moved. To the end: only then
// does the server notice a client that goes away.
func readAdvance(body io.Reader) (time.Duration, error) {
	var in struct {
		Advance string `json:"advance"`
	}
	dec := json.NewDecoder(body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return 0, errors.New(`请发 {"advance":"24h"}`)
	}
	if _, err := dec.Token(); err != io.EOF {
		return 0, errors.New(`请只发 {"advance":"24h"}`)
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil || d < 0 || d > maxAdvance {
		return 0, fmt.Errorf("advance 应为 0 到 %s 之间的时长，例如 3h 或 24h", maxAdvance)
	}
	return d, nil
}
