package fakeapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// padded is a file of so many bytes that begins as the sample.
func padded(sample []byte, size int) []byte {
	return append(bytes.Clone(sample), make([]byte, size-len(sample))...)
}

// Each kind of media takes some formats, up to some size.
func TestMediaBounds(t *testing.T) {
	const (
		temporary = "/cgi-bin/media/upload?type="
		permanent = "/cgi-bin/material/add_material?type="
		picture   = "/cgi-bin/media/uploadimg"
		small     = -1 // it is taken; its bound is that of its kind, tried once
	)
	var (
		gif = []byte("GIF89a....")
		bmp = []byte("BM........")
		amr = []byte("#!AMR\n....")
		wav = []byte("RIFF....WAVEfmt ")
		wma = []byte("\x30\x26\xb2\x75....")
		svg = []byte("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
	)
	for _, c := range []struct {
		path   string
		sample []byte
		max    int // bytes, or small; 0: the format is refused
		over   int // errcode of a byte more
	}{
		{temporary + "image", png, 10 << 20, 40009}, {temporary + "image", jpeg, small, 0}, {temporary + "image", gif, small, 0},
		{temporary + "image", bmp, 0, 0}, {temporary + "image", mp4, 0, 0}, {temporary + "image", svg, 0, 0}, {temporary + "image", []byte("x"), 0, 0},
		{temporary + "voice", mp3, 2 << 20, 40010}, {temporary + "voice", amr, 2 << 20, 40010}, {temporary + "voice", wav, 0, 0},
		{temporary + "video", mp4, 10 << 20, 40011}, {temporary + "video", mp3, 0, 0},
		{temporary + "thumb", jpeg, 64 << 10, 40012}, {temporary + "thumb", png, 0, 0},
		{permanent + "image", bmp, small, 0}, {permanent + "voice", wma, 2 << 20, 40010}, {permanent + "voice", wav, small, 0},
		{permanent + "thumb", jpeg, 64 << 10, 40012}, {permanent + "thumb", gif, 0, 0},
		{picture, png, 1 << 20, 40009}, {picture, jpeg, small, 0}, {picture, gif, 0, 0},
	} {
		w := open(t, fakeapi.Config{})
		if c.max <= 0 {
			want := map[bool]int{true: 0, false: 40005}[c.max == small]
			if a := w.upload(c.path, "a.jpg", c.sample); a.code() != want {
				t.Errorf("%s, %.4q: %s, want %d", c.path, c.sample, a.body, want)
			}
			continue
		}
		if a := w.upload(c.path, "a", padded(c.sample, c.max)); a.code() != 0 {
			t.Errorf("%s, %.4q, %d bytes: %s", c.path, c.sample, c.max, a.body)
		}
		if a := w.upload(c.path, "a", padded(c.sample, c.max+1)); a.code() != c.over {
			t.Errorf("%s, %.4q, %d bytes: %s, want %d", c.path, c.sample, c.max+1, a.body, c.over)
		}
	}
}

// A form of one file, in all the ways in which clients write it, and some in which they must not.
func TestForms(t *testing.T) {
	const boundary = "x7"
	part := func(disposition, data string) string {
		return "--" + boundary + "\r\nContent-Disposition: " + disposition + "\r\n\r\n" + data + "\r\n"
	}
	const end = "--" + boundary + "--\r\n"
	file := part(`form-data; name="media"; filename="a.png"`, string(png))
	for name, c := range map[string]struct {
		body string
		code int
	}{
		"a file":            {file + end, 0},
		"another name":      {part(`form-data; name="file"; filename="a.png"`, string(png)) + end, 0},
		"no name":           {part(`form-data; filename="a.png"`, string(png)) + end, 0},
		"no quotes":         {part(`form-data; name=media; filename=a.png`, string(png)) + end, 0},
		"a Chinese name":    {part(`form-data; name="media"; filename="封面.png"`, string(png)) + end, 0},
		"a way as a name":   {part(`form-data; name="media"; filename="../../etc/passwd"`, string(png)) + end, 0},
		"a long name":       {part(`form-data; name="media"; filename="`+strings.Repeat("长", 5000)+`"`, string(png)) + end, 0},
		"text before":       {"preamble\r\n" + part(`form-data; name="type"`, "image") + file + end, 0},
		"two files":         {file + part(`form-data; name="media"; filename="b.txt"`, "text") + end, 0}, // the first counts
		"no file":           {part(`form-data; name="media"`, string(png)) + end, 41005},
		"an empty file":     {part(`form-data; name="media"; filename="a.png"`, "") + end, 44001},
		"nothing":           {end, 41005},
		"no end":            {file, 41005},
		"cut off":           {file[:len(file)-8], 41005},
		"another boundary":  {strings.ReplaceAll(file+end, boundary, "y7"), 41005},
		"a bad disposition": {part(`form-data; name="media"; filename="a.png`, string(png)) + end, 41005},
	} {
		w := open(t, fakeapi.Config{})
		a := w.ask("POST", w.signed("/cgi-bin/material/add_material?type=image"), "multipart/form-data; boundary="+boundary, c.body)
		if a.code() != c.code {
			t.Errorf("%s: %s, want %d", name, a.body, c.code)
		}
		list := w.post("/cgi-bin/material/batchget_material", `{"type":"image","offset":0,"count":20}`)
		if n := list.number("total_count"); (n == 1) != (c.code == 0) {
			t.Errorf("%s: kept %d files", name, n)
		} else if n == 1 {
			kept := list.fields["item"].([]any)[0].(map[string]any)["name"].(string)
			if strings.Contains(kept, "/") || len(kept) > 255 {
				t.Errorf("%s: it is called %q", name, kept)
			}
		}
	}
	w := open(t, fakeapi.Config{})
	for _, contentType := range []string{"", "multipart/form-data", "multipart/mixed; boundary=x7", "multipart/form-data; boundary=", "text/plain", ";;;"} {
		if a := w.ask("POST", w.signed("/cgi-bin/media/upload?type=image"), contentType, file+end); a.code() != 41005 {
			t.Errorf("%q: %s", contentType, a.body)
		}
	}
}

// What is said about a video comes as a field of JSON.
func TestVideoDescriptions(t *testing.T) {
	video := func(w *world, description string) answer {
		const boundary = "x7"
		body := "--x7\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.mp4\"\r\n\r\n" + string(mp4) + "\r\n"
		if description != "" {
			body += "--x7\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n" + description + "\r\n"
		}
		return w.ask("POST", w.signed("/cgi-bin/material/add_material?type=video"), "multipart/form-data; boundary="+boundary, body+"--x7--\r\n")
	}
	for description, code := range map[string]int{
		`{"title":"标题","introduction":"简介"}`: 0, `{}`: 0, "": 47001, "标题": 47001, `{"title":7}`: 47001,
		fmt.Sprintf(`{"title":%q}`, strings.Repeat("a", 2049)):        45003,
		fmt.Sprintf(`{"introduction":%q}`, strings.Repeat("a", 2049)): 45004,
	} {
		w := open(t, fakeapi.Config{})
		if a := video(w, description); a.code() != code {
			t.Errorf("%.40s: %s, want %d", description, a.body, code)
		}
	}
}

// Bodies beyond 10 MB of JSON or 12 MB of a form are not read to their end.
func TestHugeBodies(t *testing.T) {
	w := open(t, fakeapi.Config{})
	for _, c := range []struct {
		path, contentType string
		size              int
		status, code      int
	}{
		{"/cgi-bin/draft/add", "application/json", 10 << 20, 200, 47001},
		{"/cgi-bin/draft/add", "application/json", 10<<20 + 1, 413, 45002},
		{"/cgi-bin/media/upload?type=image", "multipart/form-data; boundary=x7", 12 << 20, 200, 41005},
		{"/cgi-bin/media/upload?type=image", "multipart/form-data; boundary=x7", 12<<20 + 1, 413, 45002},
	} {
		a := w.ask("POST", w.signed(c.path), c.contentType, strings.Repeat("x", c.size))
		if a.status != c.status || a.code() != c.code {
			t.Errorf("%s, %d bytes: %d %s", c.path, c.size, a.status, a.body)
		}
	}
}

// The bytes of a file go with the last media_id that leads to them.
func TestFilesOfTheSameBytes(t *testing.T) {
	store := fakeapi.NewMemory()
	w := open(t, fakeapi.Config{Store: store})
	upload := func(path string) string { return w.upload(path, "a.png", png).text("media_id") }
	remove := func(id string) {
		t.Helper()
		if a := w.post("/cgi-bin/material/del_material", `{"media_id":"`+id+`"}`); a.code() != 0 {
			t.Fatal(string(a.body))
		}
	}
	get := func(id string) string {
		return string(w.post("/cgi-bin/material/get_material", `{"media_id":"`+id+`"}`).body)
	}
	one, two := upload("/cgi-bin/material/add_material?type=image"), upload("/cgi-bin/material/add_material?type=image")
	temporary := upload("/cgi-bin/media/upload?type=image")
	if one == two {
		t.Fatal("the same id")
	}
	remove(one)
	if get(two) != string(png) {
		t.Error("the second is gone with the first")
	}
	remove(two)
	if a := w.get("/cgi-bin/media/get?media_id=" + temporary); string(a.body) != string(png) {
		t.Errorf("the temporary one is gone with the permanent: %s", a.body)
	}
	again := upload("/cgi-bin/material/add_material?type=image")
	w.later(72 * time.Hour)
	upload("/cgi-bin/material/add_material?type=image") // it forgets what has expired
	if get(again) != string(png) {
		t.Error("it is gone with the temporary one")
	}
	list := w.post("/cgi-bin/material/batchget_material", `{"type":"image","offset":0,"count":20}`)
	for _, item := range list.fields["item"].([]any) {
		remove(item.(map[string]any)["media_id"].(string))
	}
	sum := sha256.Sum256(png)
	if kept, _, err := store.Load(t.Context(), "file-"+hex.EncodeToString(sum[:])); err != nil || len(kept) != 0 {
		t.Errorf("%d bytes are kept for nobody, %v", len(kept), err)
	}
}
