package fakeapi

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxTemplates     = 25
	templateMsgFirst = 2000000000000000000 // where WeChat's msgid of these messages are
	clientRepeatAge  = 10 * time.Minute
	repeatsKept      = 1000 // of client_msg_id: each call writes them again
)

// template is one of the account's for template messages.
type template struct {
	ID      string   `json:"template_id"`
	Title   string   `json:"title"`
	Content string   `json:"content"`
	Fields  []string `json:"fields,omitempty"` // that must be filled; none: any
}

// templateSent remembers a client_msg_id.
type templateSent struct {
	To    string    `json:"to"`
	Key   string    `json:"key"`
	MsgID int64     `json:"msgid"`
	At    time.Time `json:"at"`
}

// templateMessage is the body of template/send and subscribe/bizsend.
type templateMessage struct {
	ToUser      string `json:"touser"`
	TemplateID  string `json:"template_id"`
	URL         string `json:"url"`
	Page        string `json:"page"`
	ClientMsgID string `json:"client_msg_id"`
	Data        map[string]struct {
		Value text `json:"value"`
	} `json:"data"`
}

func (m *templateMessage) values() map[string]string {
	all := map[string]string{}
	for name, field := range m.Data {
		all[name] = string(field.Value)
	}
	return all
}

// message makes what is sent of it: the template's fields in its order, all where it names none.
func (m *templateMessage) message(kind string, fields []string) Sent {
	values := m.values()
	if len(fields) == 0 {
		fields = slices.Sorted(maps.Keys(values))
	}
	lines, data := []string{}, map[string]string{}
	for _, name := range fields {
		lines = append(lines, values[name])
		data[name] = values[name]
	}
	url := m.URL
	if url == "" {
		url = m.Page
	}
	return Sent{
		Kind: kind, MsgType: kind, To: []string{m.ToUser}, TemplateID: m.TemplateID, Data: data,
		Content: strings.Join(lines, "\n"), URL: url, ClientMsgID: m.ClientMsgID,
	}
}

// templateSend is POST /cgi-bin/message/template/send. A client_msg_id that the same member got
// within ten minutes sends nothing again and is answered as before.
func (a *API) templateSend(c *call) (any, error) {
	var req templateMessage
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	acc, err := a.account(c.ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(acc.Templates, func(t template) bool { return t.ID == req.TemplateID })
	if i < 0 {
		return nil, refuse(codeTemplateID)
	}
	if err := checkFields(acc.Templates[i].Fields, req.values()); err != nil {
		return nil, err
	}
	if err := a.recipient(c, req.ToUser); err != nil {
		return nil, err
	}
	sent := req.message(KindTemplate, acc.Templates[i].Fields)
	repeated := false
	err = a.change(c.ctx, func(acc *account) error {
		if sent.MsgID = acc.repeated(req, c.now); sent.MsgID != 0 {
			repeated = true
			return errUnchanged
		}
		acc.post(&sent, c.now)
		sent.MsgID = templateMsgFirst + sent.ID
		acc.Pending[len(acc.Pending)-1].MsgID = sent.MsgID
		if req.ClientMsgID != "" {
			acc.Repeats = append(acc.Repeats, templateSent{To: req.ToUser, Key: req.ClientMsgID, MsgID: sent.MsgID, At: c.now})
			acc.Repeats = acc.Repeats[max(0, len(acc.Repeats)-repeatsKept):]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !repeated {
		a.flush(c.ctx)
		c.events = append(c.events, Event{OpenID: req.ToUser, Fields: map[string]string{
			"Event": "TEMPLATESENDJOBFINISH", "MsgID": strconv.FormatInt(sent.MsgID, 10), "Status": "success",
		}})
	}
	return ok().with(object{"msgid": sent.MsgID}), nil
}

// repeated is the msgid of the same message if it was sent lately, else 0.
func (acc *account) repeated(req templateMessage, now time.Time) int64 {
	acc.Repeats = slices.DeleteFunc(acc.Repeats, func(s templateSent) bool { return now.Sub(s.At) >= clientRepeatAge })
	for _, s := range acc.Repeats {
		if req.ClientMsgID != "" && s.To == req.ToUser && s.Key == req.ClientMsgID {
			return s.MsgID
		}
	}
	return 0
}

// templateAdd is POST /cgi-bin/template/api_add_template. There is no library of templates here:
// any number makes one whose fields are the keywords that were asked for, each a thing.
func (a *API) templateAdd(c *call) (any, error) {
	var req struct {
		Short    string   `json:"template_id_short"`
		Keywords []string `json:"keyword_name_list"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if req.Short == "" {
		return nil, refuse(codeTemplateID)
	}
	t := template{ID: newID(43), Title: "模板" + req.Short}
	for i, name := range req.Keywords {
		field := "thing" + strconv.Itoa(i+1)
		t.Fields = append(t.Fields, field)
		t.Content += name + ":{{" + field + ".DATA}}\n"
	}
	err := a.change(c.ctx, func(acc *account) error {
		if len(acc.Templates) >= maxTemplates {
			return refuse(codeTemplates)
		}
		acc.Templates = append(acc.Templates, t)
		return nil
	})
	return ok().with(object{"template_id": t.ID}), err
}

// templateList is GET /cgi-bin/template/get_all_private_template.
func (a *API) templateList(c *call) (any, error) {
	acc, err := a.account(c.ctx)
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, t := range acc.Templates {
		list = append(list, object{
			"template_id": t.ID, "title": t.Title, "content": t.Content, "example": "",
			"primary_industry": "教育", "deputy_industry": "培训",
		})
	}
	return object{"template_list": list}, nil
}

// templateDelete is POST /cgi-bin/template/del_private_template.
func (a *API) templateDelete(c *call) (any, error) {
	var req struct {
		ID string `json:"template_id"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	err := a.change(c.ctx, func(acc *account) error {
		before := len(acc.Templates)
		acc.Templates = slices.DeleteFunc(acc.Templates, func(t template) bool { return t.ID == req.ID })
		if len(acc.Templates) == before {
			return refuse(codeTemplateID)
		}
		return nil
	})
	return ok(), err
}
