package frame

import (
	"net/url"
	"strconv"
)

// Pager is the data of the part "pager".
type Pager struct {
	Page, Pages int
	Prev, Next  string
}

// Page is the page asked for, from 1.
func (v *Visit) Page() int {
	n, err := strconv.Atoi(v.R.FormValue("page"))
	if err != nil || n < 1 || n > 1<<20 {
		return 1
	}
	return n
}

// Pager leads through all entries, so many on a page, by the address asked for.
func (v *Visit) Pager(all, each int) Pager {
	p := Pager{Page: v.Page(), Pages: max(1, (all+each-1)/each)}
	link := func(page int) string {
		q := url.Values{}
		for name, values := range v.R.URL.Query() {
			q[name] = values
		}
		q.Set("page", strconv.Itoa(page))
		return v.R.URL.Path + "?" + q.Encode()
	}
	p.Prev, p.Next = link(p.Page-1), link(p.Page+1)
	return p
}
