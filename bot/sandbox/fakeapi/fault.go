package fakeapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Fault makes calls go wrong. Faults belong to this process and end with it.
type Fault struct {
	Path    string `json:"path"`    // prefix of the paths it meets, as /cgi-bin/message/mass; "": all
	Code    int    `json:"code"`    // errcode of the answer; 0 only with Hang or Drop
	Message string `json:"message"` // errmsg; "": the code's
	Times   int    `json:"times"`   // how many calls it meets; 0: one; below 0: all until ClearFaults
	Before  bool   `json:"before"`  // the call takes no effect; so it is, too, where neither is set
	After   bool   `json:"after"`   // the call takes effect, its answer is lost
	Hang    bool   `json:"hang"`    // nothing is answered until the client gives up
	Drop    bool   `json:"drop"`    // the connection is cut without an answer
}

// maxFaults bounds how many a page may arm.
const maxFaults = 100

// cuts reports whether there is no answer at all.
func (f Fault) cuts() bool { return f.Hang || f.Drop }

func (f Fault) answer() any { return &refusal{code: f.Code, detail: f.Message} }

// check says what is wrong with a fault, in words for the page that arms it.
func (f Fault) check() error {
	switch {
	case f.Code == 0 && !f.cuts():
		return errors.New("请填写 code（错误码，不为 0），或选择 hang、drop")
	case f.Before && f.After:
		return errors.New("before 和 after 只能选一个")
	case f.Path != "" && !strings.HasPrefix(f.Path, "/"):
		return errors.New("path 要以 / 开头，例如 /cgi-bin/message/mass/sendall；留空表示所有接口")
	}
	return nil
}

// faults are those that are armed. The zero value is ready.
type faults struct {
	mu  sync.Mutex
	all []Fault
}

// take finds the fault that meets a call of that path and counts it.
func (f *faults) take(path string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, each := range f.all {
		if !strings.HasPrefix(path, each.Path) {
			continue
		}
		if each.Times == 1 {
			f.all = slices.Delete(f.all, i, i+1)
		} else if each.Times > 1 {
			f.all[i].Times--
		}
		return each, true
	}
	return Fault{}, false
}

// Fail arms a fault behind those that are armed: the first that meets a call counts.
func (a *API) Fail(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.all = append(a.faults.all, f)
}

// Faults are those that are still armed, Times being what is left.
func (a *API) Faults() []Fault {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	return slices.Clone(a.faults.all)
}

// ClearFaults disarms all.
func (a *API) ClearFaults() {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.all = nil
}

// FaultHandler lets a page arm faults: POST a Fault as JSON, GET all that are armed, DELETE
// them. It answers with all that are armed, as JSON. Who may ask it is the caller's business.
func (a *API) FaultHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
		case http.MethodDelete:
			a.ClearFaults()
		case http.MethodPost:
			f, err := readFault(http.MaxBytesReader(w, r.Body, 4<<10))
			if err == nil && len(a.Faults()) >= maxFaults {
				err = fmt.Errorf("最多同时设置 %d 个故障，请先清除", maxFaults)
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			a.Fail(f)
		default:
			w.Header().Set("Allow", "GET, POST, DELETE")
			http.Error(w, "只接受 GET、POST 和 DELETE", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(encode(append([]Fault{}, a.Faults()...))) // the client has gone
	})
}

func readFault(body io.Reader) (Fault, error) {
	var f Fault
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, errors.New(`请求体要是 JSON，例如 {"path":"/cgi-bin/message/mass/sendall","code":45028,"times":1}`)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return f, errors.New("请求体里只能有一个 JSON 对象")
	}
	return f, f.check()
}
