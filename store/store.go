// Package store keeps everything that lasts, in Redis: members with their
// answer logs, the boards, frozen papers, voided days and the library. It holds
// no rule of the quiz: what is written was decided by package quiz, and what is
// derived can be computed again by quiz.Replay.
//
// All that belongs to one member lies in one slot and is written by one script
// in one step, so that a crash at any moment leaves either the old state or the
// new one.
package store

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// Options say where the data are and of which kind.
type Options struct {
	URL     string // see parseURL: redis://…, rediss://…, redis://h1,h2,h3/?cluster=true
	Sandbox bool   // the data of a sandbox; they never mix with real ones

	// Existing opens data of either kind as they are and decides nothing about
	// them; Sandbox is not looked at. Where no data are, Open fails with ErrNoData.
	Existing bool

	// Damaged is told of an entry of the library that cannot be read, such as
	// question:q12, each time it is left out; it must bear being called by several
	// goroutines. nil: nobody is told.
	Damaged func(entry string, err error)

	// Behind is told when the library has changed and could not be read anew, while the
	// former one is used on, see LibraryStaleness; it must bear being called by several
	// goroutines. nil: nobody is told.
	Behind func(error)

	// Timeout of one command; 0: 1 s, which leaves room for a second attempt within
	// the 4 s in which a member gets an answer. Where nobody waits for an answer,
	// such as in an export of a million members, it may be longer; so may then be
	// Staleness.
	Timeout time.Duration

	// Rehearsal is the secret of a simulation's data, 32 bytes: the same one gives the
	// same papers and labels. nil: an installation, which draws its own. See Rehearse.
	Rehearsal []byte

	// Wait is how many replicas must have a write before it counts as written: only
	// then a member is told. One that too few of them acknowledge within half a
	// second gives quiz.ErrUnknown, and looking for it quiz.ErrUnavailable until they
	// do. 0: none; then a master that dies may take its last writes along.
	Wait int

	// Serves says that answers are given from the data: no backup is restored into
	// them meanwhile.
	Serves bool

	// Holder names this process to people where it claims something, see Alone; empty:
	// it has no name.
	Holder string

	// Dial makes connections; nil: the network. Tests put a proxy in between.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	restoring bool // see RestoreBackup
}

// Time limits of one command and of a connection, see Options.Timeout.
const (
	dialTimeout = time.Second
	ioTimeout   = time.Second
)

// poolSize bounds the connections to each server. Connections are made when
// needed, so that 1,000 requests at a time wait for Redis, never for one another.
const poolSize = 1024

// maxDials bounds how many connections are made at the same moment: more would
// overflow the server's queue of new ones (511), and those wait a second.
const maxDials = 128

// Store is a connection to the data of one installation. It may be used by many
// goroutines.
type Store struct {
	client    redis.UniversalClient
	lanes     *lanes        // on which commands share round trips
	timeout   time.Duration // see Options
	wait      int           // see Options
	holder    string        // see Options
	pin       pin
	restoring bool // see RestoreBackup
	commit    script
	freeze    script
	put       script
	turn      script
	help      script
	append    script
	practice  script
	erase     script
	remind    script
	due       script
	pointers  script
	move      script
	pace      script
	claiming  script
	draft     script
	note      script
	keep      script
	sweep     script
	undo      script

	push, sim, accounts Documents

	gens     gens
	shared   shared
	voids    cached[quiz.Voids]
	rulings  cached[ruled]
	branches cached[*quiz.Branches]
	library  follower
	tally    cached[quiz.Tally]
	honours  cached[honoured]
	papers   paperCache
	recent   recent

	damaged func(entry string, err error) // see Options
	settle  func(context.Context) error   // see Rebuild

	claimLife time.Duration // see Alone; shorter in tests
	undoRoom  int           // see keepUndo; smaller in tests
}

