package store

import (
	"fmt"
	"math"
	"strconv"
)

// maxExpiry is the last instant that PEXPIREAT may name: the end of the year
// 9999, in Unix milliseconds.
const maxExpiry = 253402300799999

// keyOrder checks that each command belongs to the key that was begun last and
// to its type, so that a server can refuse none of them.
type keyOrder struct {
	key    string
	family string // command that fills the key; "": not yet known
	open   bool   // more commands for key may follow
	filled bool
	keys   int
	kinds  map[string]int // keys by what they are called in the table
}

// fill notes that the key has content.
func (o *keyOrder) fill() {
	o.filled = true
	o.keys++
	if o.kinds == nil {
		o.kinds = map[string]int{}
	}
	k, _, _, _ := parseKey(o.key)
	o.kinds[k.name]++
}

// check returns what is wrong with a command, or nothing.
func (o *keyOrder) check(args []string) string {
	name, n := args[0], len(args)
	switch name {
	case "SET", "DEL":
		if name == "SET" && n != 3 || name == "DEL" && n != 2 {
			return "命令 " + name + " 的参数个数不对"
		}
		*o = keyOrder{key: args[1], open: true, keys: o.keys, kinds: o.kinds}
		if name == "SET" {
			o.family = "SET"
			o.fill()
		}
		return ""
	case "HSET", "ZADD", "RPUSH", "SADD":
		if n < 3 || (name == "HSET" || name == "ZADD") && (n < 4 || n%2 != 0) {
			return "命令 " + name + " 的参数个数不对"
		}
	case "PEXPIREAT":
		if n != 3 || !validExpiry(args[2]) {
			return "过期时间不对"
		}
	default:
		return "不认识的命令"
	}
	return o.follow(name, args)
}

func (o *keyOrder) follow(name string, args []string) string {
	if !o.open || args[1] != o.key {
		return "命令 " + name + " 之前没有它的键"
	}
	if name == "PEXPIREAT" {
		if !o.filled {
			return "没有内容的键却有过期时间"
		}
		o.open = false
		return ""
	}
	if o.family != "" && o.family != name {
		return "同一个键有两种类型"
	}
	if name == "ZADD" {
		for i := 2; i < len(args); i += 2 {
			if _, err := parseScore(args[i]); err != nil {
				return "分数不是数字"
			}
		}
	}
	o.family = name
	if !o.filled {
		o.fill()
	}
	return ""
}

func validExpiry(s string) bool {
	ms, err := strconv.ParseInt(s, 10, 64)
	return err == nil && ms > 0 && ms <= maxExpiry && s == strconv.FormatInt(ms, 10)
}

// formatScore writes a score exactly, in the same way whichever server it came
// from; parseScore takes nothing else.
func formatScore(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case f == 0:
		return "0" // and not -0, which compares equal
	case f == math.Trunc(f) && math.Abs(f) < 1<<53:
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

func parseScore(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, err
	}
	if math.IsNaN(f) || formatScore(f) != s {
		return 0, fmt.Errorf("score %q is not in its canonical form", s)
	}
	return f, nil
}
