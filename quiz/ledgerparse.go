package quiz

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"dangshi/content"
)

func isLedgerEnd(text []byte) bool { return bytes.HasPrefix(text, []byte(`{"end":`)) }

var errNotAsWritten = errors.New("与写出时的样子不一样，被改过或重新排过版")

// parseLedgerHead reads what LedgerHead.Encode writes, and nothing else.
func parseLedgerHead(text []byte) (LedgerHead, error) {
	var h LedgerHead
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&h); err != nil {
		return h, fmt.Errorf("不是台账的开头：%w", err)
	}
	if h.Format != LedgerFormat {
		return h, fmt.Errorf("format 是 %q，应为 %q；如果是更新的版本写的，请用那个版本核对", clip(h.Format), LedgerFormat)
	}
	if again, err := h.Encode(); err != nil || !bytes.Equal(again, text) {
		return h, errNotAsWritten
	}
	return h, h.check()
}

func (h LedgerHead) check() error {
	if err := h.Weights.Check(); err != nil {
		return err
	}
	if !seasonID.MatchString(h.Season.ID) || h.Season.From <= 0 || h.Season.From > 1<<20 {
		return errors.New("赛季写得不对")
	}
	last := LedgerPaper{}
	for _, p := range h.Papers {
		if p.Day < last.Day || p.Day == last.Day && p.Version <= last.Version || p.Day < h.Season.From || p.Day > h.Season.From+MaxSeasonDays {
			return fmt.Errorf("%s 第%d版卷子没有按顺序，或不在赛季里", p.Day, p.Version)
		}
		last = p
	}
	return nil
}

// past is what the members' lines are computed with.
func (h LedgerHead) past() (Past, error) {
	voids := Voids{}
	for _, v := range h.Voids {
		switch v.Void {
		case voidWords[Dropped]:
			voids[v.Day] = Dropped
		case voidWords[Kept]:
			voids[v.Day] = Kept
		default:
			return Past{}, fmt.Errorf("%s 的 void 是 %q", v.Day, clip(v.Void))
		}
	}
	var history []Correction
	for _, r := range h.Rulings {
		history = append(history, Correction{AskedAs: r.AskedAs, Ruling: r.Ruling})
	}
	rulings := NewRulings(history, nil)
	type version struct {
		day Day
		n   int
	}
	papers := map[version]*Paper{}
	for _, lp := range h.Papers {
		p, err := lp.paper(h)
		if err != nil {
			return Past{}, fmt.Errorf("%s 第%d版卷子：%w", lp.Day, lp.Version, err)
		}
		papers[version{lp.Day, lp.Version}] = p.Under(rulings).Prepared()
	}
	find := func(day Day, n int) (*Paper, error) {
		if p := papers[version{day, n}]; p != nil {
			return p, nil
		}
		return nil, errors.New("开头里没有这份卷子")
	}
	return Past{Season: h.Season, Paper: find, Voids: voids, Rulings: rulings}, nil
}

// paper is a paper with the keys alone, which is all that grading needs.
func (lp LedgerPaper) paper(h LedgerHead) (*Paper, error) {
	p := &Paper{Day: lp.Day, Version: lp.Version, Season: h.Season.ID, From: h.Season.From, Weights: h.Weights}
	if lp.Weights != nil {
		p.Weights = *lp.Weights
	}
	for _, k := range lp.Questions {
		q := content.Question{ID: k.Question, Revision: k.Revision, Type: k.Type, Answer: content.Key{Accept: k.Accept}}
		letters, err := content.ParseLetters(k.Key)
		if err != nil {
			return nil, err
		}
		if !k.Type.Valid() || (k.Type == content.Blank) != (letters == 0) || (k.Type == content.Blank) != (len(k.Accept) > 0) {
			return nil, fmt.Errorf("题目 %q 的题型和答案不合", clip(k.Question))
		}
		q.Answer.Letters = letters
		p.Questions, p.Fixed = append(p.Questions, q), append(p.Fixed, false)
	}
	return p, p.Check()
}

// parseLedgerLine reads what LedgerLine.Append writes, and nothing else.
func parseLedgerLine(text []byte, from Day) (LedgerLine, error) {
	var read struct {
		P       string `json:"p"`
		Rank    int    `json:"rank"`
		Points  int    `json:"points"`
		Days    int    `json:"days"`
		Longest int    `json:"longest"`
		Log     string `json:"log"`
		Out     bool   `json:"out"`
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return LedgerLine{}, errors.New("不是应有的 JSON")
	}
	l := LedgerLine{Pseudonym: read.P, Out: read.Out, Rank: read.Rank, Points: read.Points, Days: read.Days, Longest: read.Longest}
	if !isPseudonym(l.Pseudonym) {
		return l, fmt.Errorf("编号 %q 不是10个字符的编号", clip(l.Pseudonym))
	}
	for entry := range strings.FieldsSeq(read.Log) {
		e, err := parseLedgerEntry(entry, from)
		if err != nil {
			return l, fmt.Errorf("编号 %s 的 %q：%w", l.Pseudonym, clip(entry), err)
		}
		if n := len(l.Entries); n > 0 && l.Entries[n-1].Day >= e.Day {
			return l, fmt.Errorf("编号 %s 的日子没有按顺序", l.Pseudonym)
		}
		l.Entries = append(l.Entries, e)
	}
	if !bytes.Equal(l.Append(nil, from), text) {
		return l, errNotAsWritten
	}
	return l, nil
}

func isPseudonym(s string) bool {
	if len(s) != pseudonymChars {
		return false
	}
	return strings.Trim(s, crockfordLetters) == ""
}

func parseLedgerEntry(text string, from Day) (e Entry, err error) {
	head, answers, found := strings.Cut(text, "=")
	day, version, versioned := strings.Cut(head, ".")
	offset, err := strconv.Atoi(day)
	e.Version = 1
	if err == nil && versioned {
		e.Version, err = strconv.Atoi(version)
	}
	if err != nil || !found || offset < 0 || offset > MaxSeasonDays || e.Version < 1 {
		return e, errors.New("应为“第几天=答案”，例如 0=A,B")
	}
	e.Day = from + Day(offset)
	for answer := range strings.SplitSeq(answers, ",") {
		var g Given
		if digits, ok := strings.CutPrefix(answer, "#"); ok {
			n, err := strconv.ParseUint(digits, 16, 16)
			if err != nil || n == 0 {
				return e, errors.New("填空的散列写得不对")
			}
			g.Hash = uint16(n)
		} else if answer != "-" {
			if g.Letters, err = content.ParseLetters(answer); err != nil || g.Letters == 0 {
				return e, errors.New("答案应为选项的字母")
			}
		}
		if e.Given = append(e.Given, g); len(e.Given) > MaxQuestions {
			return e, fmt.Errorf("答案多于 %d 个", MaxQuestions)
		}
	}
	return e, nil
}
