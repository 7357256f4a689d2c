package wechat

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"dangshi/bot"
)

// samples says what each file of testdata/messages means; From, To and Sent are the
// same in all of them, From apart where it is given.
var samples = map[string]bot.Message{
	"text":               {Kind: bot.Text, ID: 24681357902468135, Text: "答题"},
	"text_tap":           {Kind: bot.Text, ID: 24681357902468135, Text: "A", MenuID: 2026010103},
	"text_tap_foreign":   {Kind: bot.Text, ID: 24681357902468135, Text: "A", MenuID: ForeignMenu},
	"text_emoji":         {Kind: bot.Text, ID: 24681357902468135, Text: "好👍🏻/:strong\n第二行"},
	"text_controls":      {Kind: bot.Text, ID: 24681357902468135, Text: "选B\n\t完"},
	"text_escaped":       {Kind: bot.Text, ID: 24681357902468135, Text: "1 < 2 && 一二\n\"x' a]]>b"},
	"text_declared":      {Kind: bot.Text, ID: 24681357902468135, Text: "今天"},
	"text_twice":         {Kind: bot.Text, ID: 24681357902468135, Text: "first"},
	"image":              {Kind: bot.Image, ID: 24681357902468135},
	"voice":              {Kind: bot.Voice, ID: 24681357902468135, Text: "我要答题。"},
	"voice_unrecognised": {Kind: bot.Voice, ID: 24681357902468135},
	"video":              {Kind: bot.Video, ID: 24681357902468135},
	"shortvideo":         {Kind: bot.Video, ID: 24681357902468135},
	"location":           {Kind: bot.Location, ID: 24681357902468135, Latitude: 31.2203, Longitude: 121.4748, Label: "上海市黄浦区兴业路76号"},
	"link":               {Kind: bot.Link, ID: 24681357902468135},
	"miniprogrampage":    {Kind: bot.Other, ID: 24681357902468135},

	"subscribe":          {Kind: bot.Follow, Event: "subscribe"},
	"subscribe_scene":    {Kind: bot.Follow, Event: "subscribe", EventKey: "branch-12"},
	"unsubscribe":        {Kind: bot.Unfollow, Event: "unsubscribe"},
	"scan":               {Kind: bot.Scan, Event: "scan", EventKey: "branch-12"},
	"position":           {Kind: bot.Position, Event: "location", Latitude: 23.137466, Longitude: 113.352425},
	"click":              {Kind: bot.Click, Event: "click", EventKey: "QUIZ_TODAY"},
	"view":               {Kind: bot.View, Event: "view", EventKey: "https://example.com/today"},
	"view_miniprogram":   {Kind: bot.Event, Event: "view_miniprogram", EventKey: "pages/index/index"},
	"scancode_push":      {Kind: bot.Event, Event: "scancode_push", EventKey: "SCAN_MENU"},
	"scancode_waitmsg":   {Kind: bot.Event, Event: "scancode_waitmsg", EventKey: "SCAN_MENU"},
	"pic_sysphoto":       {Kind: bot.Event, Event: "pic_sysphoto", EventKey: "PICTURE_MENU"},
	"pic_photo_or_album": {Kind: bot.Event, Event: "pic_photo_or_album", EventKey: "PICTURE_MENU"},
	"pic_weixin":         {Kind: bot.Event, Event: "pic_weixin", EventKey: "PICTURE_MENU"},
	"location_select":    {Kind: bot.Event, Event: "location_select", EventKey: "PLACE_MENU", Latitude: 23, Longitude: 113, Label: "广州市"},
	"mass_sent": {Kind: bot.MassSent, From: "mphelper", Event: "masssendjobfinish", MassResult: bot.MassResult{
		MsgID: 1000001625, Status: "send success", Total: 1200, Filter: 1100, Sent: 1090, Failed: 10, URL: "https://example.com/2"}},
	"mass_failed": {Kind: bot.MassSent, From: "mphelper", Event: "masssendjobfinish", MassResult: bot.MassResult{
		MsgID: 1000001626, Status: "err(20013)"}},
	"mass_sent_old": {Kind: bot.MassSent, From: "mphelper", Event: "masssendjobfinish", MassResult: bot.MassResult{
		MsgID: 1988, Status: "send fail", Total: 5, Failed: 5}},
	"template_sent": {Kind: bot.Sent, Event: "templatesendjobfinish", MassResult: bot.MassResult{
		MsgID: 200163836, Status: "failed:user block"}},
	"subscribe_msg_popup_event": {Kind: bot.Event, Event: "subscribe_msg_popup_event", Consents: []bot.Consent{
		{Template: "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3", Status: "accept", PopupScene: "2"},
		{Template: "9nLIlbOQZC5Y89AZteFEux3WCXRRRG5W", Status: "reject", PopupScene: "2"}}},
	"subscribe_msg_change_event": {Kind: bot.Event, Event: "subscribe_msg_change_event", Consents: []bot.Consent{
		{Template: "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3", Status: "reject"}}},
	"subscribe_msg_sent_event": {Kind: bot.Sent, Event: "subscribe_msg_sent_event",
		MassResult: bot.MassResult{MsgID: 2794188253209100289, Status: "success", Total: 1, Sent: 1},
		Consents:   []bot.Consent{{Template: "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3"}}},
	"subscribe_msg_refused": {Kind: bot.Sent, Event: "subscribe_msg_sent_event",
		MassResult: bot.MassResult{MsgID: 2794188253209100290, Status: "user refuse to accept the msg", Total: 1, Failed: 1},
		Consents:   []bot.Consent{{Template: "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3"}}},
	"location_select_none": {Kind: bot.Event, Event: "location_select", EventKey: "PLACE_MENU"},
	"mass_sent_nested": {Kind: bot.MassSent, From: "mphelper", Event: "masssendjobfinish", MassResult: bot.MassResult{
		MsgID: 1000001627, Status: "send success", Total: 3, Filter: 3, Sent: 3, URL: "https://example.com/2"}},
	"unknown_event": {Kind: bot.Event, Event: "some_new_event", EventKey: "key"},
}

