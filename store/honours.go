package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// errHonours means that what is stored of a season's close cannot be read.
var errHonours = errors.New("what is stored of the season's close cannot be read")

// honoured are all honours lists, with the members behind the places.
type honoured struct {
	seasons map[string]honouredSeason // by ID; closed ones only
	byCode  map[string]wonPlace       // by the code of the certificate
	byID    map[string][]wonPlace     // by member, the oldest season first
}

type honouredSeason struct {
	honours     quiz.Honours
	winners     map[int]string // place → member; one who was erased is not in it
	revocations []quiz.Revoked
	file        []byte // the list as it was published; nil among those of honoured
}

type wonPlace struct {
	season string
	at     int // among the honours
}

// honoured gives all honours lists; see Staleness.
func (s *Store) honoured(ctx context.Context) (honoured, error) {
	v, err := s.versions(ctx)
	if err != nil {
		return honoured{}, err
	}
	return s.honours.get(ctx, v[versionHonours], s.timeout, s.readHonoured)
}

func (s *Store) readHonoured(ctx context.Context) (honoured, error) {
	h := honoured{seasons: map[string]honouredSeason{}, byCode: map[string]wonPlace{}, byID: map[string][]wonPlace{}}
	begun, err := s.client.HKeys(ctx, seasonsKey()).Result()
	if err != nil {
		return h, unavailable(err)
	}
	for _, season := range begun {
		one, ok, err := s.readHonours(ctx, season)
		if err != nil {
			return h, err
		}
		if ok {
			one.file = nil
			h.seasons[season] = one
		}
	}
	byStart := func(a, b string) int {
		return int(h.seasons[a].honours.Season.From - h.seasons[b].honours.Season.From)
	}
	for _, season := range slices.SortedFunc(maps.Keys(h.seasons), byStart) {
		one := h.seasons[season]
		for at, place := range one.honours.Places {
			won := wonPlace{season, at}
			h.byCode[quiz.CertificateCode(s.pin.Secret, season, place)] = won
			if id, ok := one.winners[place.Place]; ok {
				h.byID[id] = append(h.byID[id], won)
			}
		}
	}
	return h, nil
}

// readHonours reads one season's list; ok is false where it is not closed.
func (s *Store) readHonours(ctx context.Context, season string) (one honouredSeason, ok bool, err error) {
	stored, err := s.client.MGet(ctx, honoursKey(season), winnersKey(season), closingKey(season)).Result()
	if err != nil {
		return one, false, unavailable(err)
	}
	text, _ := stored[0].(string)
	file, version, err := cutVersion(text)
	if err == nil && version == "" {
		return one, false, nil
	}
	if err == nil {
		one.honours, err = quiz.ParseHonours(file)
	}
	if err == nil {
		text, _ = stored[1].(string)
		one.winners, _, err = parseWinners(text)
	}
	var c closing
	if err == nil {
		text, _ = stored[2].(string)
		c, err = parseClosing(text)
	}
	if err != nil {
		return one, false, fmt.Errorf("%w: season %s: %w", errHonours, season, err)
	}
	one.revocations, one.file = c.Revoked, file
	return one, true, nil
}

// HonoursFile is the list of a closed season and the very bytes that were published;
// ok is false where it is not closed. Errors: quiz.ErrUnavailable.
func (s *Store) HonoursFile(ctx context.Context, season string) (h quiz.Honours, file []byte, ok bool, err error) {
	one, ok, err := s.readHonours(ctx, season)
	return one.honours, one.file, ok, err
}

// Awards are all places of a closed season, with the people behind them as their
// records say now; none for a season that is not closed. Errors:
// quiz.ErrUnavailable.
func (s *Store) Awards(ctx context.Context, season string) ([]quiz.Award, error) {
	h, err := s.honoured(ctx)
	if err != nil {
		return nil, err
	}
	var won []wonPlace
	for at := range h.seasons[season].honours.Places {
		won = append(won, wonPlace{season, at})
	}
	return s.awards(ctx, h, won)
}

// AwardsOf are the places that one member won, the oldest season first. It costs
// at most one round trip, and none for who has won nothing. Errors:
// quiz.ErrUnavailable.
func (s *Store) AwardsOf(ctx context.Context, id string) ([]quiz.Award, error) {
	h, err := s.honoured(ctx)
	if err != nil {
		return nil, err
	}
	return s.awards(ctx, h, h.byID[id])
}

