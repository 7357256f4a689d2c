package calendar

import (
	"dangshi/admin/frame"
	"dangshi/content/files"
)

// export writes all items as a file that can be loaded again.
func (c *Calendar) export(v *frame.Visit) error {
	format := v.R.FormValue("format")
	if format != "xlsx" && format != "csv" && format != "jsonl" {
		return frame.Bad("只能导出成 xlsx、csv 或 jsonl。")
	}
	items, err := c.data.Items(v.Context())
	if err != nil {
		return err
	}
	v.File("条目-" + v.Now.Format("2006-01-02") + "." + format)
	return files.WriteItems(v.W, format, items)
}
