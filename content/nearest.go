package content

import (
	"strings"
	"unicode/utf8"
)

// otherNames are what people call the fields of other programs' files.
var otherNames = map[string]string{
	"question": "stem", "content": "stem", "题干": "stem", "题目": "stem", "选项": "options", "choices": "options",
	"答案": "answer", "key": "answer", "解析": "explain", "explanation": "explain", "analysis": "explain",
	"题型": "type", "类型": "type", "分类": "category", "难度": "difficulty", "level": "difficulty",
	"来源": "source", "网址": "url", "link": "url", "编号": "id", "状态": "state", "status": "state",
	"日期": "date", "标题": "title", "正文": "text", "body": "text", "年份": "year",
}

// nearest is the known name that name was probably meant to be; empty: none is near.
func nearest(name string, known []string) string {
	lower := strings.ToLower(strings.TrimSpace(name))
	best, limit := "", 3
	for _, k := range known {
		if lower == k || otherNames[lower] == k {
			return k
		}
		if d := distance([]rune(lower), []rune(k)); d < min(limit, utf8.RuneCountInString(k)) {
			best, limit = k, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete or replace between two
// words; a word of a foreign file may be long, and then its start decides.
func distance(a, b []rune) int {
	if len(a) > len(b)+3 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
