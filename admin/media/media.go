// Package media looks at pictures and audio that are uploaded, and names them by what
// they hold. Nothing of a file's own name is used.
package media

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
)

// Bounds of what is uploaded.
const (
	MaxPicture = 15 << 20   // bytes of a picture as it comes
	MaxAudio   = 12 << 20   // bytes
	maxPixels  = 40_000_000 // of a picture as it comes
	longest    = 20_000     // pixels of its longer side: what shrinks takes memory by the side, too
	maxSide    = 1600       // of a picture as it is kept, in pixels
	quality    = 85
)

// Errors, as people see them.
var (
	ErrPicture = errors.New("这不是 JPEG 或 PNG 图片，或者文件坏了，请换一张")
	ErrPixels  = fmt.Errorf("图片太大，请缩到 %d 万像素以内", maxPixels/10_000)
	ErrSize    = fmt.Errorf("文件太大：图片最多 %d MB，音频最多 %d MB", MaxPicture>>20, MaxAudio>>20)
	ErrAudio   = errors.New("这不是 MP3 或 M4A 音频，请转换以后再传")
)

// Picture decodes a picture and encodes it anew, upright and no larger than pages need:
// what else was in the file (places, cameras, anything that is no picture) is gone.
func Picture(data []byte) (name string, picture []byte, err error) {
	if len(data) > MaxPicture {
		return "", nil, ErrSize
	}
	decode, look := jpeg.Decode, jpeg.DecodeConfig
	if bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) {
		decode, look = png.Decode, png.DecodeConfig
	}
	size, err := look(bytes.NewReader(data))
	switch {
	case err != nil || size.Width < 1 || size.Height < 1:
		return "", nil, ErrPicture
	case size.Width > maxPixels/size.Height, max(size.Width, size.Height) > longest:
		return "", nil, ErrPixels
	}
	source, err := decode(bytes.NewReader(data))
	if err != nil {
		return "", nil, ErrPicture
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(shrunk(source), orientation(data)), &jpeg.Options{Quality: quality}); err != nil {
		return "", nil, err
	}
	return named(out.Bytes(), "jpg"), out.Bytes(), nil
}

// shrunk is the picture on white, with no side longer than maxSide. It is halved as
// often as that goes: a kernel over all of a large one would take hundreds of megabytes.
func shrunk(source image.Image) *image.RGBA {
	for {
		b := source.Bounds()
		w, h := b.Dx(), b.Dy()
		long, last := max(w, h), true
		switch {
		case long > 2*maxSide:
			w, h, last = max(1, w/2), max(1, h/2), false
		case long > maxSide:
			w, h = max(1, w*maxSide/long), max(1, h*maxSide/long)
		}
		sheet := image.NewRGBA(image.Rect(0, 0, w, h))
		draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.ApproxBiLinear.Scale(sheet, sheet.Bounds(), source, b, draw.Over, nil)
		if last {
			return sheet
		}
		source = sheet
	}
}

// upright turns a picture as its EXIF orientation, 1 to 8, says.
func upright(p *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return p
	}
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if turn > 4 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			sx, sy := x, y
			if turn > 4 {
				sx, sy = y, x
			}
			if turn == 2 || turn == 3 || turn == 7 || turn == 8 {
				sx = w - 1 - sx
			}
			if turn == 3 || turn == 4 || turn == 6 || turn == 7 {
				sy = h - 1 - sy
			}
			copy(out.Pix[out.PixOffset(x, y):][:4], p.Pix[p.PixOffset(sx, sy):][:4])
		}
	}
	return out
}

// orientation is that of a JPEG's EXIF block (CIPA DC-008, tag 0x0112 of the first
// directory); 1, upright, where it says none.
func orientation(data []byte) int {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		length := int(binary.BigEndian.Uint16(data[at+2:]))
		if data[at+1] == 0xda || length < 2 || at+2+length > len(data) {
			break
		}
		if block, ok := bytes.CutPrefix(data[at+4:at+2+length], []byte("Exif\x00\x00")); ok && data[at+1] == 0xe1 {
			return tagged(block)
		}
		at += 2 + length
	}
	return 1
}

func tagged(tiff []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	switch {
	case len(tiff) < 8:
		return 1
	case tiff[0] == 'I':
		order = binary.LittleEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 1
	}
	for n := int(order.Uint16(tiff[at:])); n > 0; n-- {
		entry := at + 2 + 12*(n-1)
		if entry+12 <= len(tiff) && order.Uint16(tiff[entry:]) == 0x0112 {
			return int(order.Uint16(tiff[entry+8:]))
		}
	}
	return 1
}

// Audio looks whether a file begins as MP3 or M4A do, and takes it as it is.
func Audio(data []byte) (name string, err error) {
	switch {
	case len(data) > MaxAudio:
		return "", ErrSize
	case bytes.HasPrefix(data, []byte("ID3")), isFrame(data):
		return named(data, "mp3"), nil
	case len(data) > 12 && string(data[4:8]) == "ftyp" && (bytes.HasPrefix(data[8:], []byte("M4A")) || bytes.HasPrefix(data[8:], []byte("mp4")) || bytes.HasPrefix(data[8:], []byte("iso"))):
		return named(data, "m4a"), nil
	}
	return "", ErrAudio
}

// isFrame reports whether data begin with the header of an MPEG layer III frame.
func isFrame(data []byte) bool {
	return len(data) > 4 && data[0] == 0xff && data[1]&0xe6 == 0xe2 && data[1]&0x18 != 0x08 && data[2]>>4 != 0 && data[2]>>4 != 15 && data[2]&0x0c != 0x0c
}

func named(data []byte, kind string) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16]) + "." + kind
}
