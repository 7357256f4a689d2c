package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc64"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/store/storetest"
)

// sealed is a dump of the commands given, with header and trailer.
func sealed(commands ...[]string) []byte {
	var b bytes.Buffer
	w := newDumpWriter(&b, nil)
	for _, c := range commands {
		w.stats.Commands++
		w.write(c) // as it is: command would refuse what is wrong
	}
	if _, err := w.finish(); err != nil {
		panic(err) // a Buffer does not fail
	}
	return b.Bytes()
}

func smallDump() []byte {
	return sealed(
		[]string{"SET", "k", "v"}, []string{"PEXPIREAT", "k", "4102444800000"},
		[]string{"DEL", "z"}, []string{"ZADD", "z", "inf", "m", "96636764160000", "n"},
		[]string{"DEL", "gone"})
}

// refused checks that a dump is refused with a place and that nothing of it was
// loaded.
func refused(t *testing.T, client *redis.Client, dump []byte) *DumpError {
	t.Helper()
	var damage *DumpError
	if _, err := Restore(t.Context(), client, bytes.NewReader(dump), nil); !errors.As(err, &damage) {
		t.Fatalf("%q: %v", dump, err)
	}
	if n := client.DBSize(t.Context()).Val(); n != 0 {
		t.Fatalf("%q was refused (%v) after %d keys were written", dump, damage, n)
	}
	return damage
}

func TestRestoreRefusesEveryTruncation(t *testing.T) {
	client := dumpClient(t, storetest.Miniredis(t).Addr())
	whole := smallDump()
	for n := range whole {
		if d := refused(t, client, whole[:n]); d.Offset != int64(n) {
			t.Fatalf("cut after %d bytes, reported at %d: %v", n, d.Offset, d)
		}
	}
	refused(t, client, append(bytes.Clone(whole), '\n'))
	mustRestore(t, client, whole)
}

// TestRestoreReadsAllBeforeItWrites: a dump of many round trips, damaged at its
// very end.
func TestRestoreReadsAllBeforeItWrites(t *testing.T) {
	client := dumpClient(t, storetest.Miniredis(t).Addr())
	commands := make([][]string, 5*restoreCommands)
	for i := range commands {
		commands[i] = []string{"SET", strconv.Itoa(i), "v"}
	}
	whole := sealed(commands...)
	refused(t, client, whole[:len(whole)-1])
	mustRestore(t, client, whole)
}

func TestRestoreRefusesEveryFlippedBit(t *testing.T) {
	client := dumpClient(t, storetest.Miniredis(t).Addr())
	whole := smallDump()
	for i := range whole {
		for bit := range 8 {
			damaged := bytes.Clone(whole)
			damaged[i] ^= 1 << bit
			refused(t, client, damaged)
		}
	}
}

func TestRestoreSaysWhatIsWrong(t *testing.T) {
	client := dumpClient(t, storetest.Miniredis(t).Addr())
	head := int64(len(appendCommand(nil, []string{"PING", dumpHeader})))
	for _, c := range []struct {
		dump    []byte
		offset  int64
		problem string
	}{
		{nil, 0, "文件是空的"},
		{[]byte("id,stem\n"), 0, "应为“*”"},
		{appendCommand(nil, []string{"PING", "dangshi-dump 3"}), 0, "更新的版本"},
		{appendCommand(nil, []string{"SET", "a", "b"}), 0, "不是本程序写的"},
		{sealed([]string{"FLUSHALL", "x"}), head, "不认识的命令"},
		{sealed([]string{"set", "a", "b"}), head, "不认识的命令"},
		{sealed([]string{"SET", "a"}), head, "参数个数"},
		{sealed([]string{"SET", "a", "b", "GET"}), head, "参数个数"},
		{sealed([]string{"DEL", "a", "b"}), head, "参数个数"},
		{sealed([]string{"HSET", "a", "f", "v"}), head, "没有它的键"},
		{sealed([]string{"DEL", "a"}, []string{"HSET", "a", "f"}), head + 20, "参数个数"},
		{sealed([]string{"DEL", "a"}, []string{"RPUSH", "b", "f"}), head + 20, "没有它的键"},
		{sealed([]string{"SET", "a", "b"}, []string{"SADD", "a", "f"}), head + 27, "两种类型"},
		{sealed([]string{"DEL", "a"}, []string{"ZADD", "a", "nan", "m"}), head + 20, "分数"},
		{sealed([]string{"DEL", "a"}, []string{"ZADD", "a", "01", "m"}), head + 20, "分数"},
		{sealed([]string{"DEL", "a"}, []string{"PEXPIREAT", "a", "1"}), head + 20, "没有内容"},
		{sealed([]string{"SET", "a", "b"}, []string{"PEXPIREAT", "a", "+1"}), head + 27, "过期时间"},
		{sealed([]string{"SET", "a", "b"}, []string{"PEXPIREAT", "a", "253402300800000"}), head + 27, "过期时间"},
		{[]byte("*1\r\n$99999999999999999999\r\n"), 4, "长度"},
		{[]byte("*4097\r\n"), 0, "长度"},
		{[]byte("*01\r\n"), 2, "应为数字"},
		{[]byte("*0\r\n"), 4, "空的命令"},
		{[]byte("*1\r\n$1\r\nab\n"), 9, "应为换行"},
		{bytes.Replace(smallDump(), []byte("dangshi-end 5 "), []byte("dangshi-end 4 "), 1), int64(len(smallDump())) - 51, "校验和"},
	} {
		d := refused(t, client, c.dump)
		if d.Offset != c.offset || !strings.Contains(d.Problem, c.problem) {
			t.Errorf("%q:\n%v\nwant %q at %d", c.dump, d, c.problem, c.offset)
		}
	}
}

