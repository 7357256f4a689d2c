package store

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dangshi/quiz"
)

// honour writes an honours list as a close does, of members in the order of their
// places.
func honour(t *testing.T, s *Store, season quiz.Season, ids ...string) quiz.Honours {
	t.Helper()
	get[quiz.Terms](t)(s.BeginSeason(t.Context(), season.ID, quiz.Terms{From: season.From, Weights: quiz.DefaultWeights}))
	h := quiz.Honours{Format: quiz.HonoursFormat, Season: season, Began: int64(season.To) * 86400}
	winners := map[int]string{}
	for i, id := range ids {
		h.Places = append(h.Places, quiz.Honour{Place: i + 1, Pseudonym: quiz.Pseudonym(s.Secret(), season.ID, quiz.Self(id)), Points: 1000 - i})
		winners[i+1] = id
	}
	if done, err := s.saveWinners(t.Context(), season.ID, "", winners); !done || err != nil {
		t.Fatal(done, err)
	}
	file := get[[]byte](t)(h.Encode())
	if done, err := s.saveShared(t.Context(), honoursKey(season.ID), "", file, versionHonours); !done || err != nil {
		t.Fatal(done, err)
	}
	return h
}

// Places are found by season, by member and by code, with the names of today; an
// erased member leaves the place and nothing else.
func TestAwards(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		ctx := t.Context()
		last := quiz.Season{ID: "2025", From: testDay - 365, To: testDay - 1}
		first := quiz.Season{ID: "2024", From: testDay - 730, To: testDay - 366}
		records := map[string]quiz.Record{}
		for i := range 3 {
			id := fmt.Sprint(anID, i)
			records[id] = get[quiz.Loaded](t)(s.Commit(ctx, id, quiz.Change{Record: quiz.Record{Member: quiz.Member{Joined: 1, Name: fmt.Sprint("张", i), Branch: "zb1"}}})).Record
		}
		a, b, c := anID+"0", anID+"1", anID+"2"
		honour(t, s, last, a, b, c)
		honour(t, s, first, b, a)

		names := func(all []quiz.Award) (names []string) {
			for _, a := range all {
				names = append(names, fmt.Sprint(a.Season.ID, " ", a.Honour.Place, a.Name, a.Branch, a.Erased))
			}
			return names
		}
		check := func(what string, got []quiz.Award, want ...string) {
			t.Helper()
			if !slices.Equal(names(got), want) {
				t.Errorf("%s: %v, want %v", what, names(got), want)
			}
		}
		all := get[[]quiz.Award](t)(s.Awards(ctx, "2025"))
		check("a season", all, "2025 1张0zb1false", "2025 2张1zb1false", "2025 3张2zb1false")
		check("a season that is not closed", get[[]quiz.Award](t)(s.Awards(ctx, "2026")))
		check("a member", get[[]quiz.Award](t)(s.AwardsOf(ctx, b)), "2024 1张1zb1false", "2025 2张1zb1false")
		check("nobody", get[[]quiz.Award](t)(s.AwardsOf(ctx, "stranger")))
		codes := map[string]bool{}
		for _, a := range slices.Concat(all, get[[]quiz.Award](t)(s.Awards(ctx, "2024"))) {
			if len(a.Code) != 16 || strings.Trim(a.Code, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" || codes[a.Code] {
				t.Errorf("the code %q", a.Code)
			}
			codes[a.Code] = true
			found, ok, err := other.AwardByCode(ctx, a.Code)
			if !ok || err != nil || found != a {
				t.Errorf("by the code %s: %+v, %v, %v; want %+v", a.Code, found, ok, err, a)
			}
		}
		if _, ok, err := s.AwardByCode(ctx, "0123456789ABCDEF"); ok || err != nil {
			t.Error("an invented code is found", err)
		}

		var dump bytes.Buffer
		if _, err := Dump(ctx, s.client, &dump, nil); err != nil {
			t.Fatal(err)
		}
		must(t, s.Erase(ctx, a, records[a].Version, 0, ""))
		if left := traces(t, s, a); len(left) > 0 {
			t.Errorf("left of who was erased: %v", left)
		}
		check("after the erasure", get[[]quiz.Award](t)(s.Awards(ctx, "2025")), "2025 1true", "2025 2张1zb1false", "2025 3张2zb1false")
		check("the erased one", get[[]quiz.Award](t)(s.AwardsOf(ctx, a)))
		if found, ok, err := s.AwardByCode(ctx, all[0].Code); !ok || err != nil || !found.Erased || found.Honour != all[0].Honour {
			t.Errorf("the place of who was erased: %+v, %v, %v", found, ok, err)
		}
		if _, err := Restore(ctx, s.client, &dump, nil); err != nil {
			t.Fatal(err)
		}
		s.changed()
		if left := traces(t, s, a); len(left) > 0 {
			t.Errorf("an older backup brings back: %v", left)
		}
		check("after the restore", get[[]quiz.Award](t)(s.Awards(ctx, "2025")), "2025 1true", "2025 2张1zb1false", "2025 3张2zb1false")

		// Who is gone otherwise is swept, and the account's move takes the places along.
		must(t, s.client.Del(ctx, memberKey(s.shard(b), b)).Err())
		check("an absent record", get[[]quiz.Award](t)(s.AwardsOf(ctx, b)), "2024 1true", "2025 2true")
		must(t, s.sweepWinners(ctx, "2025"))
		check("swept", get[[]quiz.Award](t)(s.AwardsOf(ctx, b)))
		must(t, s.MoveWinner(ctx, c, "moved"))
		if _, err := s.Commit(ctx, "moved", quiz.Change{Record: quiz.Record{Member: quiz.Member{Name: "张2"}}}); err != nil {
			t.Fatal(err)
		}
		check("moved", get[[]quiz.Award](t)(s.AwardsOf(ctx, "moved")), "2025 3张2false")
	})
}

// Whoever is not erased after all keeps the place.
func TestEraseConflictKeepsTheAward(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	ctx := t.Context()
	record := get[quiz.Loaded](t)(s.Commit(ctx, anID, quiz.Change{Record: quiz.Record{Member: quiz.Member{Joined: 1}}})).Record
	honour(t, s, quiz.Season{ID: "2025", From: testDay - 365, To: testDay - 1}, anID)
	if err := s.Erase(ctx, anID, "12345678", 0, ""); err != quiz.ErrConflict {
		t.Error(err)
	}
	if all := get[[]quiz.Award](t)(s.AwardsOf(ctx, anID)); len(all) != 1 {
		t.Errorf("%+v", all)
	}
	must(t, s.Erase(ctx, anID, record.Version, 0, ""))
	if all := get[[]quiz.Award](t)(s.AwardsOf(ctx, anID)); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}