// Open connects, checks that the data are of the kind and the number of shards
// that is expected, and pins both at the very first start; see Options.Existing.
// Errors about what the operator can mend are Chinese sentences and hold no
// password.
func Open(ctx context.Context, o Options) (*Store, error) {
	a, err := parseURL(o.URL)
	if err != nil {
		return nil, err
	}
	timeout := cmp.Or(o.Timeout, ioTimeout)
	name := ""
	if o.Serves {
		name = serveName
	}
	s := &Store{
		client: connect(a, timeout, o.Dial, name), timeout: timeout, wait: o.Wait, holder: o.Holder, restoring: o.restoring,
		commit: newScript(commitLua), freeze: newScript(freezeLua), put: newScript(putLua), turn: newScript(turnLua), help: newScript(helpLua),
		append: newScript(appendLua), practice: newScript(practiceLua), erase: newScript(eraseLua), remind: newScript(remindLua), due: newScript(dueLua), pointers: newScript(switchLua), move: newScript(moveLua), pace: newScript(paceLua), claiming: newScript(claimLua),
		draft: newScript(draftLua), note: newScript(noteLua), keep: newScript(keepLua), sweep: newScript(sweepLua), undo: newScript(undoLua), // seldom used: not loaded beforehand
		papers:  newPaperCache(),
		recent:  recent{silence: recentSilence, clock: steady()},
		damaged: o.Damaged, settle: waitToSettle, claimLife: claimLife, undoRoom: undoRoom,
	}
	if s.damaged == nil {
		s.damaged = func(string, error) {}
	}
	s.library = follower{read: s.readLibrary, tell: o.Behind, clock: time.Now}
	s.lanes = newLanes(s.client)
	s.openDocuments()
	if err := s.start(ctx, a, o); err != nil {
		s.client.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) start(ctx context.Context, a address, o Options) error {
	if err := s.probe(ctx, a); err != nil {
		return err
	}
	for _, sc := range []script{s.commit, s.freeze, s.put, s.turn, s.help, s.append, s.practice, s.erase, s.remind, s.due, s.pointers, s.move, s.pace, s.claiming} {
		if err := s.client.ScriptLoad(ctx, sc.source).Err(); err != nil {
			return fmt.Errorf("%w: %w", quiz.ErrUnavailable, err)
		}
	}
	if o.Existing {
		return s.readPin(ctx, a.shards())
	}
	return s.takePin(ctx, a.shards(), o)
}

// Close ends all connections.
func (s *Store) Close() error { return s.client.Close() }

// Client is the connection itself, for what is built on go-redis: sessions,
// rate limits, locks.
func (s *Store) Client() redis.UniversalClient { return s.client }

// Shards is the number of shards that was pinned at the first start.
func (s *Store) Shards() int { return s.pin.Shards }

// Sandbox reports whether the data were pinned as those of a sandbox.
func (s *Store) Sandbox() bool { return s.pin.Kind == kindOf(true) }

// Created is when the data were begun, by wall time.
func (s *Store) Created() time.Time { return s.pin.Created }

// Secret is the installation's secret: 32 random bytes, pinned at the first
// start, for pseudonyms, receipts and drawings.
func (s *Store) Secret() []byte { return append([]byte(nil), s.pin.Secret...) }

// Ping reports whether Redis answers and still holds the data that were opened. On
// a cluster that is the node that holds what all members share. Errors:
// quiz.ErrUnavailable, and inside it ErrNoData where Redis was emptied while this
// program ran, ErrOtherData where its data were replaced, ErrPassword.
func (s *Store) Ping(ctx context.Context) error {
	return s.samePin(s.client.Get(ctx, pinKey()))
}

func (s *Store) shard(id string) int { return shardOf(id, s.pin.Shards) }

// connect makes the client, under a name by which others see it ("": none); nothing is
// sent yet. The library must not send a
// command a second time: what may have been written is for the caller to find
// out. On a cluster it follows redirects (MaxRedirects) and repeats reads;
// writes by script are marked never to be repeated, see once.
func connect(a address, timeout time.Duration, dial func(context.Context, string, string) (net.Conn, error), name string) redis.UniversalClient {
	if a.cluster {
		cluster := redis.NewClusterClient(&redis.ClusterOptions{
			Addrs: a.hosts, Username: a.user, Password: a.password, Dialer: dialer(dial, a.tls),
			Protocol: 2, DisableIdentity: true, ClientName: name, MaintNotificationsConfig: withoutMaintenance(),
			DialTimeout: dialTimeout, ReadTimeout: timeout, WriteTimeout: timeout,
			ContextTimeoutEnabled: true, DialerRetries: 1, MaxRetries: -1,
			DisableRoutingPolicies:     true,            // an MGET in one slot is one command
			ClusterStateReloadInterval: 2 * time.Second, // a failed master is found within this time
			PoolSize:                   poolSize, MaxConcurrentDials: maxDials, PipelinePoolSize: -1, ConnMaxIdleTime: 5 * time.Minute,
			ReadBufferSize: 8 << 10, WriteBufferSize: 8 << 10,
		})
		cluster.OnNewNode(func(node *redis.Client) { node.AddHook(notTaken{}) })
		return cluster
	}
	single := redis.NewClient(&redis.Options{
		Addr: a.hosts[0], DB: a.db, Username: a.user, Password: a.password, Dialer: dialer(dial, a.tls),
		Protocol: 2, DisableIdentity: true, ClientName: name, MaintNotificationsConfig: withoutMaintenance(),
		DialTimeout: dialTimeout, ReadTimeout: timeout, WriteTimeout: timeout,
		ContextTimeoutEnabled: true, DialerRetries: 1, MaxRetries: -1,
		PoolSize: poolSize, MaxConcurrentDials: maxDials, PipelinePoolSize: -1, ConnMaxIdleTime: 5 * time.Minute,
		ReadBufferSize: 8 << 10, WriteBufferSize: 8 << 10,
	})
	single.AddHook(notTaken{})
	return single
}

func dialer(dial func(context.Context, string, string) (net.Conn, error), encrypt bool) func(context.Context, string, string) (net.Conn, error) {
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, dialError{err}
		}
		if !encrypt {
			return conn, nil
		}
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			conn.Close()
			return nil, dialError{err}
		}
		secure := tls.Client(conn, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, dialError{err}
		}
		return secure, nil
	}
}

