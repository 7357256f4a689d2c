package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Durability looks whether what Redis has confirmed survives its restart, on
// every master of a cluster. warning is empty where it does, else a sentence in
// Chinese that says what may be lost and what to set; where the server does not
// let itself be asked, as managed ones do not, it says so. An error means that a
// server was not reached.
func Durability(ctx context.Context, client redis.UniversalClient) (warning string, err error) {
	nodes, err := masters(ctx, client)
	if err != nil {
		return "", err
	}
	var warnings []string
	for _, node := range nodes {
		w, err := nodeDurability(ctx, node)
		if err != nil {
			return "", fmt.Errorf("ask Redis how it keeps its data: %w", err)
		}
		if w != "" && len(nodes) > 1 {
			w = node.Options().Addr + ": " + w
		}
		if w != "" {
			warnings = append(warnings, w)
		}
	}
	return strings.Join(warnings, "\n"), nil
}

// DurabilityOf is Durability of the server at an address, also where it holds no
// data yet and nothing is to be pinned. Errors are those of Open about the way
// there.
func DurabilityOf(ctx context.Context, url string) (warning string, err error) {
	a, err := parseURL(url)
	if err != nil {
		return "", err
	}
	s := &Store{client: connect(a, ioTimeout, nil, "")}
	defer s.Close()
	if err := s.probe(ctx, a); err != nil {
		return "", err
	}
	return Durability(ctx, s.client)
}

// DurabilityUnknown is the warning about a server that does not let itself be
// asked.
const DurabilityUnknown = "这个 Redis 不允许查看它怎样保存数据，请向提供者确认已开启持久化（appendonly yes）"

func nodeDurability(ctx context.Context, node *redis.Client) (string, error) {
	aof, asked, err := appendOnly(ctx, node)
	if err != nil || !asked {
		return DurabilityUnknown, err
	}
	var warnings []string
	if !aof {
		save, known, err := setting(ctx, node, "save")
		switch {
		case err != nil:
			return "", err
		case known && save == "":
			warnings = append(warnings, "这个 Redis 不保存数据，一旦重启，所有答题记录都会丢失。请在它的配置里写上 appendonly yes")
		default:
			warnings = append(warnings, "这个 Redis 只是隔一段时间存一次快照，一旦断电，最近的答题记录会丢失。请在它的配置里写上 appendonly yes")
		}
	}
	policy, _, err := setting(ctx, node, "maxmemory-policy")
	if err != nil {
		return "", err
	}
	switch {
	case strings.HasPrefix(policy, "allkeys-"):
		warnings = append(warnings, "这个 Redis 内存不够时会自行删除答题记录（maxmemory-policy "+policy+"）。请改成 noeviction")
	case strings.HasPrefix(policy, "volatile-"): // the ledgers of runs to members expire
		warnings = append(warnings, "这个 Redis 内存不够时会自行删除推送的账本，会有人收到两次（maxmemory-policy "+policy+"）。请改成 noeviction")
	}
	full, err := fullness(ctx, node)
	return strings.Join(append(warnings, full...), "\n"), err
}

// nearFull is the part of the memory limit, in percent, from which on the operator
// is told.
const nearFull = 90

// fullness tells where Redis takes no more answers, or soon will not.
func fullness(ctx context.Context, node *redis.Client) (warnings []string, err error) {
	info, err := node.Info(ctx, "memory", "persistence", "replication").Result()
	if err != nil {
		if isRefusal(err) {
			err = nil
		}
		return nil, err
	}
	if strings.Contains(info, "slave_read_only:1") {
		warnings = append(warnings, "这是一个从节点，只能读，不接受答题。请在地址里写主节点")
	}
	if strings.Contains(info, "aof_last_write_status:err") {
		warnings = append(warnings, "这个 Redis 写不进磁盘，多半是磁盘满了，现在不接受答题。请腾出空间")
	}
	for _, sign := range []string{"rdb_last_bgsave_status:err", "aof_last_bgrewrite_status:err"} {
		if strings.Contains(info, sign) {
			warnings = append(warnings, "这个 Redis 上一次没能写好它的文件（"+sign+"），长此以往会丢答题记录。请看它的磁盘是否满了、目录能不能写")
			break
		}
	}
	most, used := infoNumber(info, "maxmemory"), infoNumber(info, "used_memory")
	if most > 0 && used/most >= nearFull/100.0 {
		warnings = append(warnings, fmt.Sprintf("这个 Redis 的内存用了上限的 %.0f%%，满了就不接受答题。请加大 maxmemory，或换内存大的机器", 100*used/most))
	}
	return warnings, nil
}

// infoNumber is a number in the answer of INFO; 0 where it is not there.
func infoNumber(info, name string) float64 {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			n, _ := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return n
		}
	}
	return 0
}

// appendOnly asks by INFO, which is allowed more often than CONFIG; asked is
// false where the server does not say.
func appendOnly(ctx context.Context, node *redis.Client) (on, asked bool, err error) {
	info, err := node.Info(ctx, "persistence").Result()
	if err != nil && !isRefusal(err) {
		return false, false, err
	}
	switch {
	case strings.Contains(info, "aof_enabled:1"):
		return true, true, nil
	case strings.Contains(info, "aof_enabled:0"):
		return false, true, nil
	}
	value, known, err := setting(ctx, node, "appendonly")
	return value == "yes", known, err
}

// setting asks for one setting; known is false where the server does not say.
func setting(ctx context.Context, node *redis.Client, name string) (value string, known bool, err error) {
	all, err := node.ConfigGet(ctx, name).Result()
	if isRefusal(err) {
		return "", false, nil
	}
	value, known = all[name]
	return value, known, err
}

// isRefusal reports whether the server answered, and said no.
func isRefusal(err error) bool {
	var refused redis.Error
	return errors.As(err, &refused)
}
