package sandbox

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// maxAdvance bounds one move of the clock: two years.
const maxAdvance = 2 * 366 * 24 * time.Hour

// ClockHandler answers POST {"advance":"24h"} by moving the clock, and tells
// its new time.
func ClockHandler(c *Clock, due Due) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "只接受 POST", http.StatusMethodNotAllowed)
			return
		}
		var in struct {
			Advance string `json:"advance"`
		}
		dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&in); err != nil {
			http.Error(w, `请发 {"advance":"24h"}`, http.StatusBadRequest)
			return
		}
		d, err := time.ParseDuration(in.Advance)
		if err != nil || d < 0 || d > maxAdvance {
			http.Error(w, fmt.Sprintf("advance 应为 0 到 %s 之间的时长,例如 3h 或 24h", maxAdvance), http.StatusBadRequest)
			return
		}
		now, err := c.Advance(r.Context(), d, due)
		if err != nil {
			http.Error(w, "时钟没有保存下来,请再试一次", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"now": now.Format(time.RFC3339)})
	})
}

// LoopbackOnly refuses requests from other machines.
func LoopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err == nil {
			var addr netip.Addr
			if addr, err = netip.ParseAddr(host); err == nil && addr.Unmap().IsLoopback() {
				next.ServeHTTP(w, r)
				return
			}
		}
		http.Error(w, "沙盒只对本机开放", http.StatusForbidden)
	})
}
