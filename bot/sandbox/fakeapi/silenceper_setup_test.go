package fakeapi_test

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/util"
)

// silenceper is a client of the account that knows nothing of the sandbox. It changes what all
// of this process's clients share: its tests run one after the other.
func (w *world) silenceper() *officialaccount.OfficialAccount {
	util.SetURIModifier(func(uri string) string {
		return strings.Replace(uri, "https://api.weixin.qq.com", w.server.URL+prefix, 1)
	})
	before := util.DefaultHTTPClient
	util.DefaultHTTPClient = w.server.Client()
	w.t.Cleanup(func() {
		util.SetURIModifier(nil)
		util.DefaultHTTPClient = before
	})
	return officialaccount.NewOfficialAccount(&config.Config{
		AppID: appID, AppSecret: secret, Cache: &clientCache{clock: w.clock, kept: map[string]cached{}}, UseStableAK: true,
	})
}

// clientCache is where a client of silenceper keeps its token. It goes by the test's clock: the
// library's own goes by wall time, and would hold on to a token that has long expired here.
type clientCache struct {
	clock *clock
	mu    sync.Mutex
	kept  map[string]cached
}

type cached struct {
	value any
	until time.Time
}

// Get implements cache.Cache.
func (c *clientCache) Get(key string) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.kept[key]; c.clock.Now().Before(e.until) {
		return e.value
	}
	return nil
}

// Set implements cache.Cache.
func (c *clientCache) Set(key string, value any, life time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept[key] = cached{value, c.clock.Now().Add(life)}
	return nil
}

// IsExist implements cache.Cache.
func (c *clientCache) IsExist(key string) bool { return c.Get(key) != nil }

// Delete implements cache.Cache.
func (c *clientCache) Delete(key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, key)
	return nil
}

// no fails the test on an error.
func no(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refusedWith expects WeChat's errcode, as the client reports it.
func refusedWith(t *testing.T, err error, code int) {
	t.Helper()
	var common *util.CommonError
	if errors.As(err, &common) {
		if int(common.ErrCode) != code {
			t.Fatalf("errcode %d, want %d", common.ErrCode, code)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), "errcode="+strconv.Itoa(code)+" ") {
		t.Fatalf("%v, want errcode %d", err, code)
	}
}
