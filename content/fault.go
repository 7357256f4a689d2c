package content

import (
	"fmt"
	"strings"
)

// Fault is one thing that is wrong in a file, with the place where to mend it.
type Fault struct {
	File    string
	Row     int    // counted from 1; 0: the file as a whole
	Field   string // column or JSON field; empty: the row as a whole
	About   string // how the question begins, where people see no numbers of rows; empty: not said
	Problem string // what is wrong and what to do, one sentence for people, in Chinese
}

func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Row > 0 {
		fmt.Fprintf(&b, " 第%d行", f.Row)
	}
	if f.Field != "" {
		fmt.Fprintf(&b, " [%s]", f.Field)
	}
	b.WriteString(": ")
	b.WriteString(f.Problem)
	if f.About != "" {
		b.WriteString("（题目：" + f.About + "）")
	}
	return b.String()
}

// Faults are all the faults of what was loaded; as an error it prints one a line.
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}
