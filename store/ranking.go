package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// Ranked is one place of a season's ranking as staff see it.
type Ranked struct {
	Place     int // as Standing.Rank; once the season is closed that of the draw
	Pseudonym string
	ID        string // openid; empty: the person was erased after the close, the place stays
	Points    int    // in 1/quiz.Unit points
	Days      int
	Longest   int
	Lot       string // what was drawn, in hexadecimal; empty: the season is not closed, or nobody was equal
	Honour    int    // place on the honours list; 0: none
	Revoked   bool   // the honour was taken back

	Member quiz.Member
	Totals quiz.Totals // of the season; zero where record or log are damaged
	Fault  error       // they are damaged: what could be read is here
}

// RankingOptions say who is handed out.
type RankingOptions struct {
	Top      int                // the first places and all who are tied with the last of them; 0: all
	Within   map[string]bool    // codes of branches; nil: members of all, and of none
	Progress func(done, of int) // of the board; may be nil
}

// EachRanked hands out a season's ranking, best first, until take fails. It may be
// called by one goroutine only, reads members page by page ahead of it, and holds
// a board's entry for each member (60 bytes and the openid), not the members.
// Those who answer meanwhile are where they stood when the board was read. Errors:
// quiz.ErrUnavailable, and those of take.
func (s *Store) EachRanked(ctx context.Context, season quiz.Season, o RankingOptions, take func(Ranked) error) error {
	h, err := s.honoured(ctx)
	if err != nil {
		return err
	}
	t, err := s.truth(ctx, season)
	if err != nil {
		return err
	}
	r := ranking{truth: t, options: o, closed: h.seasons[season.ID], lots: map[string]string{}}
	if line := r.closed.honours.Line; line != nil {
		for _, d := range line.Drawn {
			r.lots[d.Pseudonym] = d.Lot
		}
	}
	if r.places, err = r.read(ctx); err != nil {
		return err
	}
	return r.hand(ctx, take)
}

// ranking is an EachRanked under way.
type ranking struct {
	truth
	options RankingOptions
	closed  honouredSeason    // empty: the season is not closed
	lots    map[string]string // of those equal to the last place, by pseudonym
	places  []place

	looked    bool // the season's papers were
	questions int  // of each of them; 0: they differ
	weights   quiz.Weights
}

// place is one entry of the board.
type place struct {
	score  int64
	id     string // empty: of somebody who was erased after the close
	honour int32  // index in closed.honours.Places, plus 1; 0: none
	rank   int32
}

// read reads the board, orders it and numbers it.
func (r *ranking) read(ctx context.Context) (places []place, err error) {
	// Of a branch the members are known only by their records, so all are looked at.
	whole := r.options.Top == 0 || r.options.Within != nil
	err = r.store.viewing(ctx, r.season.ID, func(v view) (err error) {
		if whole {
			places, err = v.whole(ctx)
			return err
		}
		top, err := v.steady().topTied(ctx, r.options.Top)
		places = places[:0]
		for _, st := range top {
			places = append(places, place{score: st.Score, id: st.ID})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	places = r.honours(places, whole)
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(drawnFirst(a), drawnFirst(b)), cmp.Compare(b.score, a.score), strings.Compare(b.id, a.id))
	})
	for i := range places {
		places[i].rank = int32(i + 1)
		if p := places[i]; i > 0 && p.honour == 0 && places[i-1].honour == 0 && p.score == places[i-1].score {
			places[i].rank = places[i-1].rank
		}
	}
	return places, nil
}

// drawnFirst orders those with a place on the honours list, in its order, before
// all others.
func drawnFirst(p place) uint32 { return uint32(p.honour) - 1 }

