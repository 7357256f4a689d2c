package workbook

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxUnknown is how many formulas without a value are named.
const maxUnknown = 10_000

// cellAt is a cell by row and column, both from 1.
type cellAt struct{ row, column int }

// partsOf gives the part of each sheet by the sheet's name, in lower case.
func partsOf(z *zip.Reader) map[string]string {
	var book struct {
		Sheets []struct {
			Name string     `xml:"name,attr"`
			More []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	parts := map[string]string{}
	if !decode(z, "xl/workbook.xml", &book) || !decode(z, "xl/_rels/workbook.xml.rels", &links) {
		return parts
	}
	for _, s := range book.Sheets {
		for _, a := range s.More {
			for _, l := range links.All {
				if a.Name.Local == "id" && a.Value == l.ID {
					parts[strings.ToLower(s.Name)] = strings.ToLower(strings.TrimPrefix(path.Join("/xl", strings.ReplaceAll(l.Target, "/xl/", "")), "/"))
				}
			}
		}
	}
	return parts
}

func decode(z *zip.Reader, name string, into any) bool {
	for _, f := range z.File {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return false
		}
		defer in.Close()
		return xml.NewDecoder(in).Decode(into) == nil
	}
	return false
}

// unknown finds the cells of a part that hold a formula and no value: programs
// that compute nothing write such, and their text is not known.
func unknown(z *zip.Reader, name string) (map[cellAt]bool, error) {
	cells := map[cellAt]bool{}
	for _, f := range z.File {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return nil, damaged
		}
		defer in.Close()
		dec := xml.NewDecoder(in)
		var c cellScan
		for len(cells) < maxUnknown {
			token, err := dec.RawToken()
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, damaged
			}
			if at, empty := c.next(token); empty {
				cells[at] = true
			}
		}
	}
	return cells, nil
}

// cellScan follows the tokens of a sheet.
type cellScan struct {
	row, column    int
	formula, value bool
	inside         bool // of v or is
}

// next reports the cell that ends with a token where it has no value.
func (c *cellScan) next(token xml.Token) (at cellAt, empty bool) {
	switch t := token.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case "row":
			c.row, c.column = c.row+1, 0
		case "c":
			c.column++
			c.formula, c.value = false, false
			for _, a := range t.Attr {
				if column, row, err := excelize.CellNameToCoordinates(a.Value); a.Name.Local == "r" && err == nil {
					c.row, c.column = row, column
				}
			}
		case "f":
			c.formula = true
		case "v", "is":
			c.inside = true
		}
	case xml.CharData:
		c.value = c.value || c.inside && len(t) > 0
	case xml.EndElement:
		switch t.Name.Local {
		case "v", "is":
			c.inside = false
		case "c":
			return cellAt{c.row, c.column}, c.formula && !c.value
		}
	}
	return cellAt{}, false
}
