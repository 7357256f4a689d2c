package quiz

import (
	"encoding/binary"
	"hash/fnv"
	"regexp"

	"dangshi/content"
)

// fixed matches options and explanations that speak of other options by letter,
// number or place, so that only the written order makes sense.
var fixed = regexp.MustCompile(`(?i)` +
	`(^|[^A-Za-z])[A-HＡ-Ｈ]([^A-Za-z]|$)` + // a letter by itself: “A和B”, “选C”
	`|[①②③④⑤⑥⑦⑧]|[甲乙丙丁][项、和与]` +
	`|以上|以下|上述|前述|前[两二三]|后[两二三]|其[余他]选?项|选项|[一二两三四]项|第[一二三四1-4]个` +
	`|[都均]对|[都均]错|[都均]是|[都均]不|全[都部]?对|全部正确|[都均]正确|皆`)

// KeepsOrder reports whether the options of q must be shown as they are written:
// judge and blank have none, and an option or the explanation that names
// letters, “以上”, “都对” or the like would lose its meaning.
func KeepsOrder(q content.Question) bool {
	if q.Type == content.Judge || q.Type == content.Blank {
		return true
	}
	if fixed.MatchString(q.Explain) || fixed.MatchString(q.Stem) {
		return true
	}
	for _, o := range q.Options {
		if fixed.MatchString(o) {
			return true
		}
	}
	return false
}

// Order is the order in which the options of question i of the paper are shown
// to one member: Order[place] is the canonical index. It depends on nothing but
// paper and member, so that the member sees the same order on every replica and
// after a restart, and it need not be stored.
func (p *Paper) Order(member Self, i int) []int {
	return p.order(make([]int, 0, content.MaxOptions), member, i) // small enough to be made at the caller's
}

func (p *Paper) order(order []int, member Self, i int) []int {
	for k := range p.Questions[i].Choices() {
		order = append(order, k)
	}
	if p.Fixed[i] {
		return order
	}
	h := fnv.New64a()
	h.Write([]byte(member))
	var b [12]byte
	binary.BigEndian.PutUint64(b[:], uint64(p.Day))
	binary.BigEndian.PutUint32(b[8:], uint32(i))
	h.Write(b[:])
	random := splitMix(h.Sum64())
	random.shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	return order
}

// Shown is q with its options in the order of a member; the key stays canonical.
func Shown(q content.Question, order []int) content.Question {
	if q.Type == content.Judge || q.Type == content.Blank {
		return q
	}
	options := make([]string, len(order))
	for place, canonical := range order {
		options[place] = q.Options[canonical]
	}
	q.Options = options
	return q
}

// ShownLetters turns canonical letters into those that the member saw.
func ShownLetters(l content.Letters, order []int) content.Letters {
	var shown content.Letters
	for place, canonical := range order {
		if l.Has(canonical) {
			shown |= 1 << place
		}
	}
	return shown
}

// splitMix is the SplitMix64 generator (Steele, Lea and Flood, 2014). The
// standard library's generators may change what a shuffle gives from one Go
// release to the next; a member must not see another order after an upgrade.
type splitMix uint64

func (s *splitMix) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// shuffle is the Fisher–Yates shuffle. The bias of the remainder is below
// n/2^64.
func (s *splitMix) shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, int(s.next()%uint64(i+1)))
	}
}
