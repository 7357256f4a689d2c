package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The ways to Redis that are compared: the names of BenchmarkTrips, the first of
// which is what the others are measured by, and what the document calls them.
var ways = [...]struct{ name, label string }{
	{"plain", "一条一条发"},
	{"auto", "go-redis 的 AutoPipeline"},
	{"lanes", "本程序的做法（`store/lane.go`）"},
}

// atATime are how many members commit at the same time.
var atATime = [...]int{1, 8, 64}

// trip is a way and how many share it.
type trip struct {
	way     string
	members int
}

// tripFigures are those of one run of BenchmarkTrips, by the units it reports.
type tripFigures map[string]float64

const (
	tripTime      = "ns/op"
	tripMedian    = "p50-µs"
	tripSlow      = "p99-µs"
	tripProcessor = "cpu-µs/op"
	tripCompany   = "ops/trip"
)

// runTrips runs BenchmarkTrips so many rounds, in each of which every way has its turn.
func runTrips(ctx context.Context, o options) (map[trip][]tripFigures, error) {
	all := map[trip][]tripFigures{}
	args := []string{"test", "-run", "^$", "-bench", "^BenchmarkTrips$", "-benchtime", o.parts, "./store"}
	for round := range o.rounds {
		fmt.Fprintf(o.out, "round %d of %d\n", round+1, o.rounds)
		out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		for of, f := range readTrips(string(out)) {
			all[of] = append(all[of], f)
		}
	}
	for _, members := range atATime {
		for _, w := range ways {
			if of := (trip{w.name, members}); len(all[of]) != o.rounds {
				return nil, fmt.Errorf("go %s: %d figures of %v", strings.Join(args, " "), len(all[of]), of)
			}
		}
	}
	return all, nil
}

var tripLine = regexp.MustCompile(`(?m)^BenchmarkTrips/(\w+)/(\d+)(?:-\d+)?\s+\d+\s+(.*)$`)

// readTrips reads what go test printed.
func readTrips(printed string) map[trip]tripFigures {
	all := map[trip]tripFigures{}
	for _, m := range tripLine.FindAllStringSubmatch(printed, -1) {
		members, _ := strconv.Atoi(m[2]) // digits, and few
		f := tripFigures{}
		for pair := range slices.Chunk(strings.Fields(m[3]), 2) {
			if value, err := strconv.ParseFloat(pair[0], 64); err == nil && len(pair) == 2 {
				f[pair[1]] = value
			}
		}
		all[trip{m[1], members}] = f
	}
	return all
}

// tripsTable shows medians over the rounds; a ratio is that of each round.
func tripsTable(all map[trip][]tripFigures) string {
	var rows [][]string
	for _, members := range atATime {
		plain := all[trip{ways[0].name, members}]
		for _, w := range ways {
			these := all[trip{w.name, members}]
			of := func(unit string) float64 {
				return middle(these, func(_ int, f tripFigures) float64 { return f[unit] })
			}
			faster := middle(these, func(round int, f tripFigures) float64 { return plain[round][tripTime] / f[tripTime] })
			rows = append(rows, []string{
				fmt.Sprintf("%d 个同时，%s", members, w.label), fmt.Sprintf("%.0f", 1e9/of(tripTime)), fmt.Sprintf("%.2f", faster),
				fmt.Sprintf("%.2f", of(tripMedian)/1000), fmt.Sprintf("%.2f", of(tripSlow)/1000),
				fmt.Sprintf("%.0f", of(tripProcessor)), fmt.Sprintf("%.1f", of(tripCompany)),
			})
		}
	}
	return table([]string{"怎么走", "次/秒", "倍数", "p50 毫秒", "p99 毫秒", "处理器 µs/次", "一趟几次"}, rows)
}

func middle(rounds []tripFigures, of func(round int, f tripFigures) float64) float64 {
	values := make([]float64, len(rounds))
	for round, f := range rounds {
		values[round] = of(round, f)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// trips measures the ways to Redis.
func trips(ctx context.Context, o options) error {
	all, err := runTrips(ctx, o)
	if err != nil {
		return err
	}
	fmt.Fprint(o.out, tripsTable(all))
	if !o.write {
		return nil
	}
	return rewrite(filepath.Join(o.root, document), "trips", stamp(time.Now())+tripsTable(all))
}
