package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"image"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
	"dangshi/web/certificate"
	"dangshi/web/drawing"
)

// requireFont skips where certificates cannot be drawn, and fails under CI.
func requireFont(t *testing.T) {
	t.Helper()
	m, err := certificate.New(certificate.Config{})
	if err == nil {
		err = errors.Join(m.Open(), m.Close())
	}
	if errors.Is(err, drawing.ErrNoFont) && os.Getenv("CI") != "true" {
		t.Skip("the font is not installed: apt-get install fonts-noto-cjk")
	} else if err != nil {
		t.Fatal(err)
	}
}

// endSeason closes the season of now, as if it were over.
func endSeason(t *testing.T, r *replica) quiz.Season {
	t.Helper()
	season, ok := r.app.file.Seasons.At(quiz.DayOf(r.now()))
	if !ok {
		t.Fatal("no season")
	}
	at := (season.To + 2).Start()
	if _, err := r.data.CommitSeason(t.Context(), season, at.Unix(), "甲", nil); err != nil {
		t.Fatal(err)
	}
	request := store.CloseRequest{Season: season, Entropy: "3 9 27", Prizes: quiz.DefaultPrizes, Now: at, By: "甲"}
	if _, err := r.data.CloseSeason(t.Context(), request, store.RebuildOptions{}); err != nil {
		t.Fatal(err)
	}
	return season
}

