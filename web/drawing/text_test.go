package drawing

import (
	"slices"
	"testing"
)

func TestWhatIsNotParted(t *testing.T) {
	got := units("在2026年度“党史”里，A-1班")
	want := []string{"在", "2026", "年", "度", "“党", "史”", "里，", "A-1", "班"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
