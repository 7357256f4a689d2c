package quiz_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestObjectionsADay: a few a day by the member, any number by staff until there
// are too many in all.
func TestObjectionsADay(t *testing.T) {
	at := time.Date(2026, 11, 21, 23, 59, 0, 0, quiz.Zone).Unix()
	var all quiz.Objections
	add := func(o quiz.Objection) error {
		err := all.Check(o)
		if err == nil {
			o.Number = len(all) + 1
			all = append(all, o)
		}
		return err
	}
	for range quiz.ObjectionsADay {
		if err := add(quiz.Objection{At: at}); err != nil {
			t.Fatal(err)
		}
	}
	if err := add(quiz.Objection{At: at}); !errors.Is(err, quiz.ErrObjectionsToday) {
		t.Error("one more on the day:", err)
	}
	if err := add(quiz.Objection{At: at + 60}); err != nil {
		t.Error("the day after:", err)
	}
	for len(all) < quiz.MaxObjections {
		if err := add(quiz.Objection{At: at, By: "王"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := add(quiz.Objection{At: at, By: "王"}); !errors.Is(err, quiz.ErrObjectionsAll) {
		t.Error("one too many:", err)
	}
	data, err := all.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := quiz.ParseObjections(data); err != nil || !reflect.DeepEqual(again, all) {
		t.Errorf("comes back as %+v, %v", again, err)
	}
}

// TestAnswersAreToldOnce: in the order in which they were given, each once.
func TestAnswersAreToldOnce(t *testing.T) {
	all := quiz.Objections{{Number: 4}, {Number: 7}, {Number: 9}}
	m := quiz.Member{Joined: 1}
	for _, n := range []int{7, 4} {
		next, err := all.Answer(n, "答复", "王", 100)
		if err != nil {
			t.Fatal(err)
		}
		if !all[1].Open() && n == 7 {
			t.Error("changed in place")
		}
		all = next
		m, _ = quiz.Step(m, quiz.Reply{Turns: all.Turns()}, quiz.Situation{})
	}
	if u := all.Untold(m); len(u) != 2 || u[0].Number != 7 || u[1].Number != 4 {
		t.Errorf("untold: %+v", u)
	}
	m.Heard = 1
	if u := all.Untold(m); len(u) != 1 || u[0].Number != 4 {
		t.Errorf("untold: %+v", u)
	}
	if _, err := all.Answer(7, "又", "王", 200); !errors.Is(err, quiz.ErrAnswered) {
		t.Error(err)
	}
	if _, err := all.Answer(5, "又", "王", 200); !errors.Is(err, quiz.ErrNoObjection) {
		t.Error(err)
	}
	if _, out := quiz.Step(m, quiz.Reply{Turns: 2}, quiz.Situation{}); out.Changed {
		t.Error("told again")
	}
}
