package fakeapi_test

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/material"
	"github.com/silenceper/wechat/v2/officialaccount/menu"
	"github.com/silenceper/wechat/v2/officialaccount/message"

	"dangshi/bot/sandbox/fakeapi"
)

func TestClientCustom(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	oa := w.silenceper()
	c := oa.GetCustomerMessageManager()
	text := message.NewCustomerTextMessage(members[0], "您今天还没有答题")
	refusedWith(t, c.Send(text), 45015)
	refusedWith(t, c.Send(message.NewCustomerTextMessage("oStranger", "x")), 43004)
	no(t, w.Interact(t.Context(), members[0], fakeapi.Wrote))
	for range 5 {
		no(t, c.Send(text))
	}
	refusedWith(t, c.Send(text), 45047)
	no(t, w.Interact(t.Context(), members[0], fakeapi.Tapped))
	no(t, oa.GetCustomerServiceManager().SendTypingStatus(members[0], "Typing"))
	no(t, c.Send(&message.CustomerMessage{ToUser: members[0], Msgtype: "news", News: &message.MediaNews{Articles: []message.MediaArticles{
		{Title: "今天", Description: "摘要", URL: "https://example.org/today/2026-06-01"},
	}}}))
	no(t, c.Send(&message.CustomerMessage{ToUser: members[0], Msgtype: "msgmenu", Msgmenu: &message.MediaMsgmenu{
		HeadContent: "选一个", List: []message.MsgmenuItem{{ID: "101", Content: "A"}, {ID: "102", Content: "B"}}, TailContent: "谢谢",
	}}))
	media, err := oa.GetMaterial().MediaUploadFromReader(material.MediaTypeVoice, "a.mp3", bytes.NewReader(mp3))
	no(t, err)
	refusedWith(t, c.Send(message.NewCustomerImgMessage(members[0], media.MediaID)), 40007)
	no(t, c.Send(message.NewCustomerVoiceMessage(members[0], media.MediaID)))
	refusedWith(t, c.Send(text), 45047)
	w.clock.add(time.Minute)
	refusedWith(t, c.Send(text), 45047) // the minute is over, the 48 h are not
	w.clock.add(48*time.Hour - time.Minute)
	refusedWith(t, c.Send(text), 45015)
	no(t, w.Interact(t.Context(), members[0], fakeapi.Wrote))
	no(t, w.Interact(t.Context(), members[0], fakeapi.Unfollowed))
	refusedWith(t, c.Send(text), 45015)

	sent := w.sent()
	if len(sent) != 8 || sent[0].Kind != "custom" || sent[0].Content != "您今天还没有答题" || !slices.Equal(sent[0].To, members[:1]) ||
		sent[5].Articles[0].URL == "" || sent[6].Content != "选一个\nA\nB\n谢谢" || sent[6].Menu[1].ID != "102" {
		t.Errorf("outbox %+v", sent)
	}
}

func TestClientTemplates(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	tpl := w.silenceper().GetTemplate()
	id, err := tpl.Add("43216", []string{"活动名称", "时间"})
	no(t, err)
	list, err := tpl.List()
	no(t, err)
	if len(list) != 1 || list[0].TemplateID != id || !strings.Contains(list[0].Content, "{{thing2.DATA}}") {
		t.Errorf("%+v", list)
	}
	msg := &message.TemplateMessage{ToUser: members[0], TemplateID: id, ClientMsgID: "a", Data: map[string]*message.TemplateDataItem{
		"thing1": {Value: "今日答题"}, "thing2": {Value: "六月一日"},
	}}
	first, err := tpl.Send(msg)
	no(t, err)
	again, err := tpl.Send(msg)
	no(t, err)
	if first == 0 || first != again || len(w.sent()) != 1 || w.sent()[0].Content != "今日答题\n六月一日" || w.sent()[0].Data["thing2"] != "六月一日" {
		t.Errorf("%d, %d, outbox %+v", first, again, w.sent())
	}
	msg.ClientMsgID, msg.ToUser = "b", "oStranger"
	_, err = tpl.Send(msg)
	refusedWith(t, err, 43004)
	msg.Data["thing1"].Value = strings.Repeat("字", 21)
	_, err = tpl.Send(msg)
	refusedWith(t, err, 47003)
	no(t, tpl.Delete(id))
	_, err = tpl.Send(msg)
	refusedWith(t, err, 40037)
	events := w.heard()
	if len(events) != 1 || events[0].OpenID != members[0] || events[0].Fields["MsgID"] != strconv.FormatInt(first, 10) {
		t.Errorf("events %+v", events)
	}
}

