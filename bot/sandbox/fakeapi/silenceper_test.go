package fakeapi_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	openapi "github.com/silenceper/wechat/v2/domain/openapi"
	"github.com/silenceper/wechat/v2/officialaccount/basic"
	"github.com/silenceper/wechat/v2/officialaccount/broadcast"
	"github.com/silenceper/wechat/v2/officialaccount/draft"
	"github.com/silenceper/wechat/v2/officialaccount/material"

	"dangshi/bot/sandbox/fakeapi"
)

func TestClientBasics(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	oa := w.silenceper()
	first, err := oa.GetAccessToken()
	no(t, err)
	again, err := w.silenceper().GetAccessToken() // of another cache: a stable token stays
	no(t, err)
	if first == "" || first != again {
		t.Errorf("tokens %q and %q", first, again)
	}
	for name, list := range map[string]func() ([]string, error){"callback": oa.GetBasic().GetCallbackIP, "api": oa.GetBasic().GetAPIDomainIP} {
		if ips, err := list(); err != nil || len(ips) == 0 {
			t.Errorf("%s: %v, %v", name, ips, err)
		}
	}
	_, err = oa.GetMenu().GetMenu()
	refusedWith(t, err, 46003)
	quota, err := oa.GetOpenAPI().GetAPIQuota(openapi.GetAPIQuotaParams{CgiPath: "/cgi-bin/menu/get"})
	no(t, err)
	if quota.Quota.DailyLimit != 10_000 || quota.Quota.Used != 1 || quota.Quota.Remain != 9999 {
		t.Errorf("quota %+v", quota.Quota)
	}
	no(t, oa.GetBasic().ClearQuota())
	no(t, oa.GetOpenAPI().ClearQuotaByAppSecret())
	quota, err = oa.GetOpenAPI().GetAPIQuota(openapi.GetAPIQuotaParams{CgiPath: "/cgi-bin/menu/get"})
	no(t, err)
	if quota.Quota.Used != 0 {
		t.Errorf("after clear_quota %d calls are counted", quota.Quota.Used)
	}
	_, err = oa.GetOpenAPI().GetAPIQuota(openapi.GetAPIQuotaParams{CgiPath: "/cgi-bin/nothing"})
	refusedWith(t, err, 76021)

	for _, request := range []*basic.Request{
		basic.NewTmpQrRequest(time.Hour, "branch-7"), basic.NewTmpQrRequest(time.Hour, 7),
		basic.NewLimitQrRequest("branch-7"), basic.NewLimitQrRequest(7),
	} {
		ticket, err := oa.GetBasic().GetQRTicket(request)
		no(t, err)
		scene, ok := w.Scene(ticket.Ticket)
		if want := request.ActionInfo.Scene.SceneStr; !ok || ticket.URL == "" || want != "" && scene != want || want == "" && scene != "7" {
			t.Errorf("%s: scene %q, %t", request.ActionName, scene, ok)
		}
		if temporary := request.ExpireSeconds > 0; temporary != (ticket.ExpireSeconds == 3600) {
			t.Errorf("%s expires in %d s", request.ActionName, ticket.ExpireSeconds)
		}
	}
	short, err := oa.GetBasic().GetQRTicket(basic.NewTmpQrRequest(time.Minute, "x"))
	no(t, err)
	w.clock.add(time.Minute)
	if _, ok := w.Scene(short.Ticket); ok {
		t.Error("a ticket lives on")
	}
}

