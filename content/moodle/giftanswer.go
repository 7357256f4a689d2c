package moodle

import (
	"math"
	"strconv"
	"strings"

	"dangshi/content"
)

// answers reads what stands in braces; left says what kind of question it is if
// there is none like it here.
func (g *gift) answers(body string) (left string) {
	verdict, _, _ := strings.Cut(body, "#")
	switch strings.ToUpper(strings.TrimSpace(verdict)) {
	case "T", "TRUE":
		g.q.Type, g.q.Answer.Letters = content.Judge, 1
		return ""
	case "F", "FALSE":
		g.q.Type, g.q.Answer.Letters = content.Judge, 2
		return ""
	case "":
		if strings.HasPrefix(body, "#") {
			return "这是数值题（numerical），这里没有这种题型"
		}
		return "这是问答题（essay），这里没有这种题型"
	}
	choices := g.choices(body)
	if len(choices) == 0 {
		g.faults = append(g.faults, content.Broken("answer", "花括号里没有找到答案，请用 = 标出正确的、用 ~ 标出错误的，判断题写 T 或 F"))
		g.q.Type = content.Judge
		return ""
	}
	return g.typed(choices)
}

// choices takes answers apart at = and ~; what stands behind # is feedback.
func (g *gift) choices(body string) (all []choice) {
	for body != "" {
		sign := strings.IndexAny(body, "=~")
		if sign < 0 {
			break
		}
		c := choice{right: body[sign] == '='}
		body = body[sign+1:]
		end := strings.IndexAny(body, "=~")
		if end < 0 {
			end = len(body)
		}
		text, _, _ := strings.Cut(body[:end], "#")
		body = body[end:]
		text = strings.TrimSpace(text)
		if m := weight.FindStringSubmatch(text); m != nil {
			w, err := strconv.ParseFloat(m[1], 64)
			c.weight, c.stated = w, err == nil
			text = text[len(m[0]):]
		}
		c.text = g.clean(text)
		all = append(all, c)
	}
	return all
}

func (g *gift) typed(choices []choice) (left string) {
	right, wrong, arrows, wild := 0, 0, 0, false
	for _, c := range choices {
		if c.right {
			right++
		} else {
			wrong++
		}
		if strings.Contains(c.text, "->") {
			arrows++
		}
		wild = wild || strings.Contains(c.text, "*")
	}
	switch {
	case wrong == 0 && arrows == len(choices):
		return "这是配对题（matching），这里没有这种题型"
	case wrong == 0 && wild:
		return "填空的答案里有通配符 *，这里要写全"
	case wrong == 0:
		g.q.Type = content.Blank
		for _, c := range choices {
			if !c.stated || c.weight >= 100 {
				g.q.Answer.Accept = append(g.q.Answer.Accept, c.text)
			}
		}
		return ""
	case right > 1:
		return "单选题有几个各自算对的选项，这里没有这种题型"
	}
	g.q.Type = content.Single
	sum := 0.0
	for i, c := range choices {
		g.q.Options = append(g.q.Options, c.text)
		full := c.right || right == 0 && c.stated && c.weight > 0
		if full && i < content.MaxOptions {
			g.q.Answer.Letters |= 1 << i
			sum += c.weight
		}
	}
	if g.q.Answer.Letters.Len() > 1 {
		g.q.Type = content.Multiple
	}
	// A part of the points for a part of the key: all of it must give all.
	if right == 0 && g.q.Answer.Letters != 0 && math.Abs(sum-100) > 1 {
		g.faults = append(g.faults, content.Broken("answer", "正确选项的分值合起来是 %s%%，应是 100%%，请改正", strconv.FormatFloat(sum, 'f', -1, 64)))
	}
	return ""
}
