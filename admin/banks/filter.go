package banks

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// filter is what a list is asked for; it is the query of its address.
type filter struct {
	Text     string
	State    content.State
	Category string
	Type     content.Type
	Level    int    // 0: any
	Watch    bool   // those whose statistics are suspicious
	Remark   bool   // those that were sent back
	By       string // handOf who wrote or reviewed it last …
	At       int64  // … and when: so are the questions of one load
	Sort     string // "": by id; new: changed last; watch: suspicious ones first
}

// none stands for questions that have no category.
const none = "-"

func filterOf(q url.Values) filter {
	f := filter{
		Text: strings.TrimSpace(q.Get("q")), State: content.State(q.Get("state")), Category: q.Get("category"), Type: content.Type(q.Get("type")),
		Watch: q.Get("watch") != "", Remark: q.Get("remark") != "", By: q.Get("by"), Sort: q.Get("sort"),
	}
	f.Level, _ = strconv.Atoi(q.Get("level"))
	f.At, _ = strconv.ParseInt(q.Get("at"), 10, 64)
	return f
}

// Query is the filter as a query, without a page.
func (f filter) Query() string {
	q := url.Values{}
	for name, value := range map[string]string{
		"q": f.Text, "state": string(f.State), "category": f.Category, "type": string(f.Type), "by": f.By, "sort": f.Sort,
		"watch": mark(f.Watch), "remark": mark(f.Remark), "level": number(int64(f.Level)), "at": number(f.At),
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// handOf stands for somebody of the staff in addresses, where logs would keep a name.
func handOf(name string) string {
	sum := sha256.Sum256([]byte("hand " + name))
	return hex.EncodeToString(sum[:6])
}

func mark(on bool) string {
	if on {
		return "1"
	}
	return ""
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// List, Reviewing and File are the addresses of what a filter finds: as a list, to be
// reviewed one by one, as a file.
func (f filter) List() string      { return Path + query(f.Query()) }
func (f filter) Reviewing() string { return Path + "/review" + query(f.Query()) }
func (f filter) File(format string) string {
	if q := f.Query(); q != "" {
		format += "&" + q
	}
	return Path + "/export?format=" + format
}

// figures are the statistics by question, those of its latest revision.
type figures map[string]quiz.Figures

func figuresOf(all quiz.AllFigures) figures {
	by := figures{}
	for _, f := range all.Questions {
		if f.Revision >= by[f.ID].Revision {
			by[f.ID] = f
		}
	}
	return by
}

// choose are the rows that fit, in order; they must not be changed.
func (f filter) choose(all *bank, stats figures) []*row {
	rows := all.rows
	switch f.Sort {
	case "new":
		rows = all.newest()
	case "watch":
		observed := 0
		if rows, observed = all.grave(stats); f.Watch {
			rows = rows[:observed]
		}
	}
	if f == (filter{Sort: f.Sort}) {
		return rows
	}
	holds := all.holding(f.Text, false)
	hands := map[string]bool{} // whether somebody is who is looked for: few wrote many
	by := func(name string) bool {
		is, known := hands[name]
		if !known {
			is = handOf(name) == f.By
			hands[name] = is
		}
		return is
	}
	found := make([]*row, 0, len(rows))
	for _, r := range rows {
		switch {
		case f.State != "" && r.State != f.State,
			f.Type != "" && r.Type != f.Type,
			f.Level != 0 && r.Difficulty != f.Level,
			f.Category == none && r.Category != "",
			f.Category != "" && f.Category != none && r.Category != f.Category,
			f.Remark && (r.Remark == "" || r.State != content.Draft),
			f.At != 0 && r.At != f.At,
			f.By != "" && !by(r.By),
			f.Watch && !stats[r.ID].Suspicious(),
			!holds(r):
			continue
		}
		found = append(found, r)
	}
	return found
}