func TestClientMass(t *testing.T) {
	w := open(t, fakeapi.Config{})
	oa := w.silenceper()
	b := oa.GetBroadcast()
	result, err := b.SendText(nil, "党史上的今天")
	no(t, err)
	if result.MsgID == 0 {
		t.Errorf("%+v", result)
	}
	status, err := b.GetMassStatus(strconv.FormatInt(result.MsgID, 10))
	no(t, err)
	if status.MsgStatus != "SEND_SUCCESS" {
		t.Errorf("status %q", status.MsgStatus)
	}
	_, err = b.SendText(nil, "再来一条")
	refusedWith(t, err, 45028)
	_, err = b.SendText(nil, "党史上的今天") // without a clientmsgid the same message to the same people is the same
	refusedWith(t, err, 45065)

	w.clock.add(24 * time.Hour)
	_, err = b.SendText(&broadcast.User{OpenID: members[:1]}, "一个人")
	refusedWith(t, err, 40130)
	_, err = b.SendText(&broadcast.User{OpenID: []string{members[0], members[2], "oStranger"}}, "两个人")
	no(t, err)
	_, err = b.SendText(&broadcast.User{TagID: 100}, "一组人")
	refusedWith(t, err, 40152)

	w.clock.add(24 * time.Hour)
	tag, err := oa.GetUser().CreateTag("支部书记")
	no(t, err)
	no(t, oa.GetUser().BatchTag(members[1:2], tag.ID))
	list, err := oa.GetUser().GetTag()
	no(t, err)
	if len(list) != 1 || list[0].Count != 1 {
		t.Errorf("tags %+v", list)
	}
	_, err = b.SendText(&broadcast.User{TagID: int64(tag.ID)}, "一组人")
	no(t, err)
	no(t, b.Delete(result.MsgID, 0))
	status, err = b.GetMassStatus(strconv.FormatInt(result.MsgID, 10))
	no(t, err)
	if status.MsgStatus != "DELETE" {
		t.Errorf("status %q", status.MsgStatus)
	}
	_, err = b.SetSpeed(2)
	no(t, err)
	if speed, err := b.GetSpeed(); err != nil || speed.Speed != 2 || speed.RealSpeed != 45 {
		t.Errorf("speed %+v, %v", speed, err)
	}
	preview := oa.GetBroadcast().Preview()
	_, err = preview.SendText(&broadcast.User{OpenID: members[:1]}, "先看一眼")
	no(t, err)
	_, err = preview.SendText(&broadcast.User{OpenID: []string{"oStranger"}}, "先看一眼")
	refusedWith(t, err, 43004)

	sent := w.sent()
	if len(sent) != 4 || sent[3].Kind != fakeapi.KindPreview || !slices.Equal(sent[3].To, members[:1]) || sent[3].Content != "先看一眼" {
		t.Fatalf("outbox %+v", sent)
	}
	if !sent[0].ToAll || len(sent[0].To) != 0 || sent[0].Content != "党史上的今天" ||
		!slices.Equal(sent[1].To, []string{members[0], members[2]}) || !slices.Equal(sent[2].To, members[1:2]) || sent[1].ToAll {
		t.Errorf("outbox %+v", sent)
	}
	events := w.heard()
	if len(events) != 3 || events[0].OpenID != "mphelper" || events[0].Fields["Event"] != "MASSSENDJOBFINISH" ||
		events[0].Fields["MsgID"] != strconv.FormatInt(result.MsgID, 10) || events[0].Fields["SentCount"] != "3" ||
		events[1].Fields["TotalCount"] != "3" || events[1].Fields["FilterCount"] != "2" {
		t.Errorf("events %+v", events)
	}
}

