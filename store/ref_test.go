package store

import (
	"strings"
	"testing"
)

func TestRef(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	ref := s.Ref(anID)
	if ref != s.Ref(anID) || ref == s.Ref(anID+"x") || strings.Contains(ref, anID) {
		t.Errorf("the ref of %s is %s", anID, ref)
	}
	if id, ok := s.ByRef(ref); !ok || id != anID {
		t.Errorf("the ref stands for %q, %v", id, ok)
	}
	for i := range ref {
		forged := []byte(ref)
		forged[i] ^= 4
		if id, ok := s.ByRef(string(forged)); ok && id != anID {
			t.Errorf("a forged ref stands for %q", id)
		}
	}
	for _, ref := range []string{"", "a", "oABCD-efgh", strings.Repeat("A", 80)} {
		if id, ok := s.ByRef(ref); ok {
			t.Errorf("%q stands for %q", ref, id)
		}
	}
}
