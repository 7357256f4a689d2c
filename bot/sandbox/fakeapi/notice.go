package fakeapi

import (
	"slices"
	"strconv"
	"strings"
)

// notice is a template of 订阅通知 that the account has.
type notice struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Content  string   `json:"content"`
	Example  string   `json:"example"`
	Fields   []string `json:"fields"`
	LongTerm bool     `json:"long_term,omitempty"`
}

// DailyNotice is the id of a template that a service account has from the start, as if it had
// been chosen on the account's page: thing1 (the task), date2 and thing4 (a hint).
const DailyNotice = "sDxDailyStudy0TemplateOfTheSandbox000000000"

// publicTitle is a template in the public library.
type publicTitle struct {
	tid      int
	title    string
	longTerm bool
}

// publicWord is a keyword that such a template can be given; its field is called rule and kid.
type publicWord struct {
	kid                 int
	name, example, rule string
}

const publicCategory = "616"

var (
	publicTitles = []publicTitle{
		{tid: 1001, title: "学习任务提醒"},
		{tid: 1002, title: "活动结果通知"},
		{tid: 1003, title: "政务学习通知", longTerm: true},
	}
	publicWords = []publicWord{
		{1, "任务名称", "今日答题", "thing"},
		{2, "截止日期", "2026年7月1日", "date"},
		{3, "状态", "未完成", "phrase"},
		{4, "温馨提示", "回复“答题”即可参加", "thing"},
		{5, "提醒时间", "20:00", "time"},
		{6, "次数", "5", "number"},
		{7, "编号", "A-2026", "character_string"},
		{8, "姓名", "张三", "name"},
	}
)

const (
	noticeWordsMin = 2
	noticeWordsMax = 5
	maxNotices     = 25
	maxScene       = 15 // characters
)

// newNotice combines keywords to a template; false: one of them does not exist, or comes twice.
func newNotice(id string, title publicTitle, kids []int) (notice, bool) {
	n := notice{ID: id, Title: title.title, LongTerm: title.longTerm}
	for _, kid := range kids {
		i := slices.IndexFunc(publicWords, func(w publicWord) bool { return w.kid == kid })
		if i < 0 {
			return n, false
		}
		w := publicWords[i]
		field := w.rule + strconv.Itoa(w.kid)
		if slices.Contains(n.Fields, field) {
			return n, false
		}
		n.Fields = append(n.Fields, field)
		n.Content += w.name + ":{{" + field + ".DATA}}\n"
		n.Example += w.name + ":" + w.example + "\n"
	}
	return n, true
}

// notices are all that the account has.
func (acc *account) notices() []notice {
	all := slices.Clone(acc.Notices)
	if !slices.Contains(acc.Dropped, DailyNotice) {
		daily, _ := newNotice(DailyNotice, publicTitles[0], []int{1, 2, 4})
		all = append([]notice{daily}, all...)
	}
	return all
}

func (acc *account) notice(id string) (notice, bool) {
	for _, n := range acc.notices() {
		if n.ID == id {
			return n, true
		}
	}
	return notice{}, false
}

