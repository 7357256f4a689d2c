package workbook

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/xuri/excelize/v2"

	"dangshi/content"
)

// TestReadMoves: columns in any order, with others beside them.
func TestReadMoves(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	for i, row := range [][]any{{"新openid", "原openid", "备注"}, {"nA_1", "oA-1", ""}, {"nB", "oB", "x"}} {
		if err := x.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	var book bytes.Buffer
	if err := x.Write(&book); err != nil {
		t.Fatal(err)
	}
	f := ReadMoves("f", book.Bytes())
	want := []content.Move{{Old: "oA-1", New: "nA_1"}, {Old: "oB", New: "nB"}}
	if got := content.Values(f.Moves); f.Err() != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, f.Err())
	}
}
