package quiz_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dangshi/quiz"
)

// drawCandidates are few scores among many, so that ties are the normal case.
func drawCandidates(t *rapid.T) []quiz.Candidate {
	n := rapid.IntRange(0, 60).Draw(t, "candidates")
	all := make([]quiz.Candidate, n)
	for i := range all {
		days := rapid.IntRange(1, 4).Draw(t, "days")
		totals := quiz.Totals{Points: days * 100 * quiz.Unit / rapid.IntRange(1, 2).Draw(t, "share"), Days: days, Longest: 1}
		all[i] = quiz.Candidate{Pseudonym: fmt.Sprintf("%010d", i), Score: totals.Rank()}
	}
	return all
}

func scoreOf(h quiz.Honour) int64 {
	return quiz.Totals{Points: h.Points, Days: h.Days, Longest: h.Longest}.Rank()
}

// The draw: the same whatever the order of the candidates, never against the
// scores, exactly as many as there are places, and everyone at the line where that
// is the rule.
func TestDrawOfLots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawCandidates(t)
		p := quiz.Prizes{Top: rapid.IntRange(1, 30).Draw(t, "top"), Ties: rapid.SampledFrom([]quiz.Ties{quiz.TiesDraw, quiz.TiesAll}).Draw(t, "ties")}
		seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed")
		u := quiz.NewUrn(seed, "42")
		places, line := p.Award(all, u)
		shuffled := rapid.Permutation(all).Draw(t, "shuffled")
		again, line2 := p.Award(shuffled, quiz.NewUrn(seed, "42"))
		if fmt.Sprint(places, line) != fmt.Sprint(again, line2) {
			t.Fatalf("another order, other places:\n%v\n%v", places, again)
		}
		score := map[string]int64{}
		for _, c := range all {
			score[c.Pseudonym] = c.Score
		}
		named := map[string]bool{}
		for i, h := range places {
			if named[h.Pseudonym] || h.Place != i+1 || scoreOf(h) != score[h.Pseudonym] {
				t.Fatalf("place %d: %+v", i+1, h)
			}
			named[h.Pseudonym] = true
			equal := 0
			for _, c := range all {
				if c.Score == scoreOf(h) {
					equal++
				}
			}
			if (h.Lot != "") != (equal > 1) || h.Lot != "" && h.Lot != u.Lot(h.Pseudonym) {
				t.Fatalf("%d are equal, the lot is %q", equal, h.Lot)
			}
			if i > 0 && (scoreOf(places[i-1]) < scoreOf(h) || scoreOf(places[i-1]) == scoreOf(h) && places[i-1].Lot >= h.Lot) {
				t.Fatalf("%+v stands before %+v", places[i-1], h)
			}
		}
		checkLine(t, p, all, places, line, named)
	})
}

// checkLine: who is named, and who is not, at the last place.
func checkLine(t *rapid.T, p quiz.Prizes, all []quiz.Candidate, places []quiz.Honour, line *quiz.Line, named map[string]bool) {
	if len(all) == 0 {
		if places != nil || line != nil {
			t.Fatal("places of nobody")
		}
		return
	}
	last := scoreOf(places[len(places)-1])
	var atLine []string
	for _, c := range all {
		if c.Score > last && !named[c.Pseudonym] || p.Ties == quiz.TiesAll && c.Score == last && !named[c.Pseudonym] {
			t.Fatalf("%s is not named", c.Pseudonym)
		}
		if c.Score == last {
			atLine = append(atLine, c.Pseudonym)
		}
	}
	if p.Ties == quiz.TiesDraw && len(places) != min(p.Top, len(all)) || len(places) < min(p.Top, len(all)) {
		t.Fatalf("%d places of %d, %d candidates", len(places), p.Top, len(all))
	}
	above, level := 0, 0 // what is told before the draw is what it does
	for _, c := range all {
		if c.Score > last {
			above++
		}
		if c.Score >= last {
			level++
		}
	}
	if equal, room := p.AtLine(above, level); len(all) >= p.Top && p.Ties == quiz.TiesDraw {
		if left := level - len(places); (equal > 0) != (left > 0) || equal > 0 && (equal != len(line.Drawn) || room != line.Named) {
			t.Fatalf("%d equal, room for %d, %+v, %d left out", equal, room, line, left)
		}
	}
	if (line != nil) != (len(atLine) > 1) {
		t.Fatalf("%d at the line, %+v", len(atLine), line)
	}
	if line == nil {
		return
	}
	var drawn []string
	for i, d := range line.Drawn {
		drawn = append(drawn, d.Pseudonym)
		if named[d.Pseudonym] != (i < line.Named) {
			t.Fatalf("%d named, %s is the %dth", line.Named, d.Pseudonym, i+1)
		}
	}
	if slices.Sort(drawn); !slices.Equal(drawn, atLine) {
		t.Fatalf("drawn %v, at the line %v", drawn, atLine)
	}
}

