package mydata

import (
	"encoding/json"
	"time"

	"dangshi/quiz"
)

// The file for programs. Points are in points, times in RFC 3339.
type (
	jsonFile struct {
		Made       time.Time         `json:"made"`
		OpenID     string            `json:"openid"`
		Former     []string          `json:"former_openids,omitempty"`
		Joined     quiz.Day          `json:"joined"`
		Name       string            `json:"name,omitempty"`
		Branch     string            `json:"branch,omitempty"`
		BranchName string            `json:"branch_name,omitempty"`
		Claim      *quiz.Binding     `json:"unconfirmed,omitempty"`
		Reminder   string            `json:"reminder,omitempty"`
		Reminded   string            `json:"reminded_last,omitempty"`
		OptOut     bool              `json:"left_ranking"`
		Unfollowed bool              `json:"unfollowed"`
		Streak     int               `json:"streak"`
		Freezes    int               `json:"freezes"`
		Open       *jsonOpen         `json:"open_paper,omitempty"`
		Reading    quiz.Reading      `json:"reading"`
		Untold     []string          `json:"not_told_yet,omitempty"`
		Pseudonyms map[string]string `json:"pseudonyms,omitempty"`
		Messages   []jsonMessage     `json:"recent_messages,omitempty"`
		Seasons    []jsonSeason      `json:"seasons,omitempty"`
		Practice   []quiz.Card       `json:"practice,omitempty"`
		Objections quiz.Objections   `json:"objections,omitempty"`
		Awards     []quiz.Award      `json:"awards,omitempty"`
	}
	jsonOpen struct {
		Day      quiz.Day `json:"day"`
		Answered int      `json:"answered"`
	}
	jsonMessage struct {
		Key  uint64    `json:"key"`
		Sent time.Time `json:"sent"`
	}
	jsonSeason struct {
		Season  string    `json:"season"`
		Points  float64   `json:"points"`
		Days    int       `json:"days"`
		Longest int       `json:"longest"`
		Correct int       `json:"correct"`
		Asked   int       `json:"asked"`
		Broken  bool      `json:"unreadable,omitempty"`
		Log     []jsonDay `json:"log,omitempty"`
	}
	jsonDay struct {
		Day      quiz.Day     `json:"day"`
		Version  int          `json:"paper_version"`
		Finished bool         `json:"finished"`
		Void     string       `json:"void,omitempty"`
		Points   float64      `json:"points"`
		Receipt  string       `json:"receipt,omitempty"`
		Answers  []jsonAnswer `json:"answers"`
	}
	jsonAnswer struct {
		Question string   `json:"question"`
		Stem     string   `json:"stem"`
		Options  []string `json:"options,omitempty"`
		Chose    string   `json:"chose,omitempty"`
		Right    bool     `json:"right"`
		Key      string   `json:"key"`
		Now      string   `json:"corrected_key,omitempty"`
		Void     bool     `json:"question_void,omitempty"`
		Seconds  float64  `json:"seconds_about"`
	}
)

// json is the file for programs.
func (f file) json() ([]byte, error) {
	d, m := f.data, f.data.Member
	out := jsonFile{
		Made: f.at.In(quiz.Zone).Truncate(time.Second), OpenID: d.ID, Former: m.Former, Joined: m.Joined,
		Name: m.Name, Branch: m.Branch, BranchName: f.branch(m.Branch), OptOut: m.OptOut, Unfollowed: m.Unfollowed,
		Streak: m.Streak.Length, Freezes: m.Streak.Freezes, Reading: m.Read, Untold: untold(m), Pseudonyms: d.Pseudonyms,
		Practice: d.Practice.Cards, Objections: d.Objections, Awards: d.Awards,
	}
	if m.Claim.Name != "" {
		out.Claim = &m.Claim
	}
	if m.Remind > 0 {
		out.Reminder = time.Time{}.Add(time.Duration(m.Remind-1) * time.Minute).Format("15:04")
	}
	if m.Reminded != 0 {
		out.Reminded = m.Reminded.String()
	}
	if m.Open.Opened() {
		out.Open = &jsonOpen{m.Open.Day, len(m.Open.Given)}
	}
	for _, x := range d.Recent {
		out.Messages = append(out.Messages, jsonMessage{x.Key, time.Unix(x.Sent, 0).In(quiz.Zone)})
	}
	for _, s := range d.Seasons {
		out.Seasons = append(out.Seasons, seasonJSON(s))
	}
	return json.MarshalIndent(out, "", " ")
}

// untold is what the member is to be told with the next message.
func untold(m quiz.Member) (all []string) {
	if _, regraded := m.Regraded(); regraded {
		all = append(all, "points_corrected")
	}
	if (m.Unbound != quiz.Unbound{}) {
		all = append(all, "binding_removed")
	}
	if m.Heard < m.Replies {
		all = append(all, "objection_answered")
	}
	return all
}

func points(n int) float64 { return float64(n) / quiz.Unit }

func seasonJSON(s quiz.KeptSeason) jsonSeason {
	t := s.Totals
	out := jsonSeason{Season: s.Season.ID, Points: points(t.Points), Days: t.Days, Longest: t.Longest, Correct: t.Correct, Asked: t.Asked, Broken: s.Broken}
	for _, d := range s.Days {
		day := jsonDay{Day: d.Day, Version: d.Version, Finished: !d.Lapsed, Points: points(d.Points), Receipt: d.Receipt}
		day.Void = map[quiz.Void]string{quiz.Dropped: "dropped", quiz.Kept: "kept"}[d.Void]
		for i, a := range d.Answers {
			day.Answers = append(day.Answers, jsonAnswer{
				Question: a.Question.ID, Stem: a.Question.Stem, Options: a.Question.Choices(), Chose: a.Chose,
				Right: a.Right, Key: a.Key, Now: a.Now, Void: a.Void, Seconds: d.Given[i].Pace.Seconds(),
			})
		}
		out.Log = append(out.Log, day)
	}
	return out
}
