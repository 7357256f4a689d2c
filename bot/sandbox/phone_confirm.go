package sandbox

import (
	"errors"
	"net/http"

	"dangshi/bot/sandbox/fakeapi"
)

// getHeld lists the mass messages that wait for an administrator of the account.
func (p *Phone) getHeld(w http.ResponseWriter, r *http.Request) {
	held, err := p.cfg.API.Held(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	answer(w, held)
}

// postConfirm is the administrator's answer to the oldest of them: {"yes":true}.
func (p *Phone) postConfirm(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Yes *bool `json:"yes"`
	}
	err := readJSON(w, r, &in)
	if err == nil && in.Yes == nil {
		err = badRequest(`请发 {"yes":true} 或 {"yes":false}`)
	}
	if err == nil {
		err = p.cfg.API.Confirm(r.Context(), *in.Yes)
	}
	if errors.Is(err, fakeapi.ErrNoneHeld) {
		err = &fault{http.StatusConflict, "没有等着确认的群发"}
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	answer(w, map[string]bool{"ok": true})
}
