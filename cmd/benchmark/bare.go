package main

import (
	"context"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// bareScript keeps a record and a reply, as much as a bot needs at least.
const bareScript = `
local old = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2], 'PX', 120000)
return old and 1 or 0`

type bareMessage struct {
	ToUserName, FromUserName string
	CreateTime               int64
	MsgType, Content         string
	MsgId                    int64
}

type bareReply struct {
	XMLName                  xml.Name `xml:"xml"`
	ToUserName, FromUserName string
	CreateTime               int64
	MsgType, Content         string
}

// serveBare is the yardstick: net/http, a signature, encoding/xml, one EVALSHA.
func serveBare() error {
	options, err := redis.ParseURL(os.Getenv("DANGSHI_REDIS_URL"))
	if err != nil {
		return err
	}
	options.PoolSize = 256
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	options.DisableIdentity = true
	client := redis.NewClient(options)
	script := redis.NewScript(bareScript)
	record, text := strings.Repeat("r", 300), strings.Repeat("答", 200)
	http.HandleFunc("/wechat", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		parts := []string{token, q.Get("timestamp"), q.Get("nonce")}
		slices.Sort(parts)
		sum := sha1.Sum([]byte(strings.Join(parts, "")))
		if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(q.Get("signature"))) != 1 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		var m bareMessage
		if err := xml.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&m); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		keys := []string{"{s00}:member:" + m.FromUserName, fmt.Sprintf("{s00}:reply:%s:%d", m.FromUserName, m.MsgId)}
		if err := script.EvalSha(r.Context(), client, keys, record, text).Err(); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/xml")
		reply := bareReply{ToUserName: m.FromUserName, FromUserName: m.ToUserName, CreateTime: m.CreateTime, MsgType: "text", Content: text}
		if err := xml.NewEncoder(w).Encode(reply); err != nil {
			return // the client has gone
		}
	})
	if err := script.Load(context.Background(), client).Err(); err != nil {
		return err
	}
	return http.ListenAndServe(os.Getenv("DANGSHI_ADDR"), nil)
}