func TestClientNotices(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	s := w.silenceper().GetSubscribe()
	categories, err := s.GetCategory()
	no(t, err)
	count, titles, err := s.GetPublicTemplateTitleList(strconv.Itoa(categories[0].ID), 0, 30)
	no(t, err)
	words, err := s.GetPubTplKeyWordsByID(strconv.Itoa(titles[2].TitleID))
	no(t, err)
	if count != 3 || titles[0].Type != 2 || titles[2].Type != 3 || len(words) == 0 {
		t.Fatalf("%d titles, %d words", count, len(words))
	}
	long, err := s.Add(strconv.Itoa(titles[2].TitleID), []int{1, 3}, "答题提醒")
	no(t, err)
	_, err = s.Add("1", []int{1, 3}, "答题提醒")
	refusedWith(t, err, 200014)
	list, err := s.List()
	no(t, err)
	if len(list) != 2 || list[0].PriTmplID != fakeapi.DailyNotice || list[1].PriTmplID != long || list[1].SubType != 3 {
		t.Errorf("%+v", list)
	}
	msg := func(id string, data map[string]string) *message.SubscribeMessage {
		m := &message.SubscribeMessage{ToUser: members[1], TemplateID: id, Data: map[string]*message.SubscribeDataItem{}}
		for name, value := range data {
			m.Data[name] = &message.SubscribeDataItem{Value: value}
		}
		return m
	}
	daily := map[string]string{"thing1": "今日答题", "date2": "2026年6月1日", "thing4": "回复“答题”"}
	refusedWith(t, s.Send(msg(fakeapi.DailyNotice, daily)), 43101)
	no(t, w.Consent(t.Context(), members[1], fakeapi.DailyNotice, 2))
	no(t, s.Send(msg(fakeapi.DailyNotice, daily)))
	no(t, s.Send(msg(fakeapi.DailyNotice, daily)))
	refusedWith(t, s.Send(msg(fakeapi.DailyNotice, daily)), 43101)
	no(t, w.Consent(t.Context(), members[1], long, 1))
	for range 3 {
		no(t, s.Send(msg(long, map[string]string{"thing1": "学习", "phrase3": "未完成"})))
	}
	refusedWith(t, s.Send(msg(long, map[string]string{"thing1": "学习", "phrase3": "还没有完成呢"})), 47003)
	no(t, w.Consent(t.Context(), members[1], long, 0))
	refusedWith(t, s.Send(msg(long, map[string]string{"thing1": "学习", "phrase3": "未完成"})), 43101)
	if err := w.Consent(t.Context(), members[1], "none", 1); err == nil {
		t.Error("consent to a template that is not there")
	}
	no(t, s.Delete(fakeapi.DailyNotice))
	refusedWith(t, s.Delete(fakeapi.DailyNotice), 40037)
	refusedWith(t, s.Send(msg(fakeapi.DailyNotice, daily)), 40037)
	if sent := w.sent(); len(sent) != 5 || sent[0].Kind != "subscribe" || sent[0].Content != "今日答题\n2026年6月1日\n回复“答题”" {
		t.Errorf("outbox %+v", sent)
	}
	if events := w.heard(); len(events) != 5 || events[0].Fields["SubscribeMsgSentEvent.List.ErrorStatus"] != "success" || events[0].OpenID != members[1] {
		t.Errorf("events %+v", events)
	}
}

func TestClientMenu(t *testing.T) {
	w := open(t, fakeapi.Config{})
	m := w.silenceper().GetMenu()
	if info, err := m.GetCurrentSelfMenuInfo(); err != nil || info.IsMenuOpen != 0 {
		t.Errorf("%+v, %v", info, err)
	}
	no(t, m.SetMenu([]*menu.Button{
		menu.NewClickButton("答题", "QUIZ"),
		menu.NewSubButton("学习", []*menu.Button{menu.NewClickButton("今天", "TODAY"), menu.NewViewButton("网站", "https://example.org/?a=1&b=2")}),
	}))
	got, err := m.GetMenu()
	no(t, err)
	if b := got.Menu.Button; len(b) != 2 || b[0].Key != "QUIZ" || len(b[1].SubButtons) != 2 || b[1].SubButtons[1].URL != "https://example.org/?a=1&b=2" {
		t.Errorf("%+v", b)
	}
	info, err := m.GetCurrentSelfMenuInfo()
	no(t, err)
	if b := info.SelfMenuInfo.Button; info.IsMenuOpen != 1 || len(b) != 2 || b[1].SubButton.List[0].Key != "TODAY" {
		t.Errorf("%+v", info)
	}
	installed, err := w.Menu(t.Context())
	no(t, err)
	if len(installed) != 2 || installed[1].SubButton[0].Name != "今天" {
		t.Errorf("%+v", installed)
	}
	no(t, m.DeleteMenu())
	if installed, err := w.Menu(t.Context()); err != nil || installed != nil {
		t.Errorf("%+v, %v", installed, err)
	}
}

func TestClientUsers(t *testing.T) {
	w := open(t, fakeapi.Config{})
	u := w.silenceper().GetUser()
	all, err := u.ListAllUserOpenIDs()
	no(t, err)
	if !slices.Equal(all, members) {
		t.Errorf("%v", all)
	}
	after, err := u.ListUserOpenIDs(members[1])
	no(t, err)
	if after.Total != 3 || after.Count != 1 || after.NextOpenID != members[2] {
		t.Errorf("%+v", after)
	}
	info, err := u.GetUserInfo(members[0])
	no(t, err)
	if info.Subscribe != 1 || info.OpenID != members[0] || info.Nickname != "" {
		t.Errorf("%+v", info)
	}
	if info, err := u.GetUserInfo("oGone"); err != nil || info.Subscribe != 0 {
		t.Errorf("%+v, %v", info, err)
	}
	many := []string{}
	for i := range 10_001 {
		many = append(many, "o"+strconv.Itoa(i))
	}
	w.followers = many
	if all, err = u.ListAllUserOpenIDs(); err != nil || len(all) != 10_001 {
		t.Errorf("%d, %v", len(all), err)
	}
}