// A lot is what the rule says in words, with nothing but HMAC-SHA256.
// TestListed: prizes are for those who have won, or while nobody has, for as many as will.
func TestListed(t *testing.T) {
	p := quiz.Prizes{Top: 30}
	for _, c := range []struct{ asked, named, want int }{
		{0, 0, 30}, {7, 0, 7}, {70, 0, 70}, {0, 35, 35}, {7, 35, 7}, {35, 35, 35}, {70, 35, 35},
	} {
		if got := p.Listed(c.asked, c.named); got != c.want {
			t.Errorf("%d of %d: %d, want %d", c.asked, c.named, got, c.want)
		}
	}
}

func TestCommitted(t *testing.T) {
	text, err := quiz.EncodeCommitted("2026", []quiz.Commitment{{At: 1, Seed: "a", List: "b", Members: 3}})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := quiz.ParseCommitted(text); err != nil || c.Season != "2026" || len(c.Commits) != 1 || c.Commits[0].Members != 3 {
		t.Errorf("%s: %+v, %v", text, c, err)
	}
	for _, bad := range []string{"", "{}", "[]", `{"format":"dangshi-honours 1"}`, string(text[:len(text)-3])} {
		if _, err := quiz.ParseCommitted([]byte(bad)); !errors.Is(err, quiz.ErrCommitted) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestLotAsTheRuleSays(t *testing.T) {
	seed := []byte("0123456789abcdef0123456789abcdef")
	mac := func(key, text []byte) []byte {
		h := hmac.New(sha256.New, key)
		h.Write(text)
		return h.Sum(nil)
	}
	want := hex.EncodeToString(mac(mac(seed, []byte("双色球 03")), []byte("ABCDEFGH12")))
	if got := quiz.NewUrn(seed, "双色球 03").Lot("ABCDEFGH12"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := quiz.NewUrn(seed, "双色球 04").Lot("ABCDEFGH12"); got == want {
		t.Error("another public number, the same lot")
	}
}

// Of many draws none favours anybody: each of two equal members wins about half.
func TestDrawIsFair(t *testing.T) {
	two := []quiz.Candidate{{Pseudonym: "AAAAAAAAAA", Score: 1 << 21}, {Pseudonym: "ZZZZZZZZZZ", Score: 1 << 21}}
	won, draws := 0, 4000
	for i := range draws {
		places, _ := quiz.Prizes{Top: 1, Ties: quiz.TiesDraw}.Award(two, quiz.NewUrn([]byte("seed"), fmt.Sprint(i)))
		if places[0].Pseudonym == "AAAAAAAAAA" {
			won++
		}
	}
	if won < draws*2/5 || won > draws*3/5 {
		t.Errorf("one wins %d of %d", won, draws)
	}
}

func TestCleanEntropy(t *testing.T) {
	for text, want := range map[string]string{" 03 09 27 ": "03 09 27", "开奖": "开奖"} {
		if got, err := quiz.CleanEntropy(text); got != want || err != nil {
			t.Errorf("%q gives %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "  ", "a\nb", "\xff", strings.Repeat("好", 201)} {
		if got, err := quiz.CleanEntropy(text); err == nil {
			t.Errorf("%q gives %q", text, got)
		}
	}
}
