package main

import (
	"hash/fnv"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot/wechat/peer"
	"dangshi/store"
	"dangshi/store/storetest"
)

// TestClusterUnderLoad: two crowds answer all the time through two replicas of
// serve, one of which waits for the replicas of Redis, while a cluster of three
// masters and their replicas suffers one thing after the other and heals by
// itself. Nothing is counted twice, the board is that of the logs, every message
// gets an answer. What the crowd that waits was told is never lost; of the other
// one, what a master that died had not passed on, and nothing else.
//
// DANGSHI_TEST_CLUSTER=n takes a master away n times more, with its replica in step:
// killed, or hung until another one has its place; and tells what was lost.
func TestClusterUnderLoad(t *testing.T) {
	f := newFaultyCluster(t)
	t.Run("a master hands over", f.handOver)
	t.Run("a slot moves", f.moveSlot)
	t.Run("a master has too few replicas", f.tooFewReplicas)
	t.Run("the way to a master is closed", f.cut((*storetest.Proxy).Refuse))
	t.Run("the way to a master is silent", f.cut((*storetest.Proxy).BlackHole))
	t.Run("a master dies that its replica lags behind", f.killLagging)
	killed := map[int]bool{0: true}
	more, _ := strconv.Atoi(os.Getenv("DANGSHI_TEST_CLUSTER"))
	for i := range more {
		killed[i%3] = true
		if i%4 == 3 {
			t.Run("a master hangs", func(t *testing.T) { f.hang(t, i%3) })
		} else {
			t.Run("a master dies", func(t *testing.T) { f.kill(t, i%3) })
		}
	}
	f.carefree.leave()
	f.careful.leave()

	ranked, lost := f.carefree.settle(f.replicas[0])
	if len(lost) == 0 {
		t.Error("nothing was lost that only a dead master had: then it was not dead, or nobody answered")
	}
	for id, told := range lost {
		if !killed[third(id)] {
			t.Errorf("%s lost what was told at %v, and its master did not die", id, told)
		}
	}
	f.report(t, lost)
	rankedToo, lostToo := f.careful.settle(f.replicas[1])
	if len(lostToo) > 0 {
		t.Errorf("told after a replica had it, and lost: %v", lostToo)
	}
	verifyBoard(t, f.replicas[0], ranked+rankedToo)
}

// report says of each death how much of what was told it took along, and how long
// before it that was told.
func (f *faultyCluster) report(t *testing.T, lost map[string][]time.Time) {
	for i, death := range f.deaths {
		n, first := 0, time.Duration(0)
		for _, told := range lost {
			for _, at := range told {
				if at.Before(death.Add(time.Second)) && (i == 0 || at.After(f.deaths[i-1].Add(time.Second))) {
					n, first = n+1, max(first, death.Sub(at))
				}
			}
		}
		t.Logf("death %d: %d answers were told and lost, the first of them %v before", i+1, n, first.Round(time.Millisecond))
	}
}

// faultyCluster is a cluster with proxies on the way to it, and who uses it.
type faultyCluster struct {
	*storetest.ClusterServers
	replicas          []*replica
	proxies           [][]*storetest.Proxy // of each replica, in the order of Servers
	carefree, careful *crowd               // by DANGSHI_REDIS_WAIT: 0 and 1
	probes            int
	deaths            []time.Time // of masters
}

func newFaultyCluster(t *testing.T) *faultyCluster {
	f := &faultyCluster{ClusterServers: storetest.ReplicatedCluster(t)}
	for wait := range 2 {
		proxies, dial := f.FlakyDialer(t, uint64(wait))
		s := defaults()
		s.RedisURL, s.RedisWait = f.URL, wait
		f.replicas = append(f.replicas, startThrough(t, s, dial))
		f.proxies = append(f.proxies, proxies)
	}
	f.healed(t) // and the day's paper is drawn
	f.carefree = newCrowd(t, "Carefree", f.replicas[0].client(), 6)
	f.careful = newCrowd(t, "Careful", f.replicas[1].client(), 6)
	return f
}

// third is the third of the slots to which a member belongs.
func third(id string) int { return slotOf(id) * 3 / 16384 }

func slotOf(id string) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return shardSlot(int(h.Sum32() % store.ClusterShards))
}

// shardSlot is the slot of a shard: CRC16 of what is in braces, as the cluster's
// specification has it.
func shardSlot(shard int) int {
	tag := "s" + strconv.Itoa(shard)
	if shard < 10 {
		tag = "s0" + strconv.Itoa(shard)
	}
	crc := 0
	for _, b := range []byte(tag) {
		crc ^= int(b) << 8
		for range 8 {
			if crc <<= 1; crc&0x10000 != 0 {
				crc ^= 0x11021
			}
		}
	}
	return crc % 16384
}