// unreached is quiz.ErrUnavailable in the words of its cause alone.
type unreached struct{ error }

func (u unreached) Unwrap() []error { return []error{quiz.ErrUnavailable, u.error} }

// probe tells the mistakes of an address apart, each in a sentence that says
// what to do.
func (s *Store) probe(ctx context.Context, a address) error {
	err := s.client.Ping(ctx).Err()
	switch {
	case err == nil:
	case wrongPassword(err):
		return ErrPassword
	case redis.HasErrorPrefix(err, "MISCONF"): // so it answers even a PING
		return unreached{errors.New("这个 Redis 写不进磁盘，多半是磁盘满了，现在不接受答题；请腾出空间")}
	case strings.Contains(err.Error(), "cluster support disabled"):
		return errors.New("这个 Redis 不是集群，请去掉地址里的 ?cluster=true")
	case strings.Contains(err.Error(), "DB index is out of range"):
		return fmt.Errorf("这个 Redis 没有 %d 号数据库", a.db)
	default:
		return fmt.Errorf("连不上 Redis（%s）：%w", strings.Join(a.hosts, ","), unreached{err})
	}
	if a.cluster {
		return nil
	}
	info, err := s.client.Info(ctx, "cluster").Result()
	if err == nil && strings.Contains(info, "cluster_enabled:1") {
		return errors.New("这个 Redis 是集群的一个节点，请在地址最后加上 /?cluster=true")
	}
	return nil // a server without this section of INFO is no cluster
}
