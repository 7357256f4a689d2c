package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// LinkLife is how long a link to the own data is good for, by the product's clock.
const LinkLife = time.Hour

// maxLinks is how many links of one member are good at the same time: WeChat may
// deliver a message several times, and nobody knows which answer is shown.
const maxLinks = 3

const linkRandom = 16 // bytes of a token that nobody can guess

// ErrLink means that a token is none, or no longer good: used, over, or of a member
// who was erased or moved.
var ErrLink = errors.New("the link is not good")

// NewLink makes a token with which a member fetches the own data once. Only a hash
// of it is stored, in a key of the member: the token itself says, sealed, whose it
// is, so that no index leads from links to members. Errors: quiz.ErrUnavailable,
// quiz.ErrUnknown: then it is of no use.
func (s *Store) NewLink(ctx context.Context, id string, now time.Time) (token string, err error) {
	seal, err := s.linkSeal()
	if err != nil {
		return "", err
	}
	random := make([]byte, linkRandom, linkRandom+len(id))
	nonce := make([]byte, seal.NonceSize())
	rand.Read(random) // never fails
	rand.Read(nonce)
	token = base64.RawURLEncoding.EncodeToString(seal.Seal(nonce, nonce, append(random, id...), nil))
	key := linkKey(s.shard(id), id)
	_, err = s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.ZRemRangeByScore(ctx, key, "-inf", strconv.FormatInt(now.UnixMilli(), 10))
		p.ZAdd(ctx, key, redis.Z{Score: float64(now.Add(LinkLife).UnixMilli()), Member: linkHash(random[:linkRandom])})
		p.ZRemRangeByRank(ctx, key, 0, -maxLinks-1)
		p.PExpire(ctx, key, LinkLife)
		return nil
	})
	return token, outcome(err)
}

// linkSeal keeps what is inside a token from being read or made by others.
func (s *Store) linkSeal() (cipher.AEAD, error) {
	h := hmac.New(sha256.New, s.pin.Secret)
	h.Write([]byte("link to the own data"))
	block, err := aes.NewCipher(h.Sum(nil))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// linkHash is what is stored of the random part of a token: it has 128 bits, so
// that a plain hash cannot be searched.
func linkHash(random []byte) string {
	sum := sha256.Sum256(random)
	return hex.EncodeToString(sum[:16])
}

// openLink takes a token apart, asking nobody: what was made up ends here.
func (s *Store) openLink(token string) (id, hash string, err error) {
	seal, err := s.linkSeal()
	if err != nil {
		return "", "", err
	}
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(sealed) < seal.NonceSize() {
		return "", "", ErrLink
	}
	open, err := seal.Open(nil, sealed[:seal.NonceSize()], sealed[seal.NonceSize():], nil)
	if err != nil || len(open) <= linkRandom {
		return "", "", ErrLink
	}
	return string(open[linkRandom:]), linkHash(open[:linkRandom]), nil
}

// CheckLink says whether a token is good; it stays so. Errors: ErrLink,
// quiz.ErrUnavailable.
func (s *Store) CheckLink(ctx context.Context, token string, now time.Time) error {
	_, _, err := s.goodLink(ctx, token, now)
	return err
}

func (s *Store) goodLink(ctx context.Context, token string, now time.Time) (id, hash string, err error) {
	if id, hash, err = s.openLink(token); err != nil {
		return "", "", err
	}
	until, err := s.client.ZScore(ctx, linkKey(s.shard(id), id), hash).Result()
	switch {
	case unavailable(err) != nil:
		return "", "", unavailable(err)
	case err != nil || now.UnixMilli() >= int64(until):
		return "", "", ErrLink // Redis may keep it longer, where the clock of the product was moved
	}
	return id, hash, nil
}

// TakeLink uses a token up and gives everything that is kept of its member. Of
// several calls with one token one gets it. Errors: ErrLink; quiz.ErrUnavailable:
// the token is still good unless the data could not be read; quiz.ErrUnknown: it
// may be used up.
func (s *Store) TakeLink(ctx context.Context, token string, now time.Time) (quiz.OwnData, error) {
	id, hash, err := s.goodLink(ctx, token, now)
	if err != nil {
		return quiz.OwnData{}, err
	}
	kept, known, err := s.OwnData(ctx, id) // first: what cannot be read must not use the link up
	if err != nil {
		return quiz.OwnData{}, err
	}
	removed, err := s.client.ZRem(ctx, linkKey(s.shard(id), id), hash).Result()
	switch {
	case err != nil:
		return quiz.OwnData{}, outcome(err)
	case removed == 0 || !known:
		return quiz.OwnData{}, ErrLink
	}
	return kept, nil
}

// OwnData is everything that is kept of a member; known is false where that is
// nothing. Errors: quiz.ErrUnavailable, ErrRecord.
func (s *Store) OwnData(ctx context.Context, id string) (k quiz.OwnData, known bool, err error) {
	loaded, err := s.Load(ctx, id, 0)
	if err != nil || !loaded.Record.Member.Known() {
		return k, false, err
	}
	k = quiz.OwnData{ID: id, Member: loaded.Record.Member, Recent: loaded.Record.Recent, Pseudonyms: map[string]string{}}
	// What is damaged keeps nobody from the rest.
	data, _, _, err := s.Practice(ctx, id, 0)
	if err == nil || errors.Is(err, ErrRecord) {
		k.Practice, err = quiz.ParsePractice(data)
		k.Unread, err = err != nil, nil
	}
	if err == nil {
		if k.Objections, _, _, err = s.Objections(ctx, id, 0); errors.Is(err, ErrRecord) {
			k.Unread, err = true, nil
		}
	}
	if err == nil {
		k.Awards, err = s.AwardsOf(ctx, id)
	}
	if err == nil {
		err = s.keptSeasons(ctx, id, &k)
	}
	return k, err == nil, err
}

func (s *Store) keptSeasons(ctx context.Context, id string, k *quiz.OwnData) error {
	begun, err := s.begunSeasons(ctx)
	if err != nil {
		return err
	}
	for _, season := range begun {
		log, err := s.Log(ctx, id, season.ID)
		if err != nil {
			return err
		}
		if len(log) == 0 {
			continue
		}
		d, known, err := s.Dossier(ctx, season, id)
		if errors.Is(err, quiz.ErrUnavailable) {
			return err
		}
		if err != nil {
			k.Seasons = append(k.Seasons, quiz.KeptSeason{Season: season, Broken: true})
		} else if known {
			k.Member = d.Member // what was published is taken over
			k.Seasons = append(k.Seasons, quiz.KeptSeason{Season: season, Totals: d.Totals, Days: d.Days, Broken: d.Fault != nil})
			k.Pseudonyms[season.ID] = quiz.Pseudonym(s.pin.Secret, season.ID, d.Self)
		}
	}
	return nil
}
