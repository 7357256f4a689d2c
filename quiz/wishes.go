package quiz

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dangshi/content"
)

// claim keeps what a member says of themselves until it is confirmed.
func claim(m Member, ev Claim, s Situation) (Member, Outcome) {
	m = s.join(m)
	m.Claim, m.ClaimAsked = ev.Binding, s.Now.Unix()
	return m, Outcome{Changed: true}
}

// confirm makes a claim count. A claim without a branch leaves the branch as it
// was: it may come from a code.
func confirm(m Member) (Member, Outcome) {
	if m.Claim.Name == "" {
		return m, Outcome{Status: Unasked}
	}
	m.Name, m.Unbound = m.Claim.Name, Unbound{}
	if m.Claim.Branch != "" {
		m.Branch = m.Claim.Branch
	}
	m.Claim, m.ClaimAsked = Binding{}, 0
	return m, Outcome{Changed: true}
}

// unbind takes out what is there, and what was claimed and not confirmed: else the
// next “确认绑定” would bring the wrong name back.
func unbind(m Member, ev Unbind) (Member, Outcome) {
	took := Unbound{ev.Name && m.Name != "", ev.Branch && m.Branch != ""}
	claimed := ev.Name && m.Claim.Name != ""
	if took.Name {
		m.Name = ""
	}
	if took.Branch {
		m.Branch = ""
	}
	if claimed {
		m.Claim, m.ClaimAsked = Binding{}, 0
	}
	m.Unbound.Name = m.Unbound.Name || took.Name
	m.Unbound.Branch = m.Unbound.Branch || took.Branch
	return m, Outcome{Changed: claimed || took != Unbound{}}
}

// correct does not touch what the member has claimed and not confirmed. Who is right
// now need not be told any more that staff found the binding wrong.
func correct(m Member, ev Correct) (Member, Outcome) {
	switch now := (Binding{m.Name, m.Branch}); {
	case !m.Known() || now != ev.From && now != ev.To:
		return m, Outcome{Status: Stale}
	case now == ev.To:
		return m, Outcome{}
	}
	m.Name, m.Branch = ev.To.Name, ev.To.Branch
	m.Unbound.Name = m.Unbound.Name && m.Name == ""
	m.Unbound.Branch = m.Unbound.Branch && m.Branch == ""
	return m, Outcome{Changed: true}
}

// MinName and MaxName are how long a name may be, in characters. A minority name with
// its dots has up to about twenty.
const (
	MinName = 2
	MaxName = 24
)

// IsName reports whether a text can be the name of a person, for the honours list.
func IsName(text string) bool {
	n := utf8.RuneCountInString(text)
	return n >= MinName && n <= MaxName && !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && r != '·' && r != '•' && r != '.' && r != '-'
	})
}

// withdraw takes back what waits for a confirmation.
func withdraw(m Member) (Member, Outcome) {
	before := m
	m.Claim, m.ClaimAsked, m.EraseAsked = Binding{}, 0, 0
	return m, Outcome{Changed: before.Claim != m.Claim || before.EraseAsked != 0}
}

// Last is the id of the last item of a kind that the member was given; empty:
// none yet.
func (r Reading) Last(kind content.Kind) string {
	if at := r.place(kind); at != nil {
		return *at
	}
	return ""
}

// maxSeries is of how many series a member's place is kept.
const maxSeries = 8

// follow puts an episode in the place of the one before it.
func (r Reading) follow(before, id string) []string {
	kept := slices.DeleteFunc(slices.Clone(r.Series), func(s string) bool { return s == before || s == id })
	kept = append(kept, id)
	return kept[max(0, len(kept)-maxSeries):]
}

func (r *Reading) place(kind content.Kind) *string {
	switch kind {
	case content.QA:
		return &r.QA
	case content.Story:
		return &r.Story
	case content.Audio:
		return &r.Audio
	}
	return nil // the day's item is not read in turn
}

func read(m Member, ev Read, s Situation) (Member, Outcome) {
	at := m.Read.place(ev.Kind)
	if at == nil {
		return m, Outcome{}
	}
	m = s.join(m)
	*m.Read.place(ev.Kind) = ev.ID
	if ev.Series {
		m.Read.Series = m.Read.follow(ev.Before, ev.ID)
	}
	return m, Outcome{Changed: true}
}