// noticeSend is POST /cgi-bin/message/subscribe/bizsend. It needs consent, not a follower.
func (a *API) noticeSend(c *call) (any, error) {
	var req templateMessage
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if req.ToUser == "" {
		return nil, refuse(codeOpenID)
	}
	acc, err := a.account(c.ctx)
	if err != nil {
		return nil, err
	}
	n, has := acc.notice(req.TemplateID)
	if !has {
		return nil, refuse(codeTemplateID)
	}
	if err := checkFields(n.Fields, req.values()); err != nil {
		return nil, err
	}
	if err := a.changeMember(c.ctx, req.ToUser, c.now, func(m *member) error { return m.consume(n.ID) }); err != nil {
		return nil, err
	}
	// A crash here costs the member's consent to one message.
	sent := req.message(KindSubscribe, n.Fields)
	err = a.change(c.ctx, func(acc *account) error {
		acc.post(&sent, c.now)
		sent.MsgID = templateMsgFirst + sent.ID
		acc.Pending[len(acc.Pending)-1].MsgID = sent.MsgID
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.flush(c.ctx)
	const list = "SubscribeMsgSentEvent.List."
	c.events = append(c.events, Event{OpenID: req.ToUser, Fields: map[string]string{
		"Event": "subscribe_msg_sent_event", list + "TemplateId": n.ID,
		list + "MsgID": strconv.FormatInt(sent.MsgID, 10), list + "ErrorCode": "0", list + "ErrorStatus": "success",
	}})
	return ok(), nil
}

// noticeAdd is POST /wxaapi/newtmpl/addtemplate.
func (a *API) noticeAdd(c *call) (any, error) {
	var req struct {
		TID   number   `json:"tid"`
		Kids  []number `json:"kidList"`
		Scene string   `json:"sceneDesc"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(publicTitles, func(t publicTitle) bool { return t.tid == int(req.TID) })
	kids := []int{}
	for _, kid := range req.Kids {
		kids = append(kids, int(kid))
	}
	switch {
	case i < 0:
		return nil, refuse(codeTemplateTitle)
	case len(kids) < noticeWordsMin || len(kids) > noticeWordsMax:
		return nil, refuse(codeTemplateWords)
	case characters(req.Scene) > maxScene:
		return nil, refuse(codeScene)
	}
	n, known := newNotice(newID(43), publicTitles[i], kids)
	if !known {
		return nil, refuse(codeTemplateWords)
	}
	err := a.change(c.ctx, func(acc *account) error {
		if len(acc.notices()) >= maxNotices {
			return refuse(codeTemplateCount)
		}
		acc.Notices = append(acc.Notices, n)
		return nil
	})
	return ok().with(object{"priTmplId": n.ID}), err
}

// noticeDelete is POST /wxaapi/newtmpl/deltemplate.
func (a *API) noticeDelete(c *call) (any, error) {
	var req struct {
		ID string `json:"priTmplId"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	err := a.change(c.ctx, func(acc *account) error {
		if _, has := acc.notice(req.ID); !has {
			return refuse(codeTemplateID)
		}
		if req.ID == DailyNotice {
			acc.Dropped = append(acc.Dropped, req.ID)
		}
		acc.Notices = slices.DeleteFunc(acc.Notices, func(n notice) bool { return n.ID == req.ID })
		return nil
	})
	return ok(), err
}

// noticeList is GET /wxaapi/newtmpl/gettemplate.
func (a *API) noticeList(c *call) (any, error) {
	acc, err := a.account(c.ctx)
	if err != nil {
		return nil, err
	}
	data := []object{}
	for _, n := range acc.notices() {
		data = append(data, object{"priTmplId": n.ID, "title": n.Title, "content": n.Content, "example": n.Example, "type": noticeType(n.LongTerm)})
	}
	return ok().with(object{"data": data}), nil
}

func noticeType(longTerm bool) int {
	if longTerm {
		return 3
	}
	return 2
}

// noticeCategories is GET /wxaapi/newtmpl/getcategory.
func (a *API) noticeCategories(*call) (any, error) {
	id, _ := strconv.Atoi(publicCategory)
	return ok().with(object{"data": []object{{"id": id, "name": "党政学习"}}}), nil
}

// noticeTitles is GET /wxaapi/newtmpl/getpubtemplatetitles.
func (a *API) noticeTitles(c *call) (any, error) {
	start, _ := strconv.Atoi(c.query.Get("start"))
	limit, err := strconv.Atoi(c.query.Get("limit"))
	if err != nil || limit < 1 || limit > 30 || start < 0 {
		return nil, refuse(codeArgs)
	}
	data := []object{}
	if slices.Contains(strings.Split(c.query.Get("ids"), ","), publicCategory) {
		for _, t := range publicTitles {
			data = append(data, object{"tid": t.tid, "title": t.title, "type": noticeType(t.longTerm), "categoryId": publicCategory})
		}
	}
	count := len(data)
	data = data[min(start, count):min(start+limit, count)]
	return ok().with(object{"count": count, "data": data}), nil
}

// noticeWords is GET /wxaapi/newtmpl/getpubtemplatekeywords.
func (a *API) noticeWords(c *call) (any, error) {
	tid, _ := strconv.Atoi(c.query.Get("tid"))
	if !slices.ContainsFunc(publicTitles, func(t publicTitle) bool { return t.tid == tid }) {
		return nil, refuse(codeTemplateTitle)
	}
	data := []object{}
	for _, w := range publicWords {
		data = append(data, object{"kid": w.kid, "name": w.name, "example": w.example, "rule": w.rule})
	}
	return ok().with(object{"count": len(data), "data": data}), nil
}
