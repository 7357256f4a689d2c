package content

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// decodeText finds the encoding of a text file from its bytes: a byte order mark
// of UTF-8 or UTF-16, else UTF-8, else GB18030, of which GBK and GB 2312 are
// parts. What is broken in it is left as broken UTF-8 or U+FFFD, so that the
// cell in which it stands can be named. problem says why it is no text at all.
func decodeText(data []byte) (text, problem string) {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return "", "这是 Excel、Word 或压缩文件，请在 Excel 或 WPS 里另存为“CSV UTF-8（逗号分隔）”再载入"
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		text = string(data[3:])
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		text = decode16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		text = decode16(data[2:], binary.BigEndian)
	case mostlyUTF8(data):
		text = string(data)
	default:
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil {
			return "", "看不出文件的编码，请另存为 UTF-8 编码"
		}
		text = string(decoded)
	}
	if strings.ContainsRune(text, 0) {
		return "", "这不是文本文件，请载入 CSV 或 JSONL 文件（UTF-16 编码的请另存为 UTF-8）"
	}
	return text, ""
}

func decode16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(data)/2+1)
	for ; len(data) > 1; data = data[2:] {
		units = append(units, order.Uint16(data))
	}
	if len(data) > 0 {
		units = append(units, utf8.RuneError) // half a unit: the file was cut
	}
	return string(utf16.Decode(units))
}

// mostlyUTF8 reports whether data are UTF-8, if need be with some damage: read
// as GB18030, such a file would turn into other characters without complaint.
// Text in GB18030 holds hardly a sequence that is valid UTF-8.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		data = data[n:]
	}
	return good >= bad
}
