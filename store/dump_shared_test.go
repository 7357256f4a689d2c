package store

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// texts are the strings of a dump as they would be restored.
func texts(t *testing.T, dump []byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	_, err := readDump(bytes.NewReader(dump), func(args []string) error {
		delete(found, args[1])
		if args[0] == "SET" {
			found[args[1]] = args[2]
		}
		return nil
	})
	must(t, err)
	return found
}

// checkPapers looks for papers that a log or a pointer of the dump names and
// that are not in it, and gives the days that have a paper.
func checkPapers(t *testing.T, dump []byte) (days int) {
	t.Helper()
	found := texts(t, dump)
	for key, text := range found {
		k, _, rest, _ := parseKey(key)
		switch {
		case k.name == "log":
			for _, e := range get[[]quiz.Entry](t)(quiz.ParseLog([]byte(text), testDay)) {
				if _, ok := found[frozenKey(e.Day, e.Version)]; !ok {
					t.Errorf("a log names paper %s version %d, which is not there", e.Day, e.Version)
				}
			}
		case k.name == "paper" && !strings.Contains(rest, ":"):
			days++
			if _, ok := found[key+":"+text]; !ok {
				t.Errorf("version %s of %s is the day's and not there", text, rest)
			}
		}
	}
	return days
}

// freezing freezes the next day's paper and lets a member finish it before each
// script of a dump.
func freezing(t *testing.T, writer *Store, times int) (do func(), frozen *int) {
	p := &player{store: writer, season: quiz.Season{ID: "2026", From: testDay, To: testDay + 300}, id: "m"}
	frozen = new(int)
	return func() {
		if *frozen == times {
			return
		}
		day := testDay + quiz.Day(*frozen)
		*frozen++
		get[*quiz.Paper](t)(writer.Freeze(t.Context(), testPaper(day), ""))
		play(t, p, []attempt{{day, []int{0}}})
	}, frozen
}

// Papers that are frozen at every moment of a dump, and answered at once: none is
// named in the dump and missing from it.
func TestDumpHoldsThePapersThatLogsName(t *testing.T) {
	for _, times := range []int{2, 5} { // while the members are read, and while the papers are
		onBackends(t, func(t *testing.T, url string) {
			s, writer := openTest(t, url), openTest(t, url)
			do, frozen := freezing(t, writer, times)
			do()
			s.client.AddHook(&beforeEval{do: do})
			if days := checkPapers(t, mustDump(t, s.client)); days != *frozen || days != times {
				t.Errorf("%d papers of %d are in the dump", days, *frozen)
			}
		})
	}
}

// The embedded store's file is such a dump.
func TestEmbeddedSavesThePapersThatLogsName(t *testing.T) {
	e := startEmbedded(t, t.TempDir(), EmbeddedOptions{Every: never})
	do, frozen := freezing(t, openTest(t, e.URL()), 6)
	do()
	e.client.AddHook(&beforeEval{do: do})
	var saved bytes.Buffer
	_, err := Dump(t.Context(), e.client, &saved, e.opts.Keep)
	must(t, err)
	if days := checkPapers(t, saved.Bytes()); days != *frozen || days < 4 {
		t.Errorf("%d papers of %d were saved", days, *frozen)
	}
}

// beforeCommand runs a function right before a command of one name is sent.
type beforeCommand struct {
	name string
	do   func()
}

func (h beforeCommand) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h beforeCommand) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (h beforeCommand) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == h.name {
			h.do()
		}
		return next(ctx, cmd)
	}
}

// A key that was read and went before the next reading does not come back.
func TestDumpForgetsASharedKeyThatWent(t *testing.T) {
	url := "redis://" + storetest.Miniredis(t).Addr() + "/0"
	s, writer := openTest(t, url), openTest(t, url)
	must(t, writer.SetVoid(t.Context(), testDay, quiz.Kept))
	read := 0 // nobody is a member: every script reads what is shared
	s.client.AddHook(&beforeEval{do: func() { read++ }})
	s.client.AddHook(beforeCommand{"hgetall", func() {
		if read == 1 {
			read++
			must(t, writer.SetVoid(t.Context(), testDay, quiz.Stands))
		}
	}})
	dump := mustDump(t, s.client)
	must(t, s.client.FlushAll(t.Context()).Err())
	mustRestore(t, s.client, dump)
	if n, err := s.client.Exists(t.Context(), voidsKey(), pinKey()).Result(); n != 1 || err != nil || read < 3 {
		t.Errorf("%d of the keys are there, want the pin alone; %v, %d readings", n, err, read)
	}
}

// Where what is shared never stands still, the dump fails rather than be torn.
func TestDumpGivesUpWhereTheSharedMoves(t *testing.T) {
	url := "redis://" + storetest.Miniredis(t).Addr() + "/0"
	s, writer := openTest(t, url), openTest(t, url)
	s.client.AddHook(&beforeEval{do: func() { must(t, writer.SetVoid(t.Context(), testDay, quiz.Kept)) }})
	var b bytes.Buffer
	if _, err := Dump(t.Context(), s.client, &b, nil); !errors.Is(err, errSharedMoves) {
		t.Errorf("%v", err)
	}
}

// A frozen paper whose pointer is lost is the day's again; the paper drawn in its
// place is not taken, since logs name the old one.
func TestFreezeRestoresALostPointer(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		for version := 1; version <= 2; version++ {
			first, second := testPaper(testDay), testPaper(testDay)
			first.Version, second.Version = version, version
			first.Questions[0].Stem, second.Questions[0].Stem = "first", "second"
			get[*quiz.Paper](t)(s.Freeze(t.Context(), first, ""))
			if version == 1 {
				must(t, s.client.Del(t.Context(), paperKey(testDay)).Err())
			} else {
				must(t, s.client.Set(t.Context(), paperKey(testDay), 1, 0).Err())
			}
			for _, replica := range []*Store{openTest(t, url), s} {
				if p := get[*quiz.Paper](t)(replica.Freeze(t.Context(), second, "")); !reflect.DeepEqual(p, first) {
					t.Errorf("version %d: frozen is %+v, not what was frozen first", version, p)
				}
				if p := get[*quiz.Paper](t)(replica.CurrentPaper(t.Context(), testDay)); !reflect.DeepEqual(p, first) {
					t.Errorf("version %d: the day's is %+v", version, p)
				}
			}
		}
	})
}
