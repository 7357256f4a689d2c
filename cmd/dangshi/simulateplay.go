package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"dangshi/bot/sandbox/population"
	"dangshi/bot/wechat/peer"
	"dangshi/content/starter"
	"dangshi/quiz"
	"dangshi/store"
)

// config says who lives where.
func (s *stage) config(c *simulateCmd, from quiz.Day, service *service, url string) population.Config {
	a, clock := s.app, service.clock()
	_, questions, _ := starter.Load() // it was loaded into the data before
	return population.Config{
		Members: c.Members, Days: c.Days, Seed: c.Seed, From: from, Connections: c.Connections,
		Webhook: peer.Client{URL: url, Token: a.token(), AppID: a.appID(), AESKey: a.WechatAeskey},
		Wording: service.bot.Wording, Questions: questions, Records: records{service.data},
		Advance: func(ctx context.Context, to time.Time) error {
			_, err := clock.Advance(ctx, to.Sub(clock.Now()), service.schedule)
			return err
		},
		Progress: s.shown.telling(),
		Found:    func(v population.Violation) { fmt.Fprintln(s.shown.errs, violationText(v)) },
	}
}

// telling shows how far a simulation is: on a bar, or in a line for each month where
// lines are kept.
func (a *app) telling() func(population.Progress) {
	line := func(p population.Progress) string {
		return fmt.Sprintf("%s（%d/%d 天）每秒答 %.0f 题、%.0f 条消息，%d 处不对", p.Day, p.Done, p.Days,
			float64(p.Answers)/p.Elapsed.Seconds(), float64(p.Deliveries)/p.Elapsed.Seconds(), p.Violations)
	}
	if a.shown != nil && a.shown.terminal {
		tell := a.shown.show("正在开始")
		return func(p population.Progress) { tell(line(p)) }
	}
	return func(p population.Progress) {
		if _, _, day := (p.Day + 1).Civil(); day == 1 || p.Done == p.Days {
			fmt.Fprintln(a.errs, line(p))
		}
	}
}

// records are the data as a simulation compares them.
type records struct{ *data }

// Differences is part of population.Records.
func (r records) Differences(ctx context.Context, season quiz.Season) (texts []string, err error) {
	report, err := r.Verify(ctx, season, store.VerifyOptions{})
	for _, d := range report.Differences {
		texts = append(texts, differenceText(d))
	}
	return texts, err
}

// looked is how many keys of a kind are measured.
const looked = 2000

// meter measures what a simulation costs.
type meter struct {
	data       *data
	redis, own float64 // seconds of processor time before it
	known      bool
}

func (m *meter) start(ctx context.Context) (err error) {
	m.own = processorTime()
	m.redis, m.known, err = m.data.ProcessorTime(ctx)
	return err
}

func (m *meter) stop(ctx context.Context) (population.Measured, error) {
	measured := population.Measured{OwnSeconds: processorTime() - m.own}
	if m.data.embedded != nil {
		m.known = false // it is part of this process
	}
	redis, _, err := m.data.ProcessorTime(ctx)
	if m.known {
		measured.RedisSeconds = redis - m.redis
	}
	usage, exact, unread := m.data.Usage(ctx, looked)
	measured.Exact = exact
	for _, u := range usage {
		measured.Usage = append(measured.Usage, population.Usage{Kind: u.Kind, Members: u.Members, Keys: u.Keys, Bytes: u.Bytes})
	}
	return measured, errors.Join(err, unread)
}

// printSimulation prints a report.
func printSimulation(out io.Writer, r *population.Report) {
	say := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	say("%d 名学员过了 %d 天（从 %s 起，种子 %d），用了 %.0f 秒。", r.Members, r.Days, r.From, r.Seed, r.Seconds)
	say("消息 %d 条，投递 %d 次：重发 %d 次（其中迟到 %d 次），没等到回答就断线 %d 次。", r.Messages, r.Deliveries, r.Repeats, r.Late, r.Lost)
	say("答题 %d 道，答完 %d 份（其中 %d 份没来得及说名次），注销 %d 次。", r.Answers, r.Finished, r.Unranked, r.Erasures)
	say("每秒投递 %.0f 次，每秒答 %.0f 题；应答时间 p50 %.2f、p99 %.2f、p99.9 %.2f、最长 %.0f 毫秒。",
		r.DeliveriesPerS, r.AnswersPerS, r.Milliseconds["p50"], r.Milliseconds["p99"], r.Milliseconds["p99.9"], r.Milliseconds["max"])
	if r.Measured != nil {
		printCost(say, r)
	}
	say("全部对话的散列：%s（种子一样就一样）", r.Transcript)
	if r.Violations == 0 {
		say("核对无误：日志、排行榜、积分、连续天数都和学员听到的一样，每条消息一个回答。")
		return
	}
	for _, v := range r.FirstViolations {
		say("%s", violationText(v))
	}
}

// violationText says what is wrong with whom.
func violationText(v population.Violation) string {
	who := "全体"
	if v.Member > 0 {
		who = fmt.Sprintf("%d 号学员", v.Member)
	}
	return fmt.Sprintf("不对：%s，%s，%s\n  应是：%s\n  实际：%s", who, v.Day, v.Rule, oneLine(v.Want), oneLine(v.Got))
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", "⏎") }

// printCost prints what the members took, and what more of them would.
func printCost(say func(string, ...any), r *population.Report) {
	m := r.Measured
	say("Redis 用量（%s）：每名学员 %.0f 字节，过满一年 %.0f 字节；大家共用 %s。", map[bool]string{true: "MEMORY USAGE", false: "只算长度"}[m.Exact], m.PerMember, m.InAYear, bytesText(float64(m.Shared)))
	for _, u := range m.Usage {
		switch {
		case u.Kind == "reply":
			say("  %-10s %8d 个键，每条回答 %7.1f 字节，两分钟后消失", u.Kind, u.Keys, float64(u.Bytes)/float64(u.Keys))
		case u.Members:
			say("  %-10s %8d 个键，每名学员 %7.1f 字节", u.Kind, u.Keys, float64(u.Bytes)/float64(r.Members))
		}
	}
	say("每次投递的处理器时间：Redis %.0f 微秒，本进程（连同模拟器）%.0f 微秒。", 1e6*m.RedisSeconds/float64(r.Deliveries), 1e6*m.OwnSeconds/float64(r.Deliveries))
	say("人更多时（设想：过满一年；一天的消息有一半在推送后 30 分钟里来；Redis 一个节点放 8 GiB 数据、忙到五成）：")
	for _, n := range r.Needs {
		text := "一个 Redis 就够"
		switch {
		case n.BeyondShard:
			text = fmt.Sprintf("Redis 集群要 %d 个主节点，超过 64 片，要用更大的机器", n.RedisNodes)
		case n.Cluster:
			text = fmt.Sprintf("Redis 集群要 %d 个主节点", n.RedisNodes)
		}
		say("  %4d 倍，%d 人：高峰每秒 %.1f 条，Redis 内存 %s、%.2f 核，serve 不超过 %.2f 核；%s。", n.Times, n.Members, n.PeakPerS, bytesText(n.RedisBytes), n.RedisCores, n.ServeCores, text)
	}
}

// bytesText writes a size.
func bytesText(n float64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", n/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", n/(1<<20))
	}
	return fmt.Sprintf("%.0f KiB", n/(1<<10))
}
