package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
)

// part is a hot part of the answer path: a benchmark of its package.
type part struct{ label, room, benchmark string }

// parts in the order in which an answer meets them.
var parts = [...]part{
	{"查签名", "./bot/wechat", "BenchmarkSignature"},
	{"读 XML", "./bot/wechat", "BenchmarkXML/text/ours_with_message"},
	{"　同上，用 encoding/xml", "./bot/wechat", "BenchmarkXML/text/encoding"},
	{"一条消息是什么意思：口令", "./bot", "BenchmarkMeaning/command"},
	{"　同上：一个答案", "./quiz", "BenchmarkParseAnswer/letter"},
	{"规则走一步", "./quiz", "BenchmarkStep"},
	{"把题目写成一条消息", "./bot", "BenchmarkAsk"},
	{"学员记录编码", "./store", "BenchmarkRecord/encode"},
	{"学员记录解码", "./store", "BenchmarkRecord/decode"},
	{"写一次 Redis，64 个同时", "./store", "BenchmarkCommit/redis"},
	{"名次，100,000 人里，64 个同时", "./store", "BenchmarkRank/redis"},
	{"把回复写成 XML", "./bot/wechat", "BenchmarkReply"},
	{"整个网关，不含网络", "./bot/wechat", "BenchmarkServeHTTP/plain"},
}

// cost is what a benchmark found, in the words of go test.
type cost struct{ ns, bytes, allocs string }

// runParts runs the benchmarks of all parts; benchtime is as of go test.
func runParts(ctx context.Context, benchtime string) (map[part]cost, error) {
	costs := map[part]cost{}
	for _, p := range parts {
		elements := strings.Split(p.benchmark, "/")
		for i, e := range elements {
			elements[i] = "^" + regexp.QuoteMeta(e) + "$"
		}
		args := []string{"test", "-run", "^$", "-bench", strings.Join(elements, "/"), "-benchmem", "-benchtime", benchtime, p.room}
		out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		found, ok := readCost(string(out))
		if !ok {
			return nil, fmt.Errorf("go %s: no figure in\n%s", strings.Join(args, " "), out)
		}
		costs[p] = found
	}
	return costs, nil
}

var costLine = regexp.MustCompile(`(?m)^Benchmark\S+\s+\d+\s+(\S+) ns/op.*?\s(\d+) B/op\s+(\d+) allocs/op`)

func readCost(printed string) (cost, bool) {
	m := costLine.FindStringSubmatch(printed)
	if m == nil {
		return cost{}, false
	}
	return cost{ns: m[1], bytes: m[2], allocs: m[3]}, true
}

func partsTable(costs map[part]cost) string {
	var rows [][]string
	for _, p := range parts {
		c := costs[p]
		rows = append(rows, []string{p.label, c.ns, c.bytes, c.allocs})
	}
	return table([]string{"一步", "纳秒", "字节", "次分配"}, rows)
}
