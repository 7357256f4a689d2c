package quiz

// Figures are how one question did, in one revision, as they are kept: see
// QuestionStats.
type Figures struct {
	ID             string      `json:"id"`
	Revision       int         `json:"revision"`
	Void           bool        `json:"void,omitempty"`
	Papers         int         `json:"papers"`
	Answers        int         `json:"answers"`
	Right          int         `json:"right"`
	Options        []int       `json:"options,omitempty"` // how often each was chosen
	Discrimination *float64    `json:"discrimination,omitempty"`
	Median         *float64    `json:"median,omitempty"` // seconds
	Suspicions     []Suspicion `json:"suspicions,omitempty"`
}

// Suspicious reports whether a person should look at the question: that few have
// answered it is no reason.
func (f Figures) Suspicious() bool {
	for _, s := range f.Suspicions {
		if s != Unobserved {
			return true
		}
	}
	return false
}

// AllFigures are those of the questions of a season when they were counted.
type AllFigures struct {
	At        int64     `json:"at"` // Unix seconds
	Season    string    `json:"season"`
	Questions []Figures `json:"questions"` // those to be looked at first
}

// Figures are what is kept of the statistics.
func (q *QuestionStats) Figures() Figures {
	f := Figures{
		ID: q.Question.ID, Revision: q.Question.Revision, Void: q.Void,
		Papers: q.Papers, Answers: q.Answers, Right: q.Right, Suspicions: q.Suspicions(),
	}
	f.Options = append(f.Options, q.Options[:len(q.Question.Choices())]...)
	if v, ok := q.Discrimination(); ok {
		f.Discrimination = &v
	}
	if v, ok := q.Median(); ok {
		f.Median = &v
	}
	return f
}
