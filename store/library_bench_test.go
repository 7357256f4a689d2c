package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dangshi/content"
)

// BenchmarkLibraryAfterChange is what somebody waits for a bank of 100,000 questions just
// after another replica has changed one of them, and how long it takes until they see
// that: where the change is told, and where all has to be read.
func BenchmarkLibraryAfterChange(b *testing.B) {
	const size, batch = 100_000, 2000
	url := servers.Redis(b).URL
	editor, reader := openTest(b, url), openTest(b, url)
	stem := strings.Repeat("中国共产党第一次全国代表大会最后一天的会议转移到哪里举行？", 2)
	for from := 0; from < size; from += batch {
		some := make([]content.Question, 0, batch)
		for i := from; i < from+batch; i++ {
			q := aQuestion(fmt.Sprintf("large-%06d", i), fmt.Sprint("（第 ", i, " 题）", stem))
			q.Options = []string{"嘉兴南湖", "上海望志路", "广州", "武汉"}
			some = append(some, q)
		}
		get[Put](b)(editor.PutQuestions(b.Context(), some))
	}
	for _, how := range []string{"told", "whole"} {
		b.Run(how, func(b *testing.B) {
			var waited, seen []time.Duration
			get[*content.Library](b)(reader.Library(b.Context()))
			n := 0
			for b.Loop() {
				n++
				want := fmt.Sprint("changed ", how, b.N, n)
				get[Put](b)(editor.PutQuestions(b.Context(), []content.Question{aQuestion("large-050000", want)}))
				if how == "whole" {
					if err := reader.client.Del(b.Context(), changesKey()).Err(); err != nil {
						b.Fatal(err)
					}
				}
				reader.changed() // a second has passed
				begun := time.Now()
				l := get[*content.Library](b)(reader.Library(b.Context()))
				waited = append(waited, time.Since(begun))
				for {
					if q, _ := l.Question("large-050000"); q.Stem == want {
						break
					}
					time.Sleep(time.Millisecond)
					l = get[*content.Library](b)(reader.Library(b.Context()))
				}
				seen = append(seen, time.Since(begun))
			}
			b.ReportMetric(millis(waited), "ms/waits")
			b.ReportMetric(millis(seen), "ms/seen")
		})
	}
}

// millis is the mean, in milliseconds.
func millis(all []time.Duration) float64 {
	var sum time.Duration
	for _, d := range all {
		sum += d
	}
	return sum.Seconds() * 1000 / float64(len(all))
}
