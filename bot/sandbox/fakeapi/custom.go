package fakeapi

import "strings"

// maxMenu bounds the options of a msgmenu. The documents name no number; this one is chosen.
const maxMenu = 10

// customRequest is the body of message/custom/send.
type customRequest struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	content
	News struct {
		Articles []struct{ Title, Description, URL, PicURL string }
	}
	Article struct {
		ID string `json:"article_id"`
	} `json:"mpnewsarticle"`
	Music struct {
		Title, Description, MusicURL, HQMusicURL string
		Thumb                                    string `json:"thumb_media_id"`
	}
	Menu struct {
		Head string `json:"head_content"`
		List []struct {
			ID      text
			Content string
		}
		Tail string `json:"tail_content"`
	} `json:"msgmenu"`
	MiniProgram struct {
		Title, AppID, PagePath string
		Thumb                  string `json:"thumb_media_id"`
	} `json:"miniprogrampage"`
}

// customSend is POST /cgi-bin/message/custom/send.
func (a *API) customSend(c *call) (any, error) {
	var req customRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	sent := Sent{Kind: KindCustom, MsgType: req.MsgType, To: []string{req.ToUser}}
	if err := a.customMessage(c, req, &sent); err != nil {
		return nil, err
	}
	if err := a.recipient(c, req.ToUser); err != nil {
		return nil, err
	}
	if err := a.changeMember(c.ctx, req.ToUser, c.now, func(m *member) error { return m.reply(c.now) }); err != nil {
		return nil, err
	}
	// A crash here costs one of the messages that the member's window allows.
	err := a.change(c.ctx, func(acc *account) error {
		acc.post(&sent, c.now)
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.flush(c.ctx)
	return ok(), nil
}

// recipient refuses an openid that does not follow.
func (a *API) recipient(c *call, openid string) error {
	if openid == "" {
		return refuse(codeOpenID)
	}
	follows, err := a.follows(c.ctx, openid)
	if err == nil && !follows {
		return refuse(codeNoFollower)
	}
	return err
}

func (a *API) customMessage(c *call, req customRequest, s *Sent) error {
	switch req.MsgType {
	case "text":
		return s.say(req.Text.Content)
	case "image":
		return a.show(c.ctx, s, "image", "", c.now, req.Image.MediaID)
	case "voice":
		return a.show(c.ctx, s, "voice", "", c.now, req.Voice.MediaID)
	case "video":
		return a.show(c.ctx, s, "video", caption(req.Video.Title, req.Video.Description), c.now, req.Video.MediaID)
	case "music":
		s.URL = req.Music.MusicURL
		return a.show(c.ctx, s, "thumb", caption(req.Music.Title, req.Music.Description), c.now, req.Music.Thumb)
	case "miniprogrampage":
		s.URL = req.MiniProgram.PagePath
		return a.show(c.ctx, s, "image", req.MiniProgram.Title, c.now, req.MiniProgram.Thumb)
	case "news":
		return s.news(req)
	case "mpnews":
		return a.tell(c.ctx, s, req.MPNews.MediaID)
	case "mpnewsarticle":
		return a.tellPublished(c.ctx, s, req.Article.ID)
	case "msgmenu":
		// Subscription accounts are refused this one, as many have reported.
		if !a.cfg.Service {
			return refuse(codeAccountType)
		}
		return s.menu(req)
	}
	return refuse(codeMessageType)
}

// news makes a message of one link; more than one are refused since 2018.
func (s *Sent) news(req customRequest) error {
	switch len(req.News.Articles) {
	case 0:
		return refuse(codeNewsEmpty)
	case 1:
	default:
		return refuse(codeArticleCount)
	}
	link := req.News.Articles[0]
	s.cards([]Article{{Title: link.Title, Digest: link.Description, URL: link.URL, PicURL: link.PicURL}})
	return nil
}

// menu makes a message with options to tap.
func (s *Sent) menu(req customRequest) error {
	if n := len(req.Menu.List); n == 0 || n > maxMenu {
		return refuse(codeMenuItems)
	}
	lines := []string{}
	add := func(line string) {
		if line != "" {
			lines = append(lines, line)
		}
	}
	add(req.Menu.Head)
	for _, item := range req.Menu.List {
		if item.Content == "" {
			return refuse(codeContentEmpty)
		}
		s.Menu = append(s.Menu, MenuItem{ID: string(item.ID), Content: item.Content})
		add(item.Content)
	}
	add(req.Menu.Tail)
	return s.say(strings.Join(lines, "\n"))
}

// customTyping is POST /cgi-bin/message/custom/typing. It shows nothing.
func (a *API) customTyping(c *call) (any, error) {
	var req struct {
		ToUser  string `json:"touser"`
		Command string `json:"command"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if req.Command != "Typing" && req.Command != "CancelTyping" {
		return nil, refuse(codeCommand)
	}
	return ok(), a.recipient(c, req.ToUser)
}