// fetch gets a page of a replica.
func (r *replica) fetch(t *testing.T, path string) (status int, body string) {
	t.Helper()
	resp, err := patient.Get(r.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// pictured asks for a certificate until it comes as a picture: the first answer may
// be that it is being made.
func pictured(t *testing.T, r *replica, c *peer.Client, from string) image.Image {
	t.Helper()
	var id string
	eventually(t, "the certificate comes as a picture", func() bool {
		a, err := c.Send(t.Context(), peer.Text(from, "证书"))
		if err != nil {
			t.Fatal(err)
		}
		if a.Type != peer.TypeImage {
			mustSay(t, a.Text, "证书编号", "https://dangshi.example.cn/verify/", "正在制作")
		}
		id = a.Image
		return id != ""
	})
	status, data := r.fetch(t, "/sandbox/media/"+id)
	img, _, err := image.Decode(bytes.NewReader([]byte(data)))
	if status != http.StatusOK || err != nil {
		t.Fatalf("the picture: %d, %v", status, err)
	}
	return img
}

// TestCertificates goes from the close of a season to the picture in the chat, to
// the page that its code leads to, to the files for printing, and to an erasure.
func TestCertificates(t *testing.T) {
	storetest.InTurn(t)
	requireFont(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	t.Setenv("DANGSHI_BASE_URL", "https://dangshi.example.cn")
	settings := defaults()
	settings.BaseURL = "https://dangshi.example.cn"
	r := start(t, settings)
	ids, c := rank(t, r, 4), r.client()
	for i, name := range []string{"欧阳文华", "王\U0002CEB0", "赵六", "买买提·江"} {
		say(t, c, ids[i], "绑定 "+name)
		say(t, c, ids[i], "确认绑定")
	}
	season := endSeason(t, r)

	bitmap, err := gozxing.NewBinaryBitmapFromImage(pictured(t, r, c, ids[0]))
	if err != nil {
		t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatal(err)
	}
	path, ok := strings.CutPrefix(found.GetText(), "https://dangshi.example.cn")
	if !ok || !strings.HasPrefix(path, "/verify/") {
		t.Fatalf("the code leads to %s", found.GetText())
	}
	if status, page := r.fetch(t, path); status != http.StatusOK || !strings.Contains(page, "欧阳文华") || !strings.Contains(page, "证书有效") {
		t.Errorf("%d %s", status, page)
	}
	if status, page := r.fetch(t, "/verify/0000000000000000"); status != http.StatusNotFound || !strings.Contains(page, "没有查到这张证书") {
		t.Errorf("%d %s", status, page)
	}
	if a, err := c.Send(t.Context(), peer.Text(ids[1], "证书")); err != nil || a.Type != peer.TypeText || !strings.Contains(a.Text, "请向本单位工作人员领取") {
		t.Errorf("whose name cannot be drawn: %+v, %v", a, err)
	}

	mustRevoke(t, r, c, season, ids[2])

	say(t, c, ids[3], "注销")
	mustSay(t, say(t, c, ids[3], "确认注销"), "已经全部删除")
	mustSay(t, say(t, c, ids[3], "证书"), "赛季结束")
	out, errs := mustRun(t, "season", "certificates", "--season", season.ID, "-o", "out")
	mustSay(t, out, "1 张证书", "3 人没有证书", "王\U0002CEB0：字体里没有姓名", "赵六：荣誉已撤销", "已注销")
	mustSay(t, errs, "没有设置 certificate 的 organisation")
	files, err := filepath.Glob("out/*")
	if err != nil || len(files) != 2 || !slices.ContainsFunc(files, func(f string) bool { return strings.Contains(f, "-欧阳文华-") }) || !slices.Contains(files, "out/"+season.ID+"-证书.pdf") {
		t.Errorf("%q, %v", files, err)
	}
	out, _ = mustRun(t, "season", "certificates", "--season", season.ID, "--zip", "all.zip")
	mustSay(t, out, "1 张证书：图片在 all.zip。", "3 人没有证书", "赵六：荣誉已撤销")
	if all := archived(t, document(t, "all.zip")); len(all) != 2 || !strings.Contains(all[0], "-欧阳文华-") || !strings.HasSuffix(all[1], ".txt") {
		t.Errorf("the archive has %q", all)
	}
	r.stop()
	mustFail(t, exitUsage, []string{"season", "certificates", "--season", season.ID, "-o", "out", "--font", "none.ttc"}, "none.ttc")
	mustFail(t, exitUsage, []string{"season", "certificates", "--season", season.ID, "-o", "out", "--place", "9"}, "没有第 9 名")
	mustFail(t, exitUsage, []string{"season", "certificates", "--season", "2020", "-o", "out"}, "还没有荣誉名单")
}

// archived are the files in a ZIP file.
func archived(t *testing.T, text string) (all []string) {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		all = append(all, f.Name)
	}
	return all
}

// mustRevoke takes a member's honour back, as staff do while serve runs.
func mustRevoke(t *testing.T, r *replica, c *peer.Client, season quiz.Season, id string) {
	t.Helper()
	awards, err := r.data.AwardsOf(t.Context(), id)
	if err != nil || len(awards) != 1 {
		t.Fatal(awards, err)
	}
	mustRun(t, "season", "revoke", strconv.Itoa(awards[0].Honour.Place), "--season", season.ID, "--reason", "由他人代答")
	eventually(t, "the page knows", func() bool {
		_, page := r.fetch(t, "/verify/"+awards[0].Code)
		return strings.Contains(page, "已撤销") && strings.Contains(page, "原因：由他人代答。")
	})
	mustSay(t, say(t, c, id, "证书"), "撤销，原因：由他人代答。")
}

// TestPhoneCertificate: the picture shows in the chat, and the page that checks it
// fits a phone and a desk.
func TestPhoneCertificate(t *testing.T) {
	requireFont(t)
	settings := defaults()
	settings.Data, settings.Questions = t.TempDir(), 1
	r := start(t, settings)
	w := &week{openPage(t, r, 1440, 900), r, quiz.DayOf(r.now())}
	w.holding(wang)
	w.tap("#follow")
	w.settle()
	w.taps(wang)
	w.says("绑定 王秀英")
	w.says("确认绑定")
	season := endSeason(t, r)
	const shown = `document.querySelector("#chat .picture img")?.naturalWidth > 1000`
	for end := time.Now().Add(patience); ; {
		w.says("证书")
		if !strings.Contains(w.last(), "正在制作") || time.Now().After(end) {
			break
		}
	}
	w.wait("the certificate shows", shown)
	w.size(390, 844, 1)
	if wide := eval[float64](w.phonePage, `document.querySelector("#chat .picture").getBoundingClientRect().right - innerWidth`); wide > 0 {
		t.Errorf("the picture is %v pixels too wide", wide)
	}
	awards, err := r.data.Awards(t.Context(), season.ID)
	if err != nil || len(awards) != 1 {
		t.Fatal(awards, err)
	}
	w.visit(r.url+"/verify/"+awards[0].Code, "证书有效")
	w.visit(r.url+"/verify/", "请输入证书上的编号")
}

// visit opens a page of the replica, on a phone and on a desk.
func (w *week) visit(url, words string) {
	w.t.Helper()
	w.do(chromedp.Navigate(url))
	for _, width := range []int64{1280, 320} {
		w.size(width, 700, 1)
		if over := eval[int](w.phonePage, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			w.t.Errorf("%d pixels wide, the page is %d too wide", width, over)
		}
	}
	if text := eval[string](w.phonePage, `document.body.innerText`); !strings.Contains(text, words) {
		w.t.Errorf("the page says %s", text)
	}
}
