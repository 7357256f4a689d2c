package push_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat/peer"
)

// member is someone with a phone.
type member struct {
	station *station
	openid  string
}

const openidHead, openidLength = "oTest", 28

// member finds the one with a name, who follows the account from now on.
func (s *station) member(name string) member {
	m := member{s, openidHead + strings.Repeat("0", openidLength-len(openidHead)-len(name)) + name}
	if !slices.Contains(s.followers, m.openid) {
		s.followers = append(s.followers, m.openid)
	}
	return m
}

func nameOf(openid string) string {
	return strings.TrimLeft(strings.TrimPrefix(openid, openidHead), "0")
}

// writes sends a text to the account, by way of WeChat.
func (m member) writes(text string) error {
	return m.send(peer.Text(m.openid, text), fakeapi.Wrote)
}

func (m member) leaves() error {
	m.station.followers = slices.DeleteFunc(m.station.followers, func(id string) bool { return id == m.openid })
	return m.send(peer.Fields{"FromUserName": m.openid, "MsgType": "event", "Event": "unsubscribe"}, fakeapi.Unfollowed)
}

func (m member) send(f peer.Fields, kind fakeapi.Interaction) error {
	ctx := context.Background()
	f["CreateTime"] = strconv.FormatInt(m.station.Now().Unix(), 10)
	if err := m.station.wechat.Interact(ctx, m.openid, kind); err != nil {
		return err
	}
	answer, err := m.station.phones.Send(ctx, f)
	if err == nil && answer.Text == m.station.bot.Wording.Fault.String() {
		err = errors.New(answer.Text)
	}
	return err
}
