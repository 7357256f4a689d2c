package main

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// TestUnderFire: 200 members answer at once, each message is delivered three
// times, at once or one after the other, and connections to Redis break at
// random, before and after the write. What a member was told must be what was
// counted, once.
func TestUnderFire(t *testing.T) {
	t.Run("one replica", func(t *testing.T) { underFire(t, 1, brokenRedis(t)) })
	t.Run("two replicas", func(t *testing.T) { underFire(t, 2, brokenRedis(t)) })
	t.Run("two replicas on a cluster", func(t *testing.T) { underFire(t, 2, brokenCluster(t)) })
}

// broken gives one replica its own connections, through proxies that break them.
type broken func(seed uint64) (url string, dial storetest.Dialer, proxies []*storetest.Proxy)

func brokenRedis(t *testing.T) broken {
	redis := servers.Redis(t)
	return func(seed uint64) (string, storetest.Dialer, []*storetest.Proxy) {
		proxy := storetest.FlakyProxy(t, redis.Addr, seed)
		return proxy.URL, nil, []*storetest.Proxy{proxy}
	}
}

func brokenCluster(t *testing.T) broken {
	cluster := servers.Cluster(t)
	return func(seed uint64) (string, storetest.Dialer, []*storetest.Proxy) {
		proxies, dial := cluster.FlakyDialer(t, seed)
		return cluster.URL, dial, proxies
	}
}

func underFire(t *testing.T, n int, connect broken) {
	const members = 200
	var replicas []*replica
	var proxies []*storetest.Proxy
	for i := range n {
		url, dial, through := connect(uint64(100 * i))
		s := defaults()
		s.RedisURL = url
		replicas = append(replicas, startApp(t, &app{Settings: s, dial: dial, logger: slog.New(slog.DiscardHandler)}))
		proxies = append(proxies, through...)
	}
	say(t, replicas[0].client(), "oFirst", "答题") // the paper is drawn in peace
	for _, p := range proxies {
		p.SetRates(0.1, 0.1) // of a trip, which answers share
	}
	var wg sync.WaitGroup
	told := make([]verdicts, members)
	for i := range members {
		wg.Go(func() {
			m := &shaken{t: t, id: fmt.Sprintf("oFire%03d", i), replicas: replicas, rng: rand.New(rand.NewPCG(7, uint64(i)))}
			told[i] = m.day()
		})
	}
	wg.Wait()
	var cuts storetest.Cuts
	for _, p := range proxies {
		p.SetRates(0, 0)
		cuts.Before += p.Cuts().Before
		cuts.After += p.Cuts().After
	}
	if cuts.Before == 0 || cuts.After == 0 {
		t.Errorf("the connections were not broken both ways: %+v", cuts)
	}
	t.Logf("broken connections: %+v", cuts)
	compare(t, replicas[0], told)
}

// shaken is a member whose messages arrive three times each.
type shaken struct {
	t        *testing.T
	id       string
	replicas []*replica
	rng      *rand.Rand
	loses    bool // Redis may lose what was told, so that a later delivery is told anew
	open     bool // a delivery of the last message was given up, and may be counted yet
}

// verdicts are what a member read of each answer; nil where no reply to it came
// through.
type verdicts [5]*bool

// day answers the whole paper and gives what was told of it. After a fault the
// bot asks to send 答题, and so the member does.
func (m *shaken) day() (told verdicts) {
	open := -1
	for range 200 {
		word := "答题"
		if open >= 0 {
			word = string(rune('A' + m.rng.IntN(2)))
		}
		reply := m.deliver(word)
		verdict, asked, finished := read(reply)
		if verdict != nil {
			if open < 0 {
				m.t.Errorf("%s was graded without having answered: %s", m.id, reply)
			}
			told[open] = verdict
		}
		if finished {
			return told
		}
		open = asked
	}
	m.t.Errorf("%s did not finish", m.id)
	return told
}

