package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// masters are the servers that together hold all keys.
func masters(ctx context.Context, client redis.UniversalClient) ([]*redis.Client, error) {
	switch c := client.(type) {
	case *redis.Client:
		return []*redis.Client{c}, nil
	case *redis.ClusterClient:
		found := make(chan *redis.Client)
		failed := make(chan error, 1)
		go func() {
			failed <- c.ForEachMaster(ctx, func(_ context.Context, node *redis.Client) error {
				found <- node
				return nil
			})
			close(found)
		}()
		var nodes []*redis.Client
		for node := range found {
			nodes = append(nodes, node)
		}
		slices.SortFunc(nodes, func(a, b *redis.Client) int { return cmp.Compare(a.Options().Addr, b.Options().Addr) })
		if err := <-failed; err != nil {
			return nil, fmt.Errorf("find the masters of the cluster: %w", err)
		}
		return nodes, nil
	}
	return nil, fmt.Errorf("a client of type %T cannot be dumped", client)
}

// compareGrouped sorts keys so that those of one hash tag are side by side, and
// among them those of one group.
func compareGrouped(a, b string) int {
	return cmp.Or(compareGroups(a, b), strings.Compare(a, b))
}

// compareGroups is 0 for keys of one group: the same hash tag and last part.
func compareGroups(a, b string) int {
	return cmp.Or(strings.Compare(hashTag(a), hashTag(b)), strings.Compare(lastPart(a), lastPart(b)))
}

// hashTag is the part of a key that decides its slot, by the rule of Redis
// Cluster: what stands between the first { and the next }, or the whole key.
func hashTag(key string) string {
	_, after, found := strings.Cut(key, "{")
	if tag, _, closed := strings.Cut(after, "}"); found && closed && tag != "" {
		return tag
	}
	return key
}

func lastPart(key string) string { return key[strings.LastIndexByte(key, ':')+1:] }

// keyFamily names a key in errors without its last part, which may be a
// member's id.
func keyFamily(key string) string {
	return strconv.Quote(key[:strings.LastIndexByte(key, ':')+1] + "…")
}

// inGroup returns those of sorted that belong to the group of key.
func inGroup(sorted []string, key string) []string {
	from, _ := slices.BinarySearchFunc(sorted, key, compareGroups)
	to := from
	for to < len(sorted) && compareGroups(sorted[to], key) == 0 {
		to++
	}
	return sorted[from:to]
}