func TestClientDrafts(t *testing.T) {
	w := open(t, fakeapi.Config{})
	oa := w.silenceper()
	d := oa.GetDraft()
	thumb, url, err := oa.GetMaterial().AddMaterialFromReader(material.MediaTypeImage, "cover.png", bytes.NewReader(png))
	no(t, err)
	if !strings.HasPrefix(url, "http://mmbiz.qpic.cn/") {
		t.Errorf("url %q", url)
	}
	article := &draft.Article{Title: "六月一日", Author: "编辑部", Content: "<p>今天 & 明天</p>", ThumbMediaID: thumb}
	_, err = d.AddDraft([]*draft.Article{{Title: "无封面", Content: "x", ThumbMediaID: "no"}})
	refusedWith(t, err, 40007)
	id, err := d.AddDraft([]*draft.Article{article, article})
	no(t, err)
	got, err := d.GetDraft(id)
	no(t, err)
	if len(got) != 2 || got[0].Title != "六月一日" || got[0].Content != article.Content || got[0].Digest != "今天 & 明天" {
		t.Errorf("draft %+v", got[0])
	}
	no(t, d.UpdateDraft(&draft.Article{Title: "改了", Content: "y", ThumbMediaID: thumb}, id, 1))
	refusedWith(t, d.UpdateDraft(article, id, 2), 40114)
	n, err := d.CountDraft()
	no(t, err)
	page, err := d.PaginateDraft(0, 20, true)
	no(t, err)
	if n != 1 || page.TotalCount != 1 || page.Item[0].Content.NewsItem[1].Title != "改了" || page.Item[0].Content.NewsItem[1].Content != "" {
		t.Errorf("%d drafts, %+v", n, page)
	}
	drafts, err := w.Drafts(t.Context())
	no(t, err)
	if len(drafts) != 1 || drafts[0].Articles[1].Title != "改了" || len(w.sent()) != 0 {
		t.Errorf("drafts %+v", drafts)
	}

	published, err := oa.GetFreePublish().Publish(id)
	no(t, err)
	state, err := oa.GetFreePublish().SelectStatus(published)
	no(t, err)
	if state.PublishStatus != 0 || state.ArticleDetail.Count != 2 || state.ArticleDetail.Items[1].ArticleURL == "" {
		t.Errorf("%+v", state)
	}
	_, err = d.GetDraft(id)
	refusedWith(t, err, 40007) // what was published is no draft
	_, err = oa.GetFreePublish().First(state.ArticleID)
	no(t, err)

	id, err = d.AddDraft([]*draft.Article{article})
	no(t, err)
	result, err := oa.GetBroadcast().SendNews(nil, id, true)
	no(t, err)
	if result.MsgDataID == 0 {
		t.Errorf("%+v", result)
	}
	_, err = oa.GetBroadcast().SendNews(nil, id, true)
	refusedWith(t, err, 45065) // the repeat is told so although the draft is gone
	sent := w.sent()
	if len(sent) != 1 || sent[0].MsgType != "mpnews" || sent[0].Articles[0].URL == "" || sent[0].Articles[0].Content != "" ||
		sent[0].Content != "六月一日\n今天 & 明天" {
		t.Errorf("outbox %+v", sent)
	}
	refusedWith(t, d.DeleteDraft(id), 40007)
	id, err = d.AddDraft([]*draft.Article{article})
	no(t, err)
	no(t, d.DeleteDraft(id))
	if events := w.heard(); len(events) != 2 || events[0].Fields["Event"] != "PUBLISHJOBFINISH" {
		t.Errorf("events %+v", events)
	}
}

func TestClientMedia(t *testing.T) {
	w := open(t, fakeapi.Config{})
	m := w.silenceper().GetMaterial()
	file := filepath.Join(t.TempDir(), "a.jpg")
	no(t, os.WriteFile(file, jpeg, 0o600))
	media, err := m.MediaUpload(material.MediaTypeImage, file)
	no(t, err)
	if media.MediaID == "" || media.CreatedAt != w.clock.Now().Unix() || media.Type != material.MediaTypeImage {
		t.Errorf("%+v", media)
	}
	got := w.get("/cgi-bin/media/get?media_id=" + media.MediaID)
	if !bytes.Equal(got.body, jpeg) || got.header.Get("Content-Type") != "image/jpeg" ||
		got.header.Get("Content-Disposition") != `attachment; filename="`+media.MediaID+`.jpg"` {
		t.Errorf("%v %q", got.header, got.body)
	}
	if thumb, err := m.MediaUploadFromReader(material.MediaTypeThumb, "a.jpg", bytes.NewReader(jpeg)); err != nil || thumb.ThumbMediaID == "" {
		t.Errorf("%+v, %v", thumb, err)
	}
	url, err := m.ImageUpload(file)
	no(t, err)
	if !strings.HasPrefix(url, "http://mmbiz.qpic.cn/mmbiz_jpeg/") {
		t.Errorf("url %q", url)
	}
	video, _, err := m.AddVideoFromReader("a.mp4", "标题", "简介", bytes.NewReader(mp4))
	no(t, err)
	if got := w.post("/cgi-bin/material/get_material", `{"media_id":"`+video+`"}`); got.text("title") != "标题" || got.text("description") != "简介" {
		t.Errorf("%s", got.body)
	}
	count, err := m.GetMaterialCount()
	no(t, err)
	if count.VideoCount != 1 || count.ImageCount != 0 {
		t.Errorf("%+v", count)
	}
	no(t, m.DeleteMaterial(video))
	refusedWith(t, m.DeleteMaterial(video), 40007)
	w.clock.add(3 * 24 * time.Hour)
	w.token = ""
	if got := w.get("/cgi-bin/media/get?media_id=" + media.MediaID); got.code() != 40007 {
		t.Errorf("after three days: %s", got.body)
	}
}
