package main

import (
	"context"
	"net"
	"net/http"
	"reflect"
	"sync"

	"github.com/redis/go-redis/v9"
)

// requestCosts counts what the requests of the console ask of Redis, and nothing that
// works in the background.
type requestCosts struct {
	mu                 sync.Mutex
	commands, elements int
}

func (h *requestCosts) take() (commands, elements int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	commands, elements = h.commands, h.elements
	h.commands, h.elements = 0, 0
	return commands, elements
}

func (h *requestCosts) count(ctx context.Context, commands ...redis.Cmder) {
	if ctx.Value(http.ServerContextKey) == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range commands {
		h.commands++
		if v := reflect.ValueOf(c).MethodByName("Val"); v.IsValid() && v.Type().NumIn() == 0 {
			h.elements += elements(v.Call(nil)[0])
		}
	}
}

// elements are those of a list or map that Redis answered with.
func elements(v reflect.Value) int {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len()
	}
	return 0
}

func (h *requestCosts) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (h *requestCosts) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		h.count(ctx, cmd)
		return err
	}
}

func (h *requestCosts) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := next(ctx, cmds)
		h.count(ctx, cmds...)
		return err
	}
}
