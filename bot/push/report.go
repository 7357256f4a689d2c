package push

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Counts are what WeChat reports after a mass send (MASSSENDJOBFINISH).
type Counts struct {
	Message string `json:"message_id"`
	Status  string `json:"status"` // "send success", or why not
	Total   int    `json:"total"`
	Filter  int    `json:"filter"` // left after those who want none were taken out
	Sent    int    `json:"sent"`
	Failed  int    `json:"failed"`
	URL     string `json:"url,omitempty"` // of the article, for good
}

// maxReports bounds the reports that a day keeps for sends to come.
const maxReports = 8

// reported takes a report of WeChat, and gives it to the send that it belongs to
// once that one is resolved: WeChat may be faster.
func (d *Day) reported(c Counts) {
	d.Reports = slices.DeleteFunc(slices.Clone(d.Reports), func(o Counts) bool { return o.Message == c.Message }) // it is told more than once
	d.Reports = append(d.Reports, c)
	d.match()
	d.Reports = d.Reports[max(0, len(d.Reports)-maxReports):]
}

func (d *Day) match() {
	d.Reports = slices.DeleteFunc(slices.Clone(d.Reports), func(c Counts) bool {
		i := slices.IndexFunc(d.Sends, func(s Send) bool { return s.Message == c.Message })
		if i >= 0 {
			d.Sends[i].reported(c)
		}
		return i >= 0
	})
}

// reported takes WeChat's report on a send that was made. One that says that it went
// to nobody is a refusal, however late.
func (s *Send) reported(c Counts) {
	first := s.Counts == nil
	s.Counts = &c
	if why := c.failure(); why != "" && c.Sent == 0 && (first || s.State == Sent) {
		s.State, s.Final, s.Reason = Refused, true, why
	}
}

// confirmTime is for how long an administrator of the account may confirm a mass send.
const confirmTime = 30 * time.Minute

// Waits reports whether a mass send was handed over and WeChat has not reported on it:
// it is under way, or an administrator has still to confirm it, until then. WeChat says
// nothing of which.
func (s Send) Waits() (until time.Time, waits bool) {
	mass := s.Channel == (*Mass)(nil).Name() || s.Channel == (*Articles)(nil).Name()
	return s.At.Add(confirmTime), mass && s.State == Sent && s.Counts == nil && s.Answer == ""
}

// massError is how WeChat writes why a mass send went to nobody.
var massError = regexp.MustCompile(`^err\((\d+)\)$`)

// massErrors are what the numbers mean.
// https://developers.weixin.qq.com/doc/service/api/notify/message/api_sendall
var massErrors = map[string]string{
	"10001": "微信认为内容涉嫌广告", "20001": "微信认为内容涉嫌政治", "20002": "微信认为内容涉嫌色情", "20004": "微信认为内容涉嫌社会问题",
	"20006": "微信认为内容涉嫌违法犯罪", "20008": "微信认为内容涉嫌欺诈", "20013": "微信认为内容涉嫌侵犯版权", "21000": "微信认为内容违规",
	"22000": "微信认为内容涉嫌互推", "30001": "原创校验出错", "30002": "原创校验不让群发", "30003": "原创校验判为转载",
	"40001": "公众号的管理员没有同意群发", "40002": "公众号的管理员 30 分钟内没有确认群发",
}

// Said is what WeChat reported, in Chinese.
func (c Counts) Said() string {
	if why := c.failure(); why != "" {
		return why
	}
	return "已发出"
}

// failure says in Chinese why the message went to nobody; empty where it was sent.
func (c Counts) failure() string {
	status := strings.ToLower(strings.TrimSpace(c.Status))
	if number := massError.FindStringSubmatch(status); number != nil {
		if why, known := massErrors[number[1]]; known {
			return why
		}
		return "微信没有发出，原因编号 " + number[1]
	}
	if strings.Contains(status, "fail") {
		return "微信报告群发失败"
	}
	return ""
}
