package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"runtime"
	"testing"

	"dangshi/content"
)

// corner is a picture of which the left upper quarter is red and the rest blue.
func corner(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p.Set(x, y, color.RGBA{0, 0, 255, 255})
			if x < w/2 && y < h/2 {
				p.Set(x, y, color.RGBA{255, 0, 0, 255})
			}
		}
	}
	return p
}

// turned is a JPEG with an EXIF orientation.
func turned(t *testing.T, p image.Image, turn uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00")
	exif = binary.LittleEndian.AppendUint16(exif, turn)
	exif = append(exif, 0, 0, 0, 0, 0, 0)
	block := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(block, exif...), b.Bytes()[2:]...)
}

func decoded(t *testing.T, data []byte) image.Image {
	t.Helper()
	p, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPicture: each turn of a camera comes out upright, large ones are shrunk, and
// what was hidden behind the picture is gone.
func TestPicture(t *testing.T) {
	for turn, at := range map[uint16][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}, 9: {0, 0}} {
		name, data, err := Picture(turned(t, corner(64, 32), turn))
		if err != nil || !content.IsMediaName(name) {
			t.Fatalf("turn %d: %q, %v", turn, name, err)
		}
		p := decoded(t, data)
		if tall := turn >= 5 && turn <= 8; tall != (p.Bounds().Dy() > p.Bounds().Dx()) {
			t.Errorf("turn %d: it is %v", turn, p.Bounds())
		}
		r, _, b, _ := p.At(p.Bounds().Dx()*(1+2*at[0])/4, p.Bounds().Dy()*(1+2*at[1])/4).RGBA()
		if r < b {
			t.Errorf("turn %d: the red corner is not at %v", turn, at)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 2000, 500))); err != nil {
		t.Fatal(err)
	}
	b.WriteString("<script>alert(1)</script>")
	_, data, err := Picture(b.Bytes())
	if err != nil || bytes.Contains(data, []byte("script")) {
		t.Errorf("a PNG with something behind: %v", err)
	}
	p := decoded(t, data)
	if p.Bounds() != image.Rect(0, 0, maxSide, 400) {
		t.Errorf("it is %v", p.Bounds())
	}
	if r, _, _, _ := p.At(5, 5).RGBA(); r < 0xf000 {
		t.Error("what was clear is not white")
	}
}

func TestRefused(t *testing.T) {
	var wide bytes.Buffer
	if err := png.Encode(&wide, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	bomb := bytes.Clone(wide.Bytes())
	binary.BigEndian.PutUint32(bomb[16:], 1<<20)
	binary.BigEndian.PutUint32(bomb[20:], 1<<20)
	// What is thin and endless is small as a file, and shrinking it would take gigabytes.
	var thin bytes.Buffer
	if err := png.Encode(&thin, image.NewPaletted(image.Rect(0, 0, 1, longest+1), color.Palette{color.White, color.Black})); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Picture(thin.Bytes()); !errors.Is(err, ErrPixels) {
		t.Errorf("a thin one of %d bytes: %v", thin.Len(), err)
	}
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("<svg onload=alert(1)>"), "a header": []byte("\xff\xd8\xff"), "a bomb": bomb, "half": wide.Bytes()[:40]} {
		if _, _, err := Picture(data); err == nil {
			t.Errorf("%s was taken for a picture", name)
		}
	}
	if _, _, err := Picture(make([]byte, MaxPicture+1)); !errors.Is(err, ErrSize) {
		t.Errorf("too large: %v", err)
	}
	for _, text := range []string{"", "<html>", "\xff\xd8\xff\xe0 a JPEG", "PK\x03\x04", "RIFF....WAVE"} {
		if _, err := Audio([]byte(text)); err == nil {
			t.Errorf("%q was taken for audio", text)
		}
	}
	for _, text := range []string{"ID3\x04\x00", "\xff\xfb\x90\x64\x00\x00", "\x00\x00\x00\x20ftypM4A \x00\x00"} {
		if name, err := Audio([]byte(text)); err != nil || !content.IsMediaName(name) {
			t.Errorf("%q: %q, %v", text, name, err)
		}
	}
}

// FuzzOrientation: no file makes the reading of EXIF blocks stumble.
func FuzzOrientation(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\x08\x00\x00\x00"))
	f.Add([]byte("\xff\xd8\xff\xe1\xff\xffExif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff"))
	f.Fuzz(func(_ *testing.T, data []byte) { orientation(data) })
}

// TestLarge: a large picture is shrunk without much more memory than it takes itself.
func TestLarge(t *testing.T) {
	large := image.NewGray(image.Rect(0, 0, 5*maxSide, 2*maxSide))
	for i := range large.Pix {
		large.Pix[i] = uint8(255 * (i % large.Stride) / large.Stride)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	small := shrunk(large)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 8*uint64(len(large.Pix)) {
		t.Errorf("it took %d bytes", took)
	}
	if small.Bounds() != image.Rect(0, 0, maxSide, maxSide*2/5) {
		t.Fatalf("it is %v", small.Bounds())
	}
	for x := range small.Bounds().Dx() {
		if got, want := int(small.RGBAAt(x, 100).R), 255*x/maxSide; got < want-3 || got > want+3 {
			t.Fatalf("at %d it is %d, not %d", x, got, want)
		}
	}
}