// healed waits until a new member of each third is asked the first question by
// each replica.
func (f *faultyCluster) healed(t *testing.T) {
	t.Helper()
	began := time.Now()
	for i := range 3 {
		for _, r := range f.replicas {
			eventually(t, "members are served again", func() bool {
				id := ""
				for ok := false; !ok; ok = third(id) == i {
					f.probes++
					id = "oProbe" + strconv.Itoa(f.probes)
				}
				a, err := r.client().Send(t.Context(), peer.Text(id, "答题"))
				return err == nil && strings.Contains(a.Text, "第1题")
			})
		}
	}
	t.Logf("all are served again %v later", time.Since(began).Round(10*time.Millisecond))
}

// both waits until either crowd has been told n more, or read n more faults.
func (f *faultyCluster) both(what func(c *crowd) *int, n int) {
	for _, c := range []*crowd{f.carefree, f.careful} {
		c.await(what(c), n)
	}
}

func told(c *crowd) *int   { return &c.told }
func faults(c *crowd) *int { return &c.faults }

func (f *faultyCluster) handOver(t *testing.T) {
	f.both(told, 20)
	f.HandOver(t, 1)
	f.healed(t)
	f.AwaitInStep(t)
	f.both(told, 20)
}

func (f *faultyCluster) moveSlot(t *testing.T) {
	shard := 0
	for shardSlot(shard)*3/16384 != 2 {
		shard++
	}
	from, _ := f.Pair(t, 2)
	to, _ := f.Pair(t, 1)
	m := f.BeginMove(t, int64(shardSlot(shard)), from, to)
	m.Keys(t, 1)
	var there string // a member of the slot that is on its way
	for n := 0; there == "" || slotOf(there) != shardSlot(shard); n++ {
		there = "oThere" + strconv.Itoa(n)
	}
	mustSay(t, say(t, f.replicas[0].client(), there, "答题"), "开小差")
	for range 5 {
		m.Keys(t, 2)
		f.both(told, 5)
	}
	m.End(t)
	mustSay(t, say(t, f.replicas[0].client(), there, "答题"), "第1题")
	f.healed(t)
}

func (f *faultyCluster) tooFewReplicas(t *testing.T) {
	master, _ := f.Pair(t, 2)
	master.Do(t, "config", "set", "min-replicas-to-write", 2)
	f.both(faults, 3)
	master.Do(t, "config", "set", "min-replicas-to-write", 0)
	f.healed(t)
}

// cut breaks the network between the bot and one master, which all nodes still see.
func (f *faultyCluster) cut(how func(*storetest.Proxy)) func(t *testing.T) {
	return func(t *testing.T) {
		master, _ := f.Pair(t, 2)
		var through []*storetest.Proxy
		for i, s := range f.Servers {
			if s == master {
				through = []*storetest.Proxy{f.proxies[0][i], f.proxies[1][i]}
			}
		}
		for _, p := range through {
			how(p)
		}
		f.both(faults, 1)
		for _, p := range through {
			p.Heal(t)
		}
		f.healed(t)
	}
}

// killLagging kills a master when its replica has not heard of the last answers.
func (f *faultyCluster) killLagging(t *testing.T) {
	master, replica := f.Pair(t, 0)
	f.AwaitInStep(t)
	replica.Pause(t)
	master.Do(t, "client", "kill", "type", "replica") // else what lies in the socket would still arrive
	f.carefree.await(&f.carefree.thirds[0], 20)
	f.died(t, master, replica, func() { replica.Resume(t) })
}

func (f *faultyCluster) kill(t *testing.T, i int) {
	master, replica := f.Pair(t, i)
	f.AwaitInStep(t)
	f.both(func(c *crowd) *int { return &c.thirds[i] }, 20)
	f.died(t, master, replica, func() {})
}

// hang stops a master until its replica has taken over. When it wakes up it believes
// for a moment that it is still the one.
func (f *faultyCluster) hang(t *testing.T, i int) {
	master, replica := f.Pair(t, i)
	f.AwaitInStep(t)
	f.both(func(c *crowd) *int { return &c.thirds[i] }, 20)
	f.deaths = append(f.deaths, time.Now())
	master.Pause(t)
	f.AwaitMaster(t, replica)
	master.Resume(t)
	f.AwaitInStep(t)
	f.healed(t)
}

// died kills a master and brings it back when its replica has taken over.
func (f *faultyCluster) died(t *testing.T, master, replica *storetest.Server, then func()) {
	t.Helper()
	f.deaths = append(f.deaths, time.Now())
	master.Kill()
	then()
	f.AwaitMaster(t, replica)
	master.Start(t) // as its replica: the one that waits needs it
	f.AwaitInStep(t)
	f.healed(t)
}