func TestRestoreStopsWithItsContext(t *testing.T) {
	client := dumpClient(t, storetest.Miniredis(t).Addr())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Restore(ctx, client, bytes.NewReader(smallDump()), nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// FuzzRestore: whatever the bytes, the reader does not panic and loads all or
// nothing. Since hardly any input has the right checksum, each is also tried
// with a right header and trailer around it; what is accepted then, the server
// must accept, and a dump of it loads again.
func FuzzRestore(f *testing.F) {
	f.Add(smallDump())
	f.Add(appendCommand(nil, []string{"SET", "a", "b"}))
	f.Add(appendCommand(appendCommand(nil, []string{"DEL", "a"}), []string{"HSET", "a", "f", "v"}))
	f.Add(appendCommand(appendCommand(nil, []string{"DEL", "a"}), []string{"ZADD", "a", "-inf", "v"}))
	f.Add([]byte("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$67108864\r\n"))
	client := dumpClient(f, storetest.Miniredis(f).Addr())
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, dump := range [][]byte{data, sealBytes(data)} {
			must(t, client.FlushAll(context.Background()).Err())
			stats, err := Restore(context.Background(), client, bytes.NewReader(dump), nil)
			var damage *DumpError
			switch {
			case err == nil:
				checkLoaded(t, client, dump, stats)
			case !errors.As(err, &damage):
				t.Fatalf("what was checked is refused by the server: %v", err)
			case damage.Offset < 0 || damage.Offset > int64(len(dump)):
				t.Fatalf("%v in %d bytes", damage, len(dump))
			case client.DBSize(context.Background()).Val() != 0:
				t.Fatalf("half-loaded: %v", err)
			}
		}
	})
}

// sealBytes puts data between a header and the trailer that fits if data are
// whole commands.
func sealBytes(data []byte) []byte {
	head := appendCommand(nil, []string{"PING", dumpHeader})
	body := append(head, data...)
	commands := bytes.Count(data, []byte("SET\r\n")) + bytes.Count(data, []byte("DEL\r\n")) +
		bytes.Count(data, []byte("ADD\r\n")) + bytes.Count(data, []byte("RPUSH\r\n")) + bytes.Count(data, []byte("PEXPIREAT\r\n"))
	return appendCommand(body, []string{"PING", DumpStats{Commands: commands, Sum: fmt.Sprintf("%016x", crc64.Checksum(body, crcTable))}.seal()})
}

func checkLoaded(t *testing.T, client *redis.Client, dump []byte, stats DumpStats) {
	t.Helper()
	if int(stats.Bytes) != len(dump) {
		t.Fatalf("%d bytes, read %d", len(dump), stats.Bytes)
	}
	again := mustDump(t, client)
	mustRestore(t, client, again)
	if third := mustDump(t, client); !bytes.Equal(again, third) {
		t.Fatalf("%q\n%q", again, third)
	}
}
