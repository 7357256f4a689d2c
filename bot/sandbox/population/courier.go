package population

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dangshi/bot/wechat/peer"
)

// patience is how long a delivery waits, as WeChat does.
const patience = 5 * time.Second

// courier brings messages to the webhook as WeChat does: signed, and again where no
// answer came.
type courier struct {
	client peer.Client

	deliveries, repeats, lost, late atomic.Int64

	mu   sync.Mutex
	took []uint32 // microseconds of each delivery that was answered
}

func newCourier(client peer.Client, connections int) *courier {
	client.HTTP = &http.Client{Timeout: patience, Transport: &http.Transport{
		MaxIdleConns: 8 * connections, MaxIdleConnsPerHost: 8 * connections, DisableCompression: true,
		ReadBufferSize: 8 << 10, WriteBufferSize: 4 << 10,
	}}
	return &courier{client: client}
}

// close lets go of the connections.
func (c *courier) close() { c.client.HTTP.CloseIdleConnections() }

// delivered is what came of one delivery: the reply's text, or what WeChat would tell the
// member is out of order.
type delivered struct {
	text  string
	wrong string
}

// deliver delivers once.
func (c *courier) deliver(ctx context.Context, f peer.Fields, took *[]uint32) delivered {
	c.deliveries.Add(1)
	begun := time.Now()
	a, err := c.client.Send(ctx, f)
	if took != nil {
		*took = append(*took, uint32(min(time.Since(begun).Microseconds(), 1<<32-1)))
	}
	switch {
	case err != nil:
		return delivered{wrong: err.Error()}
	case a.Status != http.StatusOK:
		return delivered{wrong: "状态码 " + itoa(a.Status) + "：" + strings.TrimSpace(string(a.Body))}
	}
	return delivered{text: a.Text}
}

// hangUp delivers once and breaks the connection as soon as the message has left.
func (c *courier) hangUp(ctx context.Context, f peer.Fields) {
	c.deliveries.Add(1)
	c.lost.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { cancel() }})
	_, _ = c.client.Send(ctx, f) // whatever comes, nobody reads it
}

// atOnce delivers several messages at the same moment, each over a connection of its
// own; the replies come in their order.
func (c *courier) atOnce(ctx context.Context, fs ...peer.Fields) []delivered {
	all := make([]delivered, len(fs))
	var wg sync.WaitGroup
	for i, f := range fs {
		wg.Go(func() { all[i] = c.deliver(ctx, f, nil) })
	}
	wg.Wait()
	return all
}

// add takes the times that one worker measured.
func (c *courier) add(took []uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took = append(c.took, took...)
}