// honours notes who has a place on the honours list, and adds the places of those
// who are no longer on the board.
func (r *ranking) honours(places []place, whole bool) []place {
	list := r.closed.honours.Places
	if len(list) == 0 {
		return places
	}
	at := make(map[string]int32, len(list)) // id → honour
	for i, h := range list {
		if id, ok := r.closed.winners[h.Place]; ok {
			at[id] = int32(i + 1)
		}
	}
	here := make([]bool, len(list))
	for i := range places {
		if n := at[places[i].id]; n > 0 {
			h := list[n-1]
			// The list is what was published, whatever the board says.
			places[i].honour, places[i].score = n, quiz.Totals{Points: h.Points, Days: h.Days, Longest: h.Longest}.Rank()
			here[n-1] = true
		}
	}
	for i, h := range list {
		if !here[i] && (whole || h.Place <= r.options.Top) {
			places = append(places, place{
				score: quiz.Totals{Points: h.Points, Days: h.Days, Longest: h.Longest}.Rank(), id: r.closed.winners[h.Place], honour: int32(i + 1),
			})
		}
	}
	return places
}

// boardScan is how many entries of a board are read at once: some milliseconds
// of the server's time.
const boardScan = 5000

// whole is the board in no order, each member once. The scan gives everybody who
// is on it all the while, at a score of some moment.
func (v view) whole(ctx context.Context) (places []place, err error) {
	shards := v.store.everyShard()
	scanned := make(map[int]string, len(shards))
	for _, shard := range shards {
		scanned[shard] = boardKey(shard, v.season, v.generation(shard))
		if places, err = v.scan(ctx, scanned[shard], places); err != nil {
			return nil, err
		}
	}
	// A board that was deleted under the scan must not pass for an empty one, and
	// no shard be of another generation than the rest.
	moved := false
	err = v.onShards(ctx, shards, func(_ redis.Pipeliner, shard int, board string) { moved = moved || board != scanned[shard] })
	switch {
	case err != nil:
		return nil, err
	case moved:
		return nil, errMoved
	}
	slices.SortFunc(places, func(a, b place) int { return strings.Compare(a.id, b.id) })
	return slices.CompactFunc(places, func(a, b place) bool { return a.id == b.id }), nil
}

// scan appends what is on one shard's board.
func (v view) scan(ctx context.Context, board string, places []place) ([]place, error) {
	for cursor := uint64(0); ; {
		page, next, err := v.store.client.ZScan(ctx, board, cursor, "", boardScan).Result()
		if err != nil {
			return nil, unavailable(err)
		}
		for i := 0; i+1 < len(page); i += 2 {
			score, err := strconv.ParseFloat(page[i+1], 64)
			if err != nil {
				return nil, fmt.Errorf("the score of an entry of a board of %s: %w", v.season, err)
			}
			places = append(places, place{score: int64(score), id: page[i]}) // exact below 2^53
		}
		if cursor = next; cursor == 0 {
			return places, nil
		}
	}
}

// handPage is how many members are read at once.
const handPage = 512

// hand reads members in order, one page ahead, and hands them to take.
func (r *ranking) hand(ctx context.Context, take func(Ranked) error) error {
	ctx, cancel := context.WithCancel(ctx)
	type page struct {
		ranked []Ranked
		err    error
	}
	pages := make(chan page, 1)
	defer func() { // whoever takes no more still waits for the reader to be gone
		cancel()
		for range pages {
		}
	}()
	go func() {
		defer close(pages)
		for chunk := range slices.Chunk(r.places, handPage) {
			ranked, err := r.page(ctx, chunk)
			select {
			case pages <- page{ranked, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	given, last, done := 0, 0, 0
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		for _, m := range p.ranked {
			if !r.wanted(m) {
				continue
			}
			if top := r.options.Top; top > 0 && given >= top && m.Place != last {
				return nil
			}
			if err := take(m); err != nil {
				return err
			}
			given, last = given+1, m.Place
		}
		if done = min(done+handPage, len(r.places)); r.options.Progress != nil {
			r.options.Progress(done, len(r.places))
		}
	}
	return unavailable(ctx.Err())
}

func (r *ranking) wanted(m Ranked) bool {
	return r.options.Within == nil || r.options.Within[m.Member.Branch]
}
