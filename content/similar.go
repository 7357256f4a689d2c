package content

import (
	"cmp"
	"slices"
	"strings"
)

// Two questions are alike from this share of the pairs of characters of their
// stems and options that they have in common. Below it are those of one pattern:
// 哪一年召开了一大、二大.
const alikeFrom = 0.75

// Sets of pairs fall into the same bucket of a band when the smallest of their
// hashes agree in all rows: two sets that share 0.75 do so in one band or another
// in 99 of 100 cases, those that share 0.3 in one of ten.
const (
	bands         = 12
	rows          = 4
	mostNeighbour = 8 // that one is compared with in a bucket: a bank of one pattern must not take for ever
	fewestPairs   = 4 // of a set that can be like another: 对吗 is no text
)

// likeness is the question that another is most like.
type likeness struct {
	other int32 // index; -1: none
	share float64
}

// alike finds for each of texts from index from on the earlier one that it is most
// like. It takes about a second for 100,000 of them.
func alike(texts [][]uint32, from int) []likeness {
	best := make([]likeness, len(texts))
	for i := range best {
		best[i].other = -1
	}
	type place struct {
		key uint64
		at  int32
	}
	places := make([]place, 0, len(texts))
	for band := range bands {
		places = places[:0]
		for i, set := range texts {
			if len(set) >= fewestPairs {
				places = append(places, place{bandKey(set, band), int32(i)})
			}
		}
		slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at)) })
		first := 0
		for i, p := range places {
			if p.key != places[first].key {
				first = i
			}
			if int(p.at) < from {
				continue
			}
			for _, other := range places[max(first, i-mostNeighbour):i] {
				share := shared(texts[p.at], texts[other.at])
				b := &best[p.at]
				if share >= alikeFrom && (share > b.share || share == b.share && other.at < b.other) {
					*b = likeness{other.at, share}
				}
			}
		}
	}
	return best
}

func bandKey(set []uint32, band int) uint64 {
	key := uint64(band)
	for row := range rows {
		seed := mix(uint64(band*rows + row + 1))
		least := ^uint64(0)
		for _, x := range set {
			least = min(least, (uint64(x)|1<<32)*(seed|1)+seed>>7)
		}
		key = mix(key ^ mix(least))
	}
	return key
}

// mix spreads a number over all bits (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// InCommon is how many elements two ordered lists have in common.
func InCommon[E cmp.Ordered](a, b []E) int {
	both, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			both++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return both
}

// shared is the share of two ordered sets that both have.
func shared(a, b []uint32) float64 {
	both := InCommon(a, b)
	all := len(a) + len(b) - both
	if all == 0 {
		return 0
	}
	return float64(both) / float64(all)
}

// pairs are the pairs of neighbouring characters of stem and options, after
// Normalise, as hashes in order, each once.
func (q *Question) pairs() []uint32 {
	var set []uint32
	add := func(text string) {
		last := rune(0)
		for _, r := range text {
			if last != 0 {
				set = append(set, uint32(mix(uint64(last)<<32|uint64(r))))
			}
			last = r
		}
	}
	add(sameText(q.Stem))
	for _, option := range q.Options {
		add("|" + strings.TrimSpace(sameText(option)))
	}
	slices.Sort(set)
	return slices.Clip(slices.Compact(set))
}

// markAlike sets Like and Alike of the steps that would load something.
func markAlike(current []Question, coming map[string]bool, steps []Step[Question]) {
	var all []*Question
	for i := range current {
		if q := &current[i]; !coming[q.ID] && q.State != Retired {
			all = append(all, q)
		}
	}
	from, some := len(all), false
	for i := range steps {
		all = append(all, &steps[i].Value)
		some = some || steps[i].Fate == Added || steps[i].Fate == Changed
	}
	if !some {
		return
	}
	texts := make([][]uint32, len(all))
	for i, q := range all {
		if i < from || steps[i-from].Fate != Duplicate {
			texts[i] = q.pairs()
		}
	}
	for i, like := range alike(texts, from)[from:] {
		if s := &steps[i]; like.other >= 0 && s.Same == "" && (s.Fate == Added || s.Fate == Changed) {
			s.Like, s.Alike = all[like.other], like.share
		}
	}
}
