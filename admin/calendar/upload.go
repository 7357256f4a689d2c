package calendar

import (
	"context"
	"errors"
	"io"
	"net/http"

	"dangshi/admin/frame"
	"dangshi/admin/media"
	"dangshi/content"
)

// ErrFull means that uploads take as much room as they may.
var ErrFull = errors.New("there is no room left for uploads")

// Shelf keeps what is uploaded.
type Shelf interface {
	// KeepMedia keeps a file under a name that says what it holds. Errors: ErrFull,
	// quiz.ErrUnavailable, quiz.ErrUnknown.
	KeepMedia(ctx context.Context, name string, data []byte) error
	// UseMedia says that a file which was uploaded before is about to be used; ok is
	// false where it is not there any more. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
	UseMedia(ctx context.Context, name string) (ok bool, err error)
	// MediaRoom is how much room there is for uploads and how much of it is taken, in
	// bytes. Errors: quiz.ErrUnavailable.
	MediaRoom(ctx context.Context) (used, most int64, err error)
}

// room is how full the place for uploads is, in whole megabytes.
type room struct{ Used, Most int64 }

func (c *Calendar) room(v *frame.Visit) (room, error) {
	used, most, err := c.data.MediaRoom(v.Context())
	return room{(used + 1<<20 - 1) >> 20, most >> 20}, err
}

// maxForm bounds the form of an item with its files, in bytes.
const maxForm = media.MaxPicture + media.MaxAudio + 1<<20

// received reads a form that comes with files: one that is too large, or did not come
// whole, is none, where the fields of it that are asked for would be empty.
func received(v *frame.Visit) error {
	var tooLong *http.MaxBytesError
	switch err := v.R.ParseMultipartForm(maxForm); {
	case err == nil, errors.Is(err, http.ErrNotMultipart):
		return nil
	case errors.As(err, &tooLong):
		return frame.Refusal{Status: http.StatusRequestEntityTooLarge, Text: "什么也没有存。" + media.ErrSize.Error() + "。请回到上一页，换小一些的文件再存。"}
	}
	return frame.Bad("没有传完，什么也没有存。请回到上一页，再存一次。")
}

// uploads takes the files of the form and puts their paths into the item; what is
// wrong with them stands at their fields.
func (c *Calendar) uploads(v *frame.Visit, it *content.Item, faults map[string]string) error {
	picture := func(data []byte) (string, []byte, error) {
		c.drawing <- struct{}{} // one at a time: each takes many megabytes
		defer func() { <-c.drawing }()
		return media.Picture(data)
	}
	audio := func(data []byte) (string, []byte, error) {
		name, err := media.Audio(data)
		return name, data, err
	}
	if err := c.upload(v, "picture", &it.Picture, faults, picture); err != nil {
		return err
	}
	return c.upload(v, "audio", &it.Audio, faults, audio)
}

func (c *Calendar) upload(v *frame.Visit, field string, address *string, faults map[string]string, look func([]byte) (string, []byte, error)) error {
	file, _, err := v.R.FormFile(field + "_file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return c.keepsUpload(v, field, *address, faults)
	}
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, max(media.MaxPicture, media.MaxAudio)+1))
	if err != nil {
		return err
	}
	name, kept, err := look(data)
	if err != nil {
		faults[field] = err.Error()
		return nil
	}
	switch err := c.data.KeepMedia(v.Context(), name, kept); {
	case errors.Is(err, ErrFull):
		faults[field] = "存放上传文件的地方满了，请改用网址。没有条目用的文件，一天以后会自动清走"
	case err != nil:
		return err
	default:
		*address = content.MediaPath + name
	}
	return nil
}

// keepsUpload sees to it that a file which was uploaded with an earlier form is still
// there: what nothing uses is removed after a day.
func (c *Calendar) keepsUpload(v *frame.Visit, field, address string, faults map[string]string) error {
	name, ours := content.MediaName(address)
	if !ours {
		return nil
	}
	there, err := c.data.UseMedia(v.Context(), name)
	if err == nil && !there {
		faults[field] = "这个文件已经不在了：传上来没有用，一天以后就清走。请再传一次，或去掉它"
	}
	return err
}

// Uploaded reports whether an address is that of a file that was uploaded here.
func (f form) Uploaded(address string) bool {
	_, ours := content.MediaName(address)
	return ours
}