// deliver sends one message three times, at once or one after the other, to
// replicas chosen by chance. All that come through must say the same, unless what was
// told may be lost, or what was given up before is counted in between.
func (m *shaken) deliver(text string) string {
	f := peer.Text(m.id, text)
	f["MsgId"] = fmt.Sprint(m.rng.Int64N(1<<62) + 1)
	f["CreateTime"] = fmt.Sprint(m.replicas[0].bot.Now().Unix())
	replies := make([]string, 3)
	sent := time.Now()
	together := m.rng.IntN(2) == 0
	var wg sync.WaitGroup
	for i := range replies {
		to := m.replicas[m.rng.IntN(len(m.replicas))].client()
		wg.Go(func() {
			a, err := to.Send(m.t.Context(), f)
			switch {
			case err != nil && time.Since(sent) > headerTimeout:
				a.Text = gaveUp // the machine is so slow that the server has hung up
			case err != nil || a.Status != 200:
				m.t.Errorf("%s: %d, %v", m.id, a.Status, err)
			}
			replies[i] = a.Text
		})
		if !together {
			wg.Wait()
		}
	}
	wg.Wait()
	said, before := "", m.open
	m.open = false
	for _, r := range replies {
		if strings.Contains(r, gaveUp) {
			m.open = true
			continue // this delivery could not be answered; another may have been
		}
		if said != "" && r != said && !m.loses && !before {
			m.t.Errorf("%s: one message, two replies:\n%s\n---\n%s", m.id, said, r)
		}
		said = r
	}
	return said
}

// gaveUp is in the reply to a delivery that could not be answered.
const gaveUp = "开小差"

// read takes a reply apart as a member would.
func read(reply string) (verdict *bool, asked int, finished bool) {
	for _, right := range []bool{true, false} {
		if strings.Contains(reply, map[bool]string{true: "✅ 答对了", false: "❌ 答错了"}[right]) {
			verdict = &right
		}
	}
	asked = -1
	for i := range 5 {
		if strings.Contains(reply, fmt.Sprintf("第%d题（共5题）", i+1)) {
			asked = i
		}
	}
	return verdict, asked, strings.Contains(reply, "题答完了") || strings.Contains(reply, "已经答完")
}

// compare holds what the members were told against logs and board.
func compare(t *testing.T, r *replica, told []verdicts) {
	for i, read := range told {
		id := fmt.Sprintf("oFire%03d", i)
		counted := countedOf(t, r, id)
		if len(counted) != 5 {
			t.Fatalf("%s has %d answers in the log", id, len(counted))
		}
		for k, right := range counted {
			if read[k] != nil && *read[k] != right {
				t.Errorf("%s: answer %d was said to be right: %v, counted as right: %v", id, k+1, *read[k], right)
			}
		}
	}
	verifyBoard(t, r, len(told))
}

func seasonOf(t *testing.T, r *replica) quiz.Season {
	t.Helper()
	season, ok := quiz.Seasons(nil).At(quiz.DayOf(r.bot.Now()))
	if !ok {
		t.Fatal("no season")
	}
	return season
}

// countedOf says of each answer that was counted for a member whether it was right:
// those of the one day in the log, none where the day is not in it.
func countedOf(t *testing.T, r *replica, id string) (right []bool) {
	t.Helper()
	season := seasonOf(t, r)
	log, err := r.data.Log(t.Context(), id, season.ID)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := quiz.ParseLog(log, season.From)
	if err != nil || len(entries) > 1 {
		t.Fatalf("%s: %d entries in the log, %v", id, len(entries), err)
	}
	for _, e := range entries {
		p, err := r.data.Paper(t.Context(), e.Day, e.Version)
		if err != nil {
			t.Fatal(err)
		}
		for k, g := range e.Given {
			right = append(right, quiz.Right(p.Questions[k], g))
		}
	}
	return right
}

// verifyBoard computes the board from the logs: so many are on it, each where it
// belongs.
func verifyBoard(t *testing.T, r *replica, ranked int) {
	t.Helper()
	report, err := r.data.Verify(t.Context(), seasonOf(t, r), store.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Differences) > 0 || report.Ranked != ranked {
		t.Errorf("board verify: %d ranked of %d, differences %+v", report.Ranked, ranked, report.Differences)
	}
}
