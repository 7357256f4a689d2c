package setup

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// YAML writes what was carried over as a part of dangshi.yaml, with comments for
// whoever puts it there.
func (c Carried) YAML(at time.Time) ([]byte, error) {
	var out bytes.Buffer
	comment := func(format string, args ...any) {
		for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
			out.WriteString(strings.TrimRight("# "+line, " ") + "\n")
		}
	}
	comment("公众号后台原有的菜单和自动回复，%s 用 dangshi menu import 取来。", at.Format("2006年1月2日"))
	comment("请看一遍，把 menu 和 answers 两段抄进 dangshi.yaml，再补上答题的菜单，用 menu push 装上。")
	if len(c.Left) > 0 {
		comment("\n请留意：")
		for _, l := range c.Left {
			comment("  * %s", strings.ReplaceAll(l, "\n", " "))
		}
	}
	write := func(name string, empty bool, none string, value any) error {
		out.WriteString("\n")
		if empty {
			comment("%s", none)
			return nil
		}
		enc := yaml.NewEncoder(&out)
		enc.SetIndent(2)
		err := enc.Encode(map[string]any{name: value})
		if err == nil {
			err = enc.Close()
		}
		return err
	}
	if err := write("menu", len(c.Menu) == 0, "没有可以照搬的菜单。", c.Menu); err != nil {
		return nil, err
	}
	if err := write("answers", len(c.Answers) == 0, "没有可以照搬的自动回复。", c.Answers); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
