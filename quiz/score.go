package quiz

import "fmt"

// Unit is the number of parts in which a point is counted: 2520 is divisible by
// 1 to 10, so every share of a paper of up to 10 questions is an integer.
const Unit = 2520

// Weights say how a day's 100 points are earned.
type Weights struct {
	Finish  int `json:"finish" yaml:"finish"`   // for finishing the paper
	Correct int `json:"correct" yaml:"correct"` // times the share of right answers
}

// DefaultWeights are those of the rules: 40 for finishing, 60 for being right.
var DefaultWeights = Weights{Finish: 40, Correct: 60}

// Check says whether the weights can be used.
func (w Weights) Check() error {
	if w.Finish < 0 || w.Correct < 0 || w.Finish+w.Correct != 100 {
		return fmt.Errorf("两个权重不能为负，相加须为 100，现在是 %d 和 %d", w.Finish, w.Correct)
	}
	return nil
}

// Points is what a finished paper is worth, in 1/Unit points: 252,000 at most.
func (w Weights) Points(correct, questions int) int {
	return w.Finish*Unit + w.Correct*Unit*correct/questions
}

// CorrectOf is how many questions were answered right on days of papers that all
// had so many questions, worked out from their points; ok is false where no number
// gives those points.
func (w Weights) CorrectOf(points, days, questions int) (correct int, ok bool) {
	if w.Correct == 0 || questions == 0 {
		return 0, false
	}
	left := (points - days*w.Finish*Unit) * questions
	correct = left / (w.Correct * Unit)
	return correct, left == correct*w.Correct*Unit && correct >= 0 && correct <= days*questions
}

// Rank is the packed ranking score of a season: points, then days finished,
// then the longest streak without freezes, in 27 + 10 + 10 bits. It stays below
// 2^47, so a Redis sorted set, whose scores are doubles, keeps it exactly.
func (t Totals) Rank() int64 {
	return int64(t.Points)<<20 | int64(t.Days)<<10 | int64(t.Longest)
}

// UnpackRank is the inverse of Totals.Rank.
func UnpackRank(score int64) (points, days, longest int) {
	return int(score >> 20), int(score >> 10 & 1023), int(score & 1023)
}

// Score writes points in 1/Unit as people read them: 88, or 82.9 with one
// decimal, rounded down so that nobody reads more than was earned.
func Score(points int) string {
	tenths := points * 10 / Unit
	if tenths%10 == 0 {
		return fmt.Sprint(tenths / 10)
	}
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}
