package quiz

import "testing"

// TestCorrect: staff write in place of what they saw, and of nothing else.
func TestCorrect(t *testing.T) {
	was, to := Binding{"李大剑", "zb1"}, Binding{"李大钊", "zb2"}
	member := func(b Binding) Member { return Member{Joined: 1, Name: b.Name, Branch: b.Branch} }
	unbound := member(Binding{"", "zb1"})
	unbound.Unbound = Unbound{Name: true}
	for name, c := range map[string]struct {
		m       Member
		ev      Correct
		changed bool
		status  Status
	}{
		"as seen":        {member(was), Correct{was, to}, true, Done},
		"only a name":    {member(Binding{}), Correct{Binding{}, to}, true, Done},
		"told of before": {unbound, Correct{Binding{"", "zb1"}, to}, true, Done},
		"done before":    {member(to), Correct{was, to}, false, Done},
		"changed since":  {member(Binding{"王", ""}), Correct{was, to}, false, Stale},
		"nobody":         {Member{}, Correct{Binding{}, to}, false, Stale},
	} {
		after, out := Step(c.m, c.ev, Situation{})
		is := Binding{after.Name, after.Branch}
		if out.Changed != c.changed || out.Status != c.status || c.changed && (is != to || after.Unbound != Unbound{}) || !c.changed && is != (Binding{c.m.Name, c.m.Branch}) {
			t.Errorf("%s: %+v, %+v", name, after, out)
		}
	}
}

func TestIsName(t *testing.T) {
	for text, is := range map[string]bool{"李大钊": true, "阿依古丽·买买提": true, "王": false, "": false, "第1支部": false, "a<b": false, "一二三四五六七八九十一二三四五六七八九十一二三四五": false} {
		if IsName(text) != is {
			t.Errorf("%q", text)
		}
	}
}
