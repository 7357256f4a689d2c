package store

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	"dangshi/quiz"
)

// anyRecord draws records with every field of quiz.Member, those included that
// are added after this test was written.
func anyRecord() *rapid.Generator[quiz.Record] {
	return rapid.Custom(func(t *rapid.T) quiz.Record {
		r := quiz.Record{Member: rapid.Make[quiz.Member]().Draw(t, "member")}
		given := rapid.SliceOfN(rapid.Make[quiz.Given](), 0, quiz.MaxQuestions)
		if r.Member.Open.Given = given.Draw(t, "given"); len(r.Member.Open.Given) == 0 {
			r.Member.Open.Given = nil
		}
		if len(r.Member.Former) == 0 {
			r.Member.Former = nil
		}
		if len(r.Member.Read.Series) == 0 {
			r.Member.Read.Series = nil
		}
		n := rapid.Uint64Range(1, 1<<63).Draw(t, "version")
		r.Version = quiz.Version(protowire.AppendFixed64(nil, n))
		for range rapid.IntRange(0, quiz.RecentMessages).Draw(t, "messages") {
			r.Recent = append(r.Recent, quiz.Delivery{
				Key: rapid.Uint64().Draw(t, "key"), Sent: rapid.Int64Range(0, 1<<32-1).Draw(t, "sent"),
			})
		}
		for range rapid.IntRange(0, 2).Draw(t, "unknown") {
			number := protowire.Number(rapid.IntRange(1000, 1<<20).Draw(t, "number"))
			if rapid.Bool().Draw(t, "text") {
				r.Extra = protowire.AppendString(protowire.AppendTag(r.Extra, number, protowire.BytesType), rapid.String().Draw(t, "value"))
			} else {
				r.Extra = protowire.AppendFixed64(protowire.AppendTag(r.Extra, number, protowire.Fixed64Type), rapid.Uint64().Draw(t, "value"))
			}
		}
		return r
	})
}

func TestRecordComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRecord().Draw(t, "record")
		got, err := decodeRecord(encodeRecord(r))
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Fatalf("wrote %+v\nread %+v, %v", r, got, err)
		}
	})
}

// A record of a program that knew no Carry reads as one that begins with none.
func TestRecordWithoutCarry(t *testing.T) {
	older := "\x00\x00\x00\x00\x00\x00\x00\x01\x00" +
		"\x08\xe6\x9f\x01" + // joined
		"\x50\x09\x58\x02\x60\x01\x68\xee\x9f\x01" + // streak
		"\x72\x042026\x80\x01\x09" // season, days
	r, err := decodeRecord([]byte(older))
	want := quiz.Member{
		Joined: 20454, Streak: quiz.Streak{Length: 9, Toward: 2, Freezes: 1, Last: 20462},
		Totals: quiz.Totals{Season: "2026", Days: 9},
	}
	if err != nil || !reflect.DeepEqual(r.Member, want) {
		t.Errorf("%+v, %v", r.Member, err)
	}
	if again := encodeRecord(r); string(again) != older {
		t.Errorf("written again: %x", again)
	}
}

// A field is found by its number: the numbers stand for ever.
func TestFieldsAscend(t *testing.T) {
	var m quiz.Member
	last := protowire.Number(0)
	for _, f := range fieldsOf(&m) {
		if f.number <= last {
			t.Errorf("field %d stands after %d", f.number, last)
		}
		last = f.number
	}
}

// An older program must not lose what a newer one wrote.
func TestUnknownFieldsSurvive(t *testing.T) {
	r := quiz.Record{Version: "\x00\x00\x00\x00\x00\x00\x00\x07", Member: quiz.Member{Joined: 20454}}
	newer := protowire.AppendString(protowire.AppendTag(encodeRecord(r), 90, protowire.BytesType), "of a newer program")
	read, err := decodeRecord(newer)
	if err != nil {
		t.Fatal(err)
	}
	read.Member.Branch = "B01" // the older program changes what it knows
	again, err := decodeRecord(encodeRecord(read))
	if err != nil {
		t.Fatal(err)
	}
	_, _, n := protowire.ConsumeTag(again.Extra)
	if n < 0 {
		t.Fatal("the unknown field is gone")
	}
	value, _ := protowire.ConsumeString(again.Extra[n:])
	if value != "of a newer program" || again.Member.Branch != "B01" {
		t.Errorf("read %q and %+v", value, again.Member)
	}
}

func TestDecodeRecordFaults(t *testing.T) {
	version := "\x00\x00\x00\x00\x00\x00\x00\x01"
	for name, b := range map[string]string{
		"too short":               "\x00\x01",
		"no messages byte":        version,
		"another layout":          version + "\x20",
		"more messages than kept": version + "\x11" + string(make([]byte, 17*recentBytes)),
		"messages missing":        version + "\x02" + string(make([]byte, recentBytes)),
		"field cut off":           version + "\x00\x08",
		"number where text is":    version + "\x00\x10\x01",
		"text where a number is":  version + "\x00\x0a\x01a",
		"day out of range":        version + "\x00\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
		"answer cut off":          version + "\x00\x42\x01\xff",
		"eleven answers":          version + "\x00\x42\x0b" + string(bytes.Repeat([]byte{1}, 11)),
		"field number 0":          version + "\x00\x00\x00",
	} {
		if r, err := decodeRecord([]byte(b)); !errors.Is(err, ErrRecord) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if r, err := decodeRecord(nil); err != nil || !reflect.DeepEqual(r, quiz.Record{}) {
		t.Errorf("absent: %+v, %v", r, err)
	}
}

func TestNewVersion(t *testing.T) {
	seen := map[quiz.Version]bool{}
	for range 10_000 {
		v := newVersion()
		if len(v) != versionBytes || seen[v] {
			t.Fatalf("version %x is no new one", v)
		}
		seen[v] = true
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte{})
	f.Add(encodeRecord(quiz.Record{Version: "\x00\x00\x00\x00\x00\x00\x00\x01"}))
	f.Add(encodeRecord(quiz.Record{
		Version: "\x00\x00\x00\x00\x00\x00\x01\x02",
		Recent:  []quiz.Delivery{{Key: 1 << 60, Sent: 1767225600}},
		Member: quiz.Member{Joined: 20454, Branch: "B01", Open: quiz.Attempt{
			Day: 20455, Version: 1, Given: []quiz.Given{{Letters: 5, Pace: 3}, {Hash: 0x8001}}, AskedAt: 1767225600,
		}},
		Extra: []byte{0xd2, 0x05, 0x01, 'x'},
	}))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeRecord(b)
		if err != nil {
			if !errors.Is(err, ErrRecord) {
				t.Fatalf("another error than ErrRecord: %v", err)
			}
			return
		}
		if len(b) == 0 {
			return
		}
		again, err := decodeRecord(encodeRecord(r))
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("%x reads as %+v, written and read again %+v, %v", b, r, again, err)
		}
	})
}
