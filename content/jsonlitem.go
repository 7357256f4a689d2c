package content

import (
	"fmt"
	"io"
)

// ReadItems reads items as JSON Lines, as WriteItems writes them, and the
// questions that stand in them under “question”. Errors are those of
// ReadQuestions; fields of a question are called question.stem and so on.
//
// What a line leaves out is filled in: with a date, kind is today and id is
// today-MM-DD (today-MM-DD-2 for the second of that date); with a series, kind is
// audio and the id is made of series and episode; state is Draft. A
// question takes id, category, state and date from its item, and source, url
// and grade where it has none of the three.
func ReadItems(name string, r io.Reader) ([]Item, []Question, error) {
	in := newIntake(name)
	if err := in.jsonItems(r); err != nil {
		return nil, nil, err
	}
	return Values(in.Items), Values(in.Questions), in.Err()
}

func (in *intake) jsonItems(r io.Reader) error {
	dated := map[string]int{} // lines without an id, by date
	return in.lines(r, func(row int, line []byte) {
		rec := parseRecord(line, itemFields)
		if len(rec.fields) == 0 && len(rec.faults) > 0 {
			in.report(row, "", rec.faults)
			return
		}
		it := rec.item(dated)
		var asked *record
		if raw, ok := rec.get("question"); ok && raw[0] == '{' {
			asked = parseRecord(raw, questionFields)
		} else if ok {
			rec.add("question", "应是对象 {…}，现在是%s；引用题库里的题请用 question_id", jsonKind(raw))
		}
		in.item(row, it, rec.faults, asked, 0)
	})
}

func (r *record) item(dated map[string]int) Item {
	it := Item{
		ID:       r.text("id"),
		Kind:     Kind(r.text("kind")),
		Series:   r.text("series"),
		Episode:  r.number("episode"),
		Date:     r.text("date"),
		Year:     r.number("year"),
		Category: r.text("category"),
		Title:    r.text("title"),
		Text:     r.text("text"),
		Source:   r.text("source"),
		URL:      r.text("url"),
		Grade:    Grade(r.text("grade")),
		Picture:  r.text("picture"),
		Audio:    r.text("audio"),
		Question: r.text("question_id"),
		State:    State(r.text("state")),
		Revision: r.number("revision"),
	}
	it.name(dated)
	return it
}

// name fills in the kind and the id of an item that has a date, or is an episode;
// dated counts those of a date that had no id.
func (it *Item) name(dated map[string]int) {
	switch {
	case it.Kind == "" && it.Series != "":
		it.Kind = Audio
	case it.Kind == "" && it.Date != "":
		it.Kind = Today
	}
	if it.ID == "" && it.Series != "" && it.Episode > 0 && it.Kind.Valid() {
		it.ID = fmt.Sprintf("%s-%s-%04d", it.Kind, short(Normalise(it.Series))[:8], it.Episode)
	}
	if it.ID == "" && it.Kind == Today && it.Date != "" {
		dated[it.Date]++
		it.ID = "today-" + it.Date
		if n := dated[it.Date]; n > 1 {
			it.ID += fmt.Sprintf("-%d", n)
		}
	}
}

// item takes an item of a row and the question in it; asked is nil where there
// is none, lacks what the row says nothing of. Both are left out when either has a
// fault, since they belong together.
func (in *intake) item(row int, it Item, faults []Fault, asked *record, lacks Fields) {
	var q Question
	var questionFaults []Fault
	stated := it.State != ""
	if !stated {
		it.State = Draft
	}
	questionStated := stated
	if asked != nil {
		q = asked.question()
		given := q
		questionStated = stated || q.State != ""
		faults = append(faults, link(&it, &q)...)
		questionFaults = without(merge(asked.faults, q.Check()), given, q)
	}
	check := it
	if asked != nil {
		check.Question = "" // checked as the id of the question
	}
	faults = merge(faults, check.Check())
	if twice := in.taken(in.itemRow, it.ID, row); twice != "" {
		faults = merge(faults, []Fault{{Field: "id", Problem: twice}})
	}
	if it.Series != "" && it.Episode > 0 {
		key := fmt.Sprintf("%s %d", Normalise(it.Series), it.Episode)
		if first, twice := in.episodeRow[key]; twice {
			faults = merge(faults, []Fault{{Field: "episode", Problem: fmt.Sprintf("“%s”第 %d 集在第 %d 行已经有了，请改集数", shown(it.Series), it.Episode, first)}})
		} else {
			in.episodeRow[key] = row
		}
	}
	if first, twice := in.askedRow[it.Question]; twice && it.Question != "" {
		field := "question_id"
		if asked != nil {
			field = "question.id"
		}
		faults = append(faults, Fault{Field: field, Problem: fmt.Sprintf(
			"题目“%s”已属于第 %d 行，一道题只能属于一个条目", shown(it.Question), first)})
	} else if it.Question != "" {
		in.askedRow[it.Question] = row
	}
	in.report(row, "", faults)
	in.report(row, "question", questionFaults)
	if len(faults)+len(questionFaults) > 0 {
		return
	}
	in.Items = append(in.Items, Entry[Item]{Value: it, File: in.Name, Row: row, Stated: stated, Lacks: lacks})
	if asked != nil {
		in.Questions = append(in.Questions, Entry[Question]{Value: q, File: in.Name, Row: row, Stated: questionStated, Inside: true})
	}
}

// link fills in what a question takes from its item, and the item's reference
// to it.
func link(it *Item, q *Question) (faults []Fault) {
	if it.Question != "" && q.ID != "" && it.Question != q.ID {
		faults = append(faults, Fault{Field: "question_id", Problem: "和 question 里的 id 不同，请删去其中一个"})
	}
	if q.Day != "" && q.Day != it.Date {
		faults = append(faults, Fault{Field: "question.day", Problem: "和条目的 date 不同，请删去 day"})
	}
	fill := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	fill(&q.ID, it.Question)
	fill(&q.ID, it.ID)
	fill(&q.Category, it.Category)
	fill(&q.Day, it.Date)
	if q.State == "" {
		q.State = it.State
	}
	if q.Source == "" && q.URL == "" && q.Grade == "" { // a source of its own must not get the item's grade
		q.Source, q.URL, q.Grade = it.Source, it.URL, it.Grade
	}
	it.Question = q.ID
	return faults
}

// without leaves out faults of fields that the question, given without them,
// took from its item: they are reported there.
func without(faults []Fault, given, q Question) (own []Fault) {
	taken := map[string]bool{
		"id":       given.ID == "", // where the item has none either, that is said there
		"category": given.Category != q.Category,
		"day":      given.Day != q.Day,
		"state":    given.State != q.State,
		"source":   given.Source != q.Source,
		"url":      given.URL != q.URL,
		"grade":    given.Grade != q.Grade,
	}
	for _, f := range faults {
		if !taken[f.Field] {
			own = append(own, f)
		}
	}
	return own
}
