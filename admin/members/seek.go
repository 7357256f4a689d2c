package members

import (
	"context"
	"slices"
	"time"

	"dangshi/admin/frame"
	"dangshi/quiz"
)

// seeking is the search for the owner of a receipt or a pseudonym, of which there is no
// index: all members are gone through, and for a receipt their logs. Who asks for the
// same meanwhile, or soon after, sees the same search.
type seeking struct {
	code string
	day  quiz.Day
	*frame.Survey[[]Hit]
	stop context.CancelFunc
}

// maxSeeking is how many searches are kept, with their results.
const maxSeeking = 6

// seekPage is how far a search is.
type seekPage struct {
	Receipt bool // it is for a receipt, which may be told the day
	Running bool
	Failed  bool
	Seen    int
	Hits    []hitRow
}

// hitRow is one find.
type hitRow struct{ Path, Name, How string }

// seek looks for a code; nil where the text is none.
func (m *Members) seek(v *frame.Visit, text, day string) (*seekPage, error) {
	code, ok := quiz.ParseCode(text)
	if !ok {
		return nil, nil
	}
	var on quiz.Day
	if day != "" {
		var err error
		if on, err = quiz.ParseDay(day); err != nil {
			return nil, frame.Bad("日期要写成 2026-01-31 这样。")
		}
	}
	found := m.seekingFor(code, on).Look(v.Context())
	p := &seekPage{Receipt: len(code) == quiz.ReceiptLength, Running: found.Running && found.At.IsZero(), Failed: found.Err != nil, Seen: found.Seen}
	ids := make([]string, len(found.Value))
	for i, h := range found.Value {
		ids[i] = h.ID
	}
	members, err := m.data.MembersOf(v.Context(), ids)
	if err != nil {
		return nil, err
	}
	for i, h := range found.Value {
		how := "编号，" + h.Season + " 赛季"
		if h.Day != 0 {
			how = "回执号，" + h.Day.String()
		}
		if members[i].Known() {
			p.Hits = append(p.Hits, hitRow{path + "/" + m.data.Ref(h.ID), members[i].Name, how})
		}
	}
	return p, nil
}

// seekingFor is the search for a code, a new one where there is none. The oldest gives
// way, under way or not.
func (m *Members) seekingFor(code string, day quiz.Day) *seeking {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.seeking, func(s *seeking) bool { return s.code == code && s.day == day })
	if i >= 0 {
		return m.seeking[i]
	}
	if len(m.seeking) == maxSeeking {
		m.seeking[0].stop()
		m.seeking = slices.Delete(m.seeking, 0, 1)
	}
	ctx, stop := context.WithCancel(m.beside)
	s := &seeking{code: code, day: day, stop: stop}
	s.Survey = frame.NewSurvey(ctx, m.now, func(ctx context.Context, progress func(int)) ([]Hit, error) {
		ctx, cancel := context.WithTimeout(ctx, seekTime)
		defer cancel()
		return m.data.Seek(ctx, code, day, progress)
	})
	m.seeking = append(m.seeking, s)
	return s
}

// seekTime bounds a search: with receipts of any day it takes minutes for a million
// members.
const seekTime = 30 * time.Minute