// sampleFiles are the messages of testdata by name.
func sampleFiles(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/messages/*.xml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no samples", err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		document, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(path), ".xml")] = document
	}
	return files
}

func TestEveryKindInEveryMode(t *testing.T) {
	files := sampleFiles(t)
	for name := range samples {
		if files[name] == nil {
			t.Errorf("there is no file for %s", name)
		}
	}
	for _, mode := range modes {
		for name, document := range files {
			t.Run(mode.name+"/"+name, func(t *testing.T) {
				want, ok := samples[name]
				if !ok {
					t.Fatal("nothing says what it means")
				}
				want.To, want.Sent = "gh_0123456789ab", 1767225600
				if want.From == "" {
					want.From = member
				}
				var got []bot.Message
				h := newWebhook(t, testConfig(mode.key), records(&got, "好"))
				// A client that sends compatible bodies to an account without a key is answered in plain.
				c := testClient(mode.sealed, mode.compatible)
				req, err := c.Request(t.Context(), document)
				if err != nil {
					t.Fatal(err)
				}
				a := serve(t, h, testClient(mode.key, false), req)
				if len(got) != 1 || !reflect.DeepEqual(got[0], want) {
					t.Fatalf("\ngot  %+v\nwant %+v\nanswer %d %s", got, want, a.Status, a.Body)
				}
				if a.Text != "好" || a.To != want.From || a.From != want.To {
					t.Errorf("answer: %+v", a)
				}
			})
		}
	}
}

func TestKindsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for k := bot.Other; k <= bot.Event; k++ {
		name := k.String()
		if name == "" || seen[name] {
			t.Errorf("kind %d is called %q", k, name)
		}
		seen[name] = true
	}
}

func TestFieldsThatAreRefused(t *testing.T) {
	event := func(s string) string { return "<MsgType>event</MsgType><Event>" + s }
	to, from := "<ToUserName>gh_1</ToUserName>", "<FromUserName>o1</FromUserName>"
	tests := []struct{ name, inner string }{
		{"no sender", to},
		{"empty sender", to + "<FromUserName></FromUserName>"},
		{"blank sender", to + "<FromUserName> \n</FromUserName>"},
		{"sender too long", to + "<FromUserName>" + strings.Repeat("o", 65) + "</FromUserName>"},
		{"sender with a colon", to + "<FromUserName>o:1</FromUserName>"},
		{"sender with braces", to + "<FromUserName>{o1}</FromUserName>"},
		{"sender with a dot", to + "<FromUserName>o.1</FromUserName>"},
		{"sender with space", to + "<FromUserName>o 1</FromUserName>"},
		{"sender beyond ASCII", to + "<FromUserName>ｏ1</FromUserName>"},
		{"sender only inside another element", to + "<Extra>" + from + "</Extra>"},
		{"no account", from},
		{"account with markup", from + "<ToUserName>&lt;a&gt;</ToUserName>"},
		{"CreateTime", to + from + "<CreateTime>now</CreateTime>"},
		{"negative MsgId", to + from + "<MsgType>text</MsgType><MsgId>-5</MsgId>"},
		{"MsgId beyond 63 bits", to + from + "<MsgType>text</MsgType><MsgId>9223372036854775808</MsgId>"},
		{"MsgId in hex", to + from + "<MsgType>text</MsgType><MsgId>0x10</MsgId>"},
		{"no latitude", to + from + "<MsgType>location</MsgType><Location_Y>1</Location_Y>"},
		{"latitude NaN", to + from + "<MsgType>location</MsgType><Location_X>NaN</Location_X><Location_Y>1</Location_Y>"},
		{"longitude infinite", to + from + "<MsgType>location</MsgType><Location_X>1</Location_X><Location_Y>Inf</Location_Y>"},
		{"latitude beyond the pole", to + from + "<MsgType>location</MsgType><Location_X>90.5</Location_X><Location_Y>1</Location_Y>"},
		{"longitude out of range", to + from + event("LOCATION</Event><Latitude>1</Latitude><Longitude>181</Longitude>")},
		{"count", to + from + event("MASSSENDJOBFINISH</Event><SentCount>many</SentCount>")},
		{"MsgID", to + from + event("MASSSENDJOBFINISH</Event><MsgID>1.5</MsgID>")},
	}
	for _, tt := range tests {
		for _, mode := range modes[:2] {
			t.Run(tt.name+"/"+mode.name, func(t *testing.T) {
				var got []bot.Message
				h := newWebhook(t, testConfig(mode.key), records(&got, "好"))
				a := deliver(t, h, testClient(mode.sealed, false), []byte("<xml>"+tt.inner+"</xml>"))
				if a.Status != 400 || len(got) != 0 {
					t.Errorf("status %d, handled %+v", a.Status, got)
				}
			})
		}
	}
	t.Run("64 bytes are taken", func(t *testing.T) {
		var got []bot.Message
		h := newWebhook(t, testConfig(false), records(&got, ""))
		long := strings.Repeat("aZ0_-o-9", 8)
		a := deliver(t, h, testClient(false, false), []byte("<xml>"+to+"<FromUserName> "+long+"\n</FromUserName></xml>"))
		if !a.Success || len(got) != 1 || got[0].From != long {
			t.Errorf("status %d, handled %+v", a.Status, got)
		}
	})
}
