package banks

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/content/files"
	"dangshi/quiz"
)

const (
	// maxUpload is what one upload may hold, in bytes, with what is around the files.
	maxUpload = content.MaxFile + 1<<20
	maxFiles  = 20
	// pasted is how faults call what was typed into the page.
	pasted = "贴上的文字"
)

// uploadView is the page to which files are dragged.
type uploadView struct {
	Faults []content.Fault
	More   int
	Draft  *draft // begun before
	Text   string // that was pasted
}

func (b *Banks) loadPage(v *frame.Visit) error {
	d, err := b.draftOf(v.Context(), v.By())
	if err != nil {
		return err
	}
	return v.Show("load.html", "载入题库", uploadView{Draft: d})
}

// upload reads files and keeps what they hold, to be looked at.
func (b *Banks) upload(v *frame.Visit) error {
	reader, err := v.R.MultipartReader()
	if err != nil {
		return frame.Bad("没有收到文件，请选好文件再上传。")
	}
	all, text, seen, err := readParts(reader)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return b.uploadAgain(v, uploadView{Faults: []content.Fault{{Problem: "没有选文件，也没有贴上文字。"}}})
	}
	found := content.Join(all)
	n := len(found.Items) + len(found.Questions)
	switch {
	case n > content.MaxRows:
		return frame.Bad(fmt.Sprintf("这些文件里共有 %d 条，一次最多载入 %d 条，请分几次。", n, content.MaxRows))
	case found.Unread || n+found.Faulty == 0:
		x := uploadView{Faults: found.Faults, More: found.More, Text: text}
		if len(x.Faults) == 0 {
			x.Faults = []content.Fault{{Problem: "文件里没有题目。"}}
		}
		return b.uploadAgain(v, x)
	}
	d := &draft{Found: *found}
	before, err := b.draftOf(v.Context(), v.By())
	if err != nil {
		return err
	}
	if before != nil {
		d.read = before.read
	}
	for _, f := range all {
		d.Files = append(d.Files, f.Name)
	}
	if before != nil && before.Stamp != seen { // where none is left there is none to lose
		err = quiz.ErrConflict
	} else {
		err = b.keepDraft(v.Context(), v.By(), d)
	}
	if errors.Is(err, quiz.ErrConflict) {
		return b.uploadAgain(v, uploadView{Text: text, Faults: []content.Fault{{Problem: "别的窗口里刚上传、改过或载入了一份，所以这一次的没有收下。请先看看那一份；要用这一次的，再上传一次。"}}})
	}
	if err != nil {
		return err
	}
	return v.Done(Path+"/load/check", frame.Note{Text: fmt.Sprintf("读好了 %s，还没有载入。请看一看再载入。", strings.Join(d.Files, "、"))})
}

// uploadAgain shows the page again, with what is wrong with the upload and the draft that
// is there now.
func (b *Banks) uploadAgain(v *frame.Visit, x uploadView) (err error) {
	if x.Draft, err = b.draftOf(v.Context(), v.By()); err != nil {
		return err
	}
	return v.ShowAgain("load.html", "载入题库", x)
}

// Seen is the stamp of the draft on the page.
func (x uploadView) Seen() string { return x.Draft.stamp() }

// readParts reads the files of an upload, one after another, the text that was pasted,
// and the stamp of the draft that was on the page. Names of files are words for people and nothing else.
func readParts(reader *multipart.Reader) (all []*content.File, text, seen string, err error) {
	names := map[string]bool{}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return all, text, seen, nil
		}
		if err != nil {
			return nil, "", "", interrupted(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, "", "", interrupted(err)
		}
		name := pasted
		switch part.FormName() {
		case "file":
			if len(data) == 0 && part.FileName() == "" {
				continue // no file was chosen
			}
			name = fileName(part.FileName(), names)
		case "text":
			if text = string(data); strings.TrimSpace(text) == "" {
				continue
			}
		case "seen":
			seen = string(data)
			continue
		default:
			continue
		}
		if len(all) == maxFiles {
			return nil, "", "", frame.Bad(fmt.Sprintf("一次最多 %d 个文件，请分几次。", maxFiles))
		}
		f, err := files.ReadAny(name, data)
		if err != nil {
			return nil, "", "", err
		}
		all = append(all, f)
	}
}

// interrupted is the error of an upload that did not come whole, or is no upload.
func interrupted(err error) error {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return frame.Refusal{Status: http.StatusRequestEntityTooLarge, Text: fmt.Sprintf("文件超过 %d MB，请分成几个文件。", content.MaxFile>>20)}
	}
	return frame.Bad("文件没有传完，请再上传一次。")
}

// fileName is a file's name without folders, as it is shown; two of one name are told
// apart.
func fileName(name string, taken map[string]bool) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if name = content.Quoted(name); name == "" {
		name = "文件"
	}
	plain := name
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s（%d）", plain, n)
	}
	taken[name] = true
	return name
}