// remind sets the time of the reminder. Taking back what was never set keeps no
// record.
func remind(m Member, ev Remind, s Situation) (Member, Outcome) {
	if m.Remind == ev.Minute+1 {
		return m, Outcome{}
	}
	m = s.join(m)
	m.Remind = ev.Minute + 1
	return m, Outcome{Changed: true}
}

// nudge marks that the member is reminded today, if there is reason to: it is
// what they asked for, at most once a day, and only while today's paper is open.
// The mark is stored before anything is sent, so that a crash in between leaves
// a member without a reminder, never with two.
func nudge(m Member, ev Nudge, s Situation) (Member, Outcome) {
	today := DayOf(s.Now)
	if ev.Minute < 0 || m.Remind != ev.Minute+1 || m.Unfollowed ||
		m.Reminded >= today || m.Last.Day >= today || s.Voids[today] != Stands {
		return m, Outcome{}
	}
	if ev.Spend {
		if !m.Consent.Given() {
			return m, Outcome{}
		}
		m.Consent.Times = max(m.Consent.Times-1, 0)
	}
	m.Reminded = today
	return m, Outcome{Changed: true}
}

// maxConsents bounds how many agreements are counted: a year of daily messages.
const maxConsents = 400

// agree begins a record where there is none: what the member agreed to cannot be
// kept otherwise.
func agree(m Member, ev Agree, s Situation) (Member, Outcome) {
	before := m.Consent
	m.Consent.Times = min(m.Consent.Times+max(ev.Times, 0), maxConsents)
	m.Consent.Always = m.Consent.Always || ev.Always
	if m.Consent == before {
		return m, Outcome{}
	}
	return s.join(m), Outcome{Changed: true}
}

func refuse(m Member) (Member, Outcome) {
	changed := m.Consent != Consent{}
	m.Consent = Consent{}
	return m, Outcome{Changed: changed}
}

// spend changes nothing where the consent is for good, or where there is none.
func spend(m Member) (Member, Outcome) {
	if m.Consent.Always || m.Consent.Times == 0 {
		return m, Outcome{}
	}
	m.Consent.Times--
	return m, Outcome{Changed: true}
}

// rank takes a member off the running season's board or puts them back with what
// they have earned. Answers and points are kept either way.
func rank(m Member, ev Rank, s Situation) (Member, Outcome) {
	if m.OptOut == ev.Out {
		return m, Outcome{}
	}
	m = s.join(m)
	m.OptOut = ev.Out
	out := Outcome{Changed: true}
	if m.Totals.Days > 0 && m.Totals.Season == ev.Season {
		out.Board = &BoardSet{Season: m.Totals.Season, Score: m.Totals.Rank(), Amend: m.ahead(), Remove: ev.Out}
	}
	return m, out
}

// EraseWithin is how long, in seconds, a member has to confirm the erasure.
const EraseWithin = 30 * 60

// Waiting is what a member was asked to confirm.
type Waiting uint8

// What may wait for a yes or a no.
const (
	Nothing Waiting = iota
	Claimed         // a name and a branch
	Erasing         // the erasure
)

// Waits tells what was asked last and not confirmed, within EraseWithin, and when,
// in Unix seconds. A question of the paper that was shown later is what a yes or a
// no belongs to: then nothing waits.
func (s Situation) Waits(m Member) (what Waiting, since int64) {
	if m.Claim.Name != "" {
		what, since = Claimed, m.ClaimAsked
	}
	if m.EraseAsked > since {
		what, since = Erasing, m.EraseAsked
	}
	ago := s.Now.Unix() - since
	if what == Nothing || ago < 0 || ago > EraseWithin || s.current(m.Open) && m.Open.AskedAt > since {
		return Nothing, 0
	}
	return what, since
}

func askErase(m Member, s Situation) (Member, Outcome) {
	if !m.Known() {
		return m, Outcome{}
	}
	m.EraseAsked = s.Now.Unix()
	return m, Outcome{Changed: true}
}

// erase ends a record, if the member asked for it a moment ago: one word alone,
// perhaps misheard, must not destroy a year.
func erase(m Member, s Situation) (Member, Outcome) {
	if since := s.Now.Unix() - m.EraseAsked; m.EraseAsked == 0 || since < 0 || since > EraseWithin {
		return m, Outcome{Status: Unasked}
	}
	return Member{}, Outcome{Changed: true, Erase: true}
}
