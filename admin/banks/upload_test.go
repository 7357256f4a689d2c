package banks

import (
	"bytes"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"dangshi/content"
)

func parsed(t *testing.T, query string) filter {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return filterOf(values)
}

// TestFileNames: names of files are words without folders, and no two are the same.
func TestFileNames(t *testing.T) {
	taken := map[string]bool{}
	for _, c := range [][2]string{
		{"题库.xlsx", "题库.xlsx"}, {"../../etc/passwd", "passwd"}, {`C:\用户\题库.xlsx`, "题库.xlsx（2）"}, {"题库.xlsx", "题库.xlsx（3）"},
		{"", "文件"}, {"/", "文件（2）"}, {"a\nb\x00.csv", "a b.csv"},
	} {
		if got := fileName(c[0], taken); got != c[1] {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}

// TestMended: a faulty row that is mended is loaded with the rest, unless its id is
// taken.
func TestMended(t *testing.T) {
	found, err := content.ReadQuestionsFile("题.csv", strings.NewReader("编号,题型,题干,答案\na,判断,第一题对吗？,对\n,判断,第二题对吗？,也许\nb,判断,,错\n"))
	if err != nil || len(found.Faulted) != 2 || found.Faulted[0].Value.ID != "" {
		t.Fatalf("%+v %v", found, err)
	}
	d := &draft{Found: *content.Join([]*content.File{found})}
	f := mending(d, 0, d.Found.Faulted[0])
	if f.Sound() || f.Faults["answer"] == "" || f.Place != "题.csv 第 3 行" {
		t.Errorf("%+v", f)
	}
	f = formOf(content.Question{ID: "a", Type: content.Judge, Stem: "第二题对吗？", Answer: content.Key{Letters: 1}, State: content.Draft})
	if note := d.mended(0, f); !note.Bad || len(d.faultsAt("题.csv", 3)) != 1 || len(d.Found.Faulted) != 2 {
		t.Errorf("an id that is taken: %+v %v", note, d.Found.Faults)
	}
	f.Question.ID = ""
	if note := d.mended(0, f); note.Bad || len(d.faultsAt("题.csv", 3)) != 0 || d.Found.Faulty != 1 || len(d.Found.Questions) != 2 || d.Found.Questions[1].Value.ID == "" {
		t.Errorf("%+v %+v", note, d.Found)
	}
	if left := mending(d, 0, d.Found.Faulted[0]); left.Question.ID != "b" || left.Faults["stem"] == "" {
		t.Errorf("%+v", left)
	}
}

// TestBack: one goes back into the section, wherever the form says.
func TestBack(t *testing.T) {
	for _, c := range [][2]string{
		{"/admin/banks?state=draft", "/admin/banks?state=draft"}, {"/admin/banks/review?id=a", "/admin/banks/review?id=a"},
		{"//evil.example/admin/banks", Path}, {"https://evil.example/admin/banks/", Path}, {"/admin/bankset", Path}, {"/admin/logout", Path}, {"%zz", Path},
	} {
		if got := safeBack(c[0]); got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
}

// FuzzUpload: whatever is sent, no name of a file has a folder, and what was read was
// read from somewhere.
func FuzzUpload(f *testing.F) {
	f.Add("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../题.csv\"\r\n\r\n题型,题干,答案\n判断,对吗？,对\n\r\n--x--\r\n")
	f.Add("--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n1. 对吗？\n答案：对\n\r\n--x--\r\n")
	f.Add("--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''%2e%2e%5c%00\r\n\r\nPK\x03\x04\r\n--x")
	f.Fuzz(func(t *testing.T, body string) {
		all, _, _, err := readParts(multipart.NewReader(bytes.NewBufferString(body), "x"))
		if err != nil {
			return
		}
		for _, file := range all {
			if file.Name == "" || strings.ContainsAny(file.Name, "/\\\n\x00") {
				t.Errorf("a file is called %q", file.Name)
			}
		}
	})
}
