package store

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dangshi/quiz"
)

const closeDays = 6

// theYear is the season of the papers of these tests.
var theYear = quiz.Season{ID: "2026", From: testDay, To: testDay + closeDays - 1}

// overTime is when theYear may be closed.
func overTime() time.Time { return (theYear.To + 1).Start().Add(quiz.Grace) }

// overYear lets members answer through theYear.
func overYear(t *testing.T, s *Store, members int) []*player {
	t.Helper()
	freezePapers(t, s, closeDays)
	get[quiz.Terms](t)(s.BeginSeason(t.Context(), theYear.ID, quiz.Terms{From: theYear.From, Weights: quiz.DefaultWeights}))
	return answered(t, s, theYear, members, closeDays)
}

// read reads a ledger and computes it again.
func readSheet(t tester, text []byte) *quiz.LedgerCheck {
	t.Helper()
	check, err := CheckLedger(bytes.NewReader(text), func(f quiz.LedgerFault) { t.Errorf("the ledger: %v\n%s", f, text) })
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// kept is a ledger that is kept in memory.
type kept struct{ bytes.Buffer }

func (k *kept) keep(write func(io.Writer) error) error {
	k.Reset()
	return write(k)
}

func closeRequest(entropy string, k *kept) CloseRequest {
	return CloseRequest{Season: theYear, Entropy: entropy, Prizes: quiz.Prizes{Top: 5, Ties: quiz.TiesDraw}, Now: overTime(), By: "test", Ledger: k.keep}
}

// checkClosed is what an outsider does.
func checkClosed(t tester, file, ledger []byte) quiz.Honours {
	t.Helper()
	h := get[quiz.Honours](t)(quiz.ParseHonours(file))
	for _, c := range append(h.Check(), h.CheckLedger(readSheet(t, ledger))...) {
		if !c.OK() {
			t.Errorf("%s: %s\n%s", c.What, c.Why, file)
		}
	}
	return h
}

// A year's end: what keeps it from being closed, the close, the repeat, and what
// can no longer change it.
func TestCloseSeason(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx := t.Context()
		var k kept
		if _, err := s.CommitSeason(ctx, theYear, 1, "test", nil); !errors.Is(err, ErrNotBegun) {
			t.Errorf("before the season: %v", err)
		}
		players := overYear(t, s, 30)
		refused := func(what string, want error, change func(*CloseRequest)) {
			t.Helper()
			r := closeRequest("3 9 27", &k)
			if change != nil {
				change(&r)
			}
			if _, err := s.CloseSeason(ctx, r, RebuildOptions{}); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
		refused("a minute early", ErrSeasonOpen, func(r *CloseRequest) { r.Now = r.Now.Add(-time.Minute) })
		refused("uncommitted", ErrNotCommitted, nil)
		first := get[[]quiz.Commitment](t)(s.CommitSeason(ctx, theYear, 100, "test", nil))
		if again := get[[]quiz.Commitment](t)(s.CommitSeason(ctx, theYear, 200, "test", nil)); !slices.Equal(again, first) {
			t.Errorf("committed again: %+v, before %+v", again, first)
		}
		late := &player{store: s, season: theYear, id: "late"}
		play(t, late, []attempt{{testDay, []int{0}}})
		var unlisted UnlistedError
		if _, err := s.CloseSeason(ctx, closeRequest("3 9 27", &k), RebuildOptions{}); !errors.As(err, &unlisted) || unlisted.Members != 1 {
			t.Errorf("unlisted: %v", err)
		}
		commits := get[[]quiz.Commitment](t)(s.CommitSeason(ctx, theYear, 300, "test", nil))
		if len(commits) != 2 || commits[0] != first[0] || commits[1].Seed != first[0].Seed || commits[1].Members != first[0].Members+1 {
			t.Errorf("%+v", commits)
		}
		must(t, s.stage(ctx, ruling(0, differentRulings[1], differentRulings[0], theYear)))
		refused("a regrade is under way", ErrRegrading, nil)
		if resumed, err := s.ResumeRegrade(ctx, RebuildOptions{}); !resumed || err != nil {
			t.Fatal(resumed, err)
		}
		// Who leaves the ranking before the close is on the list and not ranked.
		out := players[1]
		leave := get[quiz.Loaded](t)(s.Load(ctx, out.id, 0)).Record
		leave.Member.OptOut = true
		get[quiz.Loaded](t)(s.Commit(ctx, out.id, quiz.Change{Record: leave, Board: &quiz.BoardSet{Season: "2026", Remove: true}}))
		out.optOut = true

		done := get[Closed](t)(s.CloseSeason(ctx, closeRequest("3 9 27", &k), RebuildOptions{}))
		ledger := bytes.Clone(k.Bytes())
		h := checkClosed(t, done.File, ledger)
		if !done.Now || len(h.Places) != 5 || !slices.Equal(h.Commits, commits) || h.Ranked != len(sorted(t, s, append(players, late), nil)) {
			t.Errorf("closed: %+v", h)
		}
		for i, want := range get[[]quiz.Standing](t)(s.Top(ctx, "2026", 5)) {
			if got := (quiz.Totals{Points: h.Places[i].Points, Days: h.Places[i].Days, Longest: h.Places[i].Longest}).Rank(); got != want.Score {
				t.Errorf("place %d has the score %d, the board %d", i+1, got, want.Score)
			}
		}
		awards := get[[]quiz.Award](t)(s.Awards(ctx, "2026"))
		for i, a := range awards {
			mine := get[[]quiz.Award](t)(s.AwardsOf(ctx, winnerOf(t, s, players, a)))
			if len(mine) != 1 || mine[0] != a || a.Honour.Place != i+1 || a.Closed != overTime().Unix() {
				t.Errorf("the award %+v, by its member %+v", a, mine)
			}
		}

		refused("another number", ErrOtherEntropy, func(r *CloseRequest) { r.Entropy = "3 9 28" })
		if _, err := s.CommitSeason(ctx, theYear, 400, "test", nil); !errors.Is(err, ErrSeasonClosed) {
			t.Errorf("committed after the close: %v", err)
		}
		same := func(what string) {
			t.Helper()
			s.changed()
			again := get[Closed](t)(s.CloseSeason(ctx, closeRequest("3 9 27", &k), RebuildOptions{}))
			if again.Now || !bytes.Equal(again.File, done.File) {
				t.Errorf("%s: the list is another one", what)
			}
			if again.Ledger != nil || !bytes.Equal(k.Bytes(), ledger) {
				t.Errorf("%s: the ledger is another one: %v", what, again.Ledger)
			}
			if resumed, err := s.ResumeClose(ctx, overTime(), nil, RebuildOptions{}); len(resumed) > 0 || err != nil {
				t.Errorf("%s: resumed %v, %v", what, resumed, err)
			}
		}
		same("the repeat")
		best := winnerOf(t, s, players, awards[0])
		leave = get[quiz.Loaded](t)(s.Load(ctx, best, 0)).Record
		leave.Member.OptOut = true
		get[quiz.Loaded](t)(s.Commit(ctx, best, quiz.Change{Record: leave, Board: &quiz.BoardSet{Season: "2026", Remove: true}}))
		leave = get[quiz.Loaded](t)(s.Load(ctx, out.id, 0)).Record
		leave.Member.OptOut = false
		get[quiz.Loaded](t)(s.Commit(ctx, out.id, quiz.Change{Record: leave}))
		same("after people left and came back")
		if err := s.PublishRegrade(ctx, ruling(1, differentRulings[2], differentRulings[0], theYear), RebuildOptions{}); !errors.Is(err, ErrRulingMoved) {
			t.Errorf("a regrade of the closed season: %v", err)
		}
		request := RegradeRequest{Question: "q0", Proposal: quiz.Proposal{Void: true}, Seasons: []quiz.Season{theYear}}
		if _, _, err := s.PlanRegrade(ctx, request); !errors.Is(err, ErrRequest) || !strings.Contains(err.Error(), "已经结赛") {
			t.Errorf("a regrade that concerns the closed season alone: %v", err)
		}
		next := quiz.Season{ID: "2027", From: testDay + 400, To: testDay + 500}
		must(t, s.PublishRegrade(ctx, ruling(1, differentRulings[2], differentRulings[0], next), RebuildOptions{}))
		must(t, s.Rebuild(ctx, theYear, RebuildOptions{}))
		same("after the question was ruled upon in the next season")
		if v := get[Verification](t)(s.Verify(ctx, theYear, VerifyOptions{})); len(v.Differences) > 0 {
			t.Errorf("Verify: %+v", v.Differences)
		}
		// Erased: the list stays, the ledger can no longer be written.
		must(t, s.Erase(ctx, best, get[quiz.Loaded](t)(s.Load(ctx, best, 0)).Record.Version, 0, ""))
		again := get[Closed](t)(s.CloseSeason(ctx, closeRequest("3 9 27", &k), RebuildOptions{}))
		if !bytes.Equal(again.File, done.File) || !errors.Is(again.Ledger, ErrLedgerGone) {
			t.Errorf("after an erasure: %v", again.Ledger)
		}
		if a := get[[]quiz.Award](t)(s.Awards(ctx, "2026"))[0]; !a.Erased || a.Honour != h.Places[0] {
			t.Errorf("%+v", a)
		}
		var lines []string
		must(t, s.EachAudited(ctx, func(a Audited) bool { lines = append(lines, a.Did+" "+a.On); return true }))
		if want := []string{"bank.regrade q1", "season.close 2026", "bank.regrade q0", "season.commit 2026", "season.commit 2026"}; !slices.Equal(lines, want) {
			t.Errorf("the audit log has %v, want %v", lines, want)
		}
	})
}

