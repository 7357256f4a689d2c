package content

import (
	"regexp"
	"strings"
)

// MediaPath is where pictures and audio are that were uploaded here. In an item they
// stand with this path alone: the public address may change.
const MediaPath = "/media/"

// mediaForm names a file by what it holds: the beginning of its SHA-256.
var mediaForm = regexp.MustCompile(`^[0-9a-f]{32}\.(jpg|mp3|m4a)$`)

// MediaName is the name of an uploaded file in an address of an item; ok is false where
// that is the address of something else.
func MediaName(address string) (name string, ok bool) {
	name, ok = strings.CutPrefix(address, MediaPath)
	return name, ok && IsMediaName(name)
}

// IsMediaName reports whether an uploaded file may have this name.
func IsMediaName(name string) bool { return mediaForm.MatchString(name) }

// uploaded checks the address of a file that was uploaded for a field.
func uploaded(field, address string) bool {
	name, ok := MediaName(address)
	return ok && (field == "picture") == strings.HasSuffix(name, ".jpg")
}
