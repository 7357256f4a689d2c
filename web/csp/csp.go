// Package csp writes the Content-Security-Policy of pages whose one style stands in
// them, and which load nothing from elsewhere.
package csp

import (
	"crypto/sha256"
	"encoding/base64"
)

// Source is the source by which a policy allows just this style or script.
func Source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Form is the policy of a page that loads nothing at all but its own style, and
// whose form goes back to where it came from.
func Form(style string) string {
	return "default-src 'none'; style-src " + Source(style) + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