// winnerOf finds who is behind an award by computing pseudonyms.
func winnerOf(t tester, s *Store, players []*player, a quiz.Award) string {
	t.Helper()
	for _, p := range players {
		if quiz.Pseudonym(s.Secret(), a.Season.ID, quiz.Self(p.id)) == a.Honour.Pseudonym {
			return p.id
		}
	}
	t.Fatal("no player has the pseudonym " + a.Honour.Pseudonym)
	return ""
}

// A ledger of whatever was played gives the ranking that the logs give.
func TestLedgerIsTheRanking(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	freezePapers(t, s, closeDays)
	get[quiz.Terms](t)(s.BeginSeason(t.Context(), theYear.ID, quiz.Terms{From: theYear.From, Weights: quiz.DefaultWeights}))
	var before []byte
	rapid.Check(t, func(rt *rapid.T) {
		players := drawPlayers(rt, theYear, s)
		for i, days := range drawDays(rt, len(players), closeDays) {
			play(rt, players[i], days)
		}
		place := rapid.IntRange(0, 2).Draw(rt, "question")
		now := inForce(rt, s, place)
		must(rt, s.PublishRegrade(rt.Context(), ruling(place, otherRuling(rapid.IntRange(0, 4).Draw(rt, "ruling"), now), now, theYear), RebuildOptions{}))
		var k kept
		sum := get[LedgerSum](rt)(s.WriteLedger(rt.Context(), theYear, k.keep, nil))
		check := readSheet(rt, k.Bytes())
		want := map[string]int64{}
		for _, st := range sorted(rt, s, players, nil) {
			want[quiz.Pseudonym(s.Secret(), "2026", quiz.Self(st.ID))] = st.Score
		}
		for _, c := range check.Candidates {
			if c.Score != want[c.Pseudonym] {
				rt.Errorf("%s has %d in the ledger, %d by the log", c.Pseudonym, c.Score, want[c.Pseudonym])
			}
		}
		if len(check.Candidates) != len(want) || sum.Ranked != len(want) || sum.SHA256 != check.SHA256 {
			rt.Errorf("%d in the ledger, %d ranked; %+v, %s", len(check.Candidates), len(want), sum, check.SHA256)
		}
		before = bytes.Clone(k.Bytes())
		if get[LedgerSum](rt)(s.WriteLedger(rt.Context(), theYear, k.keep, nil)); !bytes.Equal(k.Bytes(), before) {
			rt.Error("written again, the ledger is another one")
		}
		for _, secret := range []string{players[0].id, "member"} {
			if strings.Contains(k.String(), secret) {
				rt.Errorf("the ledger has %q", secret)
			}
		}
		forget(rt, s, players)
	})
}