// AwardByCode finds the place to which a certificate belongs; ok is false where
// there is no such certificate. Errors: quiz.ErrUnavailable.
func (s *Store) AwardByCode(ctx context.Context, code string) (a quiz.Award, ok bool, err error) {
	h, err := s.honoured(ctx)
	if err != nil {
		return a, false, err
	}
	won, ok := h.byCode[code]
	if !ok {
		return a, false, nil
	}
	all, err := s.awards(ctx, h, []wonPlace{won})
	if err != nil {
		return a, false, err
	}
	return all[0], true, nil
}

// awards puts the people to places.
func (s *Store) awards(ctx context.Context, h honoured, won []wonPlace) ([]quiz.Award, error) {
	all := make([]quiz.Award, 0, len(won))
	for page := range slices.Chunk(won, pageSize) {
		p := s.client.Pipeline()
		records := make([]*redis.StringCmd, len(page))
		for i, w := range page {
			if id := h.member(w); id != "" {
				records[i] = p.Get(ctx, memberKey(s.shard(id), id))
			}
		}
		if p.Len() > 0 {
			if _, err := p.Exec(ctx); unavailable(err) != nil {
				return nil, unavailable(err)
			}
		}
		for i, w := range page {
			a := h.award(s.pin.Secret, w)
			if err := a.person(records[i]); err != nil {
				return nil, fmt.Errorf("member %s: %w", a.Honour.Pseudonym, err)
			}
			all = append(all, a.Award)
		}
	}
	return all, nil
}

// member is who is behind a place; empty: they were erased.
func (h honoured) member(w wonPlace) string {
	one := h.seasons[w.season]
	return one.winners[one.honours.Places[w.at].Place]
}

type award struct{ quiz.Award }

func (h honoured) award(secret []byte, w wonPlace) award {
	one := h.seasons[w.season]
	a := quiz.Award{Season: one.honours.Season, Honour: one.honours.Places[w.at], Closed: one.honours.Began}
	a.Code = quiz.CertificateCode(secret, w.season, a.Honour)
	a.Honour.Revoked = quiz.RevokedNow(one.revocations, a.Honour.Place)
	return award{a}
}

// person takes the name from a record; nil, or an absent one, is of who was erased.
func (a *award) person(record *redis.StringCmd) error {
	a.Erased = true
	if record == nil || record.Val() == "" {
		return nil
	}
	r, err := decodeRecord([]byte(record.Val()))
	if err != nil {
		return err
	}
	a.Erased, a.Name, a.Branch = false, r.Member.Name, r.Member.Branch
	return nil
}

// parseWinners reads the members of a list's places.
func parseWinners(stored string) (map[int]string, quiz.Version, error) {
	value, version, err := cutVersion(stored)
	if err != nil || version == "" {
		return nil, "", err
	}
	var winners map[int]string
	err = json.Unmarshal(value, &winners)
	return winners, version, err
}

// saveShared writes a versioned document in the slot that all share, if it still
// has the expected version, and tells all replicas. done is false where it has
// another one.
func (s *Store) saveShared(ctx context.Context, key string, expected quiz.Version, value []byte, field string) (done bool, err error) {
	return s.saveUnder(ctx, key, expected, value, field, nil, Audited{})
}

// saveUnder is saveShared for one of several runs: the claims, fields of the
// version hash, must be as they are given. A line of the audit log is written in the same
// step.
func (s *Store) saveUnder(ctx context.Context, key string, expected quiz.Version, value []byte, field string, claims map[string]string, line Audited) (done bool, err error) {
	noted, err := line.text()
	if err != nil {
		return false, err
	}
	args := []any{string(expected), string(newVersion()) + string(value), field, noted, len(claims)}
	for field, value := range claims {
		args = append(args, field, value)
	}
	answer, err := s.run(ctx, s.pointers, []string{key, versionKey(), auditKey()}, args...)
	s.changed()
	return answer == int64(1), err
}

// saveClaimed is saveUnder where another run is an error: ErrSuperseded.
func (s *Store) saveClaimed(ctx context.Context, key string, expected quiz.Version, value any, claims map[string]string, line Audited) error {
	text, raw := value.([]byte)
	if !raw {
		var err error
		if text, err = json.Marshal(value); err != nil {
			return err
		}
	}
	done, err := s.saveUnder(ctx, key, expected, text, versionHonours, claims, line)
	if err == nil && !done {
		err = ErrSuperseded
	}
	return err
}
