package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// Awards gives what members were honoured with.
type Awards interface {
	// AwardsOf are a member's awards, in any order; none for whoever was erased.
	// Errors: quiz.ErrUnavailable.
	AwardsOf(ctx context.Context, id string) ([]quiz.Award, error)
}

// Pictures gives certificates as pictures.
type Pictures interface {
	// Picture is the media_id of an award's certificate, which lives for a while
	// yet. It answers in time for a reply. Errors: ErrNotYet, ErrNoPicture.
	Picture(ctx context.Context, a quiz.Award) (mediaID string, err error)
}

// Why there is no picture.
var (
	ErrNotYet    = errors.New("the picture is not ready yet")
	ErrNoPicture = errors.New("the picture cannot be made")
)

// certificate gives a member the certificate of the latest season, or of the one
// that was asked for, as a picture where that is ready in time.
func (b *Bot) certificate(ctx context.Context, m Message, now time.Time, rest string) (Reply, error) {
	awards, err := b.awardsOf(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	if len(awards) == 0 {
		return Reply{Text: b.Wording.CertificateNone.String()}, nil
	}
	at := 0
	if rest != "" {
		if at = slices.IndexFunc(awards, func(a quiz.Award) bool { return strings.EqualFold(a.Season.ID, rest) }); at < 0 {
			return Reply{Text: lines(b.Wording.CertificateNotThen.With("season", rest), b.otherCertificates(awards))}, nil
		}
	}
	a := awards[at]
	others := b.otherCertificates(slices.Delete(slices.Clone(awards), at, at+1))
	if a.Honour.Revoked != nil || a.Name == "" {
		return Reply{Text: compose("", "", b.certificateWithout(a), others)}, nil
	}
	picture, why := b.picture(ctx, a)
	if why == "" {
		if rest == "" && others != "" {
			b.tellLater(ctx, m.From, others)
		}
		return Reply{Image: picture}, nil
	}
	return Reply{Text: compose("", "", b.certificateText(a), why, others)}, nil
}

// awardsOf are a member's awards, the latest first.
func (b *Bot) awardsOf(ctx context.Context, id string) ([]quiz.Award, error) {
	if b.Awards == nil {
		return nil, nil
	}
	awards, err := b.Awards.AwardsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	awards = slices.Clone(awards)
	slices.SortStableFunc(awards, func(x, y quiz.Award) int { return int(y.Season.From) - int(x.Season.From) })
	return awards, nil
}

// picture is an award's picture, or why there is none.
func (b *Bot) picture(ctx context.Context, a quiz.Award) (mediaID, why string) {
	if b.Pictures == nil {
		return "", b.Wording.CertificateByStaff.String()
	}
	mediaID, err := b.Pictures.Picture(ctx, a)
	switch {
	case err == nil:
		return mediaID, ""
	case errors.Is(err, ErrNotYet):
		return "", b.Wording.CertificateSoon.String()
	}
	return "", b.Wording.CertificateByStaff.String()
}

// certificateText is a certificate in words.
func (b *Bot) certificateText(a quiz.Award) string {
	w := b.Wording
	var link string
	if b.Link != nil {
		if url := b.Link(a.Code); url != "" {
			link = `<a href="` + unquoted.Replace(url) + `">` + w.CertificateLink.String() + `</a>`
		}
	}
	return lines(
		w.Certificate.With("season", a.Season.ID, "name", content.Plain(a.Name), "honour", content.Plain(b.Honour), "place", strconv.Itoa(a.Honour.Place), "code", grouped(a.Code)),
		link,
	)
}

// certificateWithout says why a member who was honoured gets no certificate.
func (b *Bot) certificateWithout(a quiz.Award) string {
	w := b.Wording
	if r := a.Honour.Revoked; r != nil {
		return w.CertificateRevoked.With("season", a.Season.ID, "date", b.date(quiz.DayOf(time.Unix(r.At, 0))), "reason", content.Plain(strings.TrimRight(r.Reason, "。")))
	}
	return w.CertificateNoName.With("season", a.Season.ID, "honour", content.Plain(b.Honour), "place", strconv.Itoa(a.Honour.Place))
}

// otherCertificates names further seasons, each to be tapped; "" for none.
func (b *Bot) otherCertificates(awards []quiz.Award) string {
	if len(awards) == 0 {
		return ""
	}
	text := b.Wording.CertificateOthers.String()
	for _, a := range awards {
		text = lines(text, tap(certificateWord+" "+a.Season.ID, b.Wording.CertificateOther.With("season", a.Season.ID)))
	}
	return text
}

// tellLater sends what a picture cannot say. It is worth no more than one try.
func (b *Bot) tellLater(ctx context.Context, id, text string) {
	if b.Tell == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	go func() {
		if err := b.Tell(ctx, id, text); err != nil {
			b.Logger.WarnContext(ctx, "further certificates not told", "error", err)
		}
	}()
}

// grouped is a code in groups of four, as it is printed.
func grouped(code string) string {
	var out strings.Builder
	for i, r := range code {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String()
}
