package setup

import (
	"fmt"
	"html"
	"net/url"
	"strings"

	"dangshi/bot"
	"dangshi/bot/wechat"
	"dangshi/content"
)

// Carried is what the account's editors had made in WeChat's console, as settings
// under which it goes on working once the server address is switched on.
type Carried struct {
	Menu    []bot.MenuEntry
	Answers []bot.Answer
	Left    []string // what could not be carried over, or goes on otherwise, in words
}

// Carry turns the console's menu and automatic replies into settings.
func Carry(menu wechat.OwnMenu, replies wechat.AutoReplies) Carried {
	var c Carried
	c.replies(replies)
	c.menu(menu)
	return c
}

func (c *Carried) left(format string, args ...any) {
	c.Left = append(c.Left, fmt.Sprintf(format, args...))
}

func (c *Carried) replies(r wechat.AutoReplies) {
	if len(r.Rules) > 0 && !r.Open {
		c.left("公众号的自动回复现在没有打开，关键词回复也一并取来了；不要的请删去")
	}
	for _, rule := range r.Rules {
		c.rule(rule)
	}
	if r.Follow != nil {
		c.left("关注后的回复：%s。这边有自己的欢迎语；要用原来的，请写进话术文件的 welcome", inWords(*r.Follow))
	}
	if r.Default != nil {
		c.left("收到消息的回复：%s。看不懂的消息这边按 otherwise 处理", inWords(*r.Default))
	}
}

// rule carries one rule of keywords. A message gets one reply here.
func (c *Carried) rule(rule wechat.ReplyRule) {
	name := shown(rule.Name)
	reply, rest := repliesOf(rule)
	if len(rest) > 0 {
		c.left("关键词规则“%s”：%s", name, strings.Join(rest, "；"))
	}
	if reply.Reply == "" && len(reply.Replies) == 0 && reply.Image == "" {
		return
	}
	if err := reply.Check(); err != nil {
		c.left("关键词规则“%s”%v，没有照搬", name, err)
		return
	}
	if reply.Image != "" {
		c.left("关键词规则“%s”：%s", name, keepPicture)
	}
	var whole, part []string
	for _, k := range rule.Keywords {
		word := strings.TrimSpace(clean(k.Text))
		switch {
		case content.Normalise(word) == "":
			c.left("关键词规则“%s”：关键词“%s”只有标点，这边认不出", name, shown(word))
		case bot.Reserved(word):
			c.left("关键词规则“%s”：“%s”在这边是口令，会按口令回答", name, shown(word))
		case len(word) == 1:
			c.left("关键词规则“%s”：有题等着回答时，“%s”会当作答案", name, word)
			whole = append(whole, word)
		case k.Whole:
			whole = append(whole, word)
		default:
			part = append(part, word)
		}
	}
	add := func(words []string, exact bool) {
		if len(words) > 0 {
			answer := reply
			answer.Words, answer.Exact = words, exact
			c.Answers = append(c.Answers, answer)
		}
	}
	add(whole, true)
	add(part, false)
}

// keepPicture is about answers with a picture.
const keepPicture = "照旧回图片，用的是公众号素材库里的那一张，别删；装上以后请试一次"

// repliesOf is what a rule says, without words: all its texts as one, or one of them by
// chance, or else its picture. rest says what of it is not said.
func repliesOf(rule wechat.ReplyRule) (answer bot.Answer, rest []string) {
	var texts []string
	var picture *wechat.AutoReply
	for i, r := range rule.Replies {
		switch text := textOf(r); {
		case text != "":
			texts = append(texts, text)
		case r.Type == "img" && picture == nil && clean(r.Content) != "":
			picture = &rule.Replies[i]
		default:
			rest = append(rest, inWords(r)+"，没有照搬")
		}
	}
	switch {
	case len(texts) == 0 && picture != nil:
		answer.Image = clean(picture.Content)
	case picture != nil:
		rest = append(rest, inWords(*picture)+"，没有照搬")
	}
	if rule.All || len(texts) == 1 {
		answer.Reply = strings.Join(texts, "\n\n")
	} else {
		answer.Replies = texts
	}
	return answer, rest
}

// textOf is a reply as a text; empty where it is none. Articles become links.
func textOf(r wechat.AutoReply) string {
	switch r.Type {
	case "text":
		return strings.TrimSpace(clean(r.Content))
	case "news":
		var links []string
		for _, n := range r.News {
			address, _, ok := secure(n.URL)
			if title := content.Plain(n.Title); ok && title != "" {
				links = append(links, `<a href="`+html.EscapeString(address)+`">`+title+`</a>`)
			}
		}
		return strings.ReplaceAll(strings.Join(links, "\n"), "&amp;", "&") // WeChat takes & as it stands
	}
	return ""
}

// inWords names a reply.
func inWords(r wechat.AutoReply) string {
	switch {
	case r.Type == "text":
		return "文字“" + shown(r.Content) + "”"
	case r.Type == "news" && len(r.News) > 0:
		return "图文《" + shown(r.News[0].Title) + "》"
	case typeNames[r.Type] != "":
		return typeNames[r.Type]
	}
	return "“" + shown(r.Type) + "”类的回复"
}

func (c *Carried) menu(m wechat.OwnMenu) {
	if len(m.Buttons) > 0 && !m.Open {
		c.left("公众号的菜单现在没有打开，也一并取来了；不要的请删去")
	}
	for _, b := range m.Buttons {
		e, ok := c.entry(b, b.Name)
		for _, sub := range b.Sub {
			if item, carried := c.entry(sub, b.Name+"－"+sub.Name); carried {
				e.Items = append(e.Items, item)
			}
		}
		if len(b.Sub) > 0 {
			e, ok = bot.MenuEntry{Name: clean(b.Name), Items: e.Items}, len(e.Items) > 0
		}
		if ok {
			c.Menu = append(c.Menu, e)
		}
	}
}

// entry carries one entry that does something; place is where it stands, in words.
func (c *Carried) entry(b wechat.OwnButton, place string) (e bot.MenuEntry, ok bool) {
	e.Name, place = clean(b.Name), shown(place)
	answers := len(c.Answers)
	insecure := false
	switch b.Type {
	case "click":
		e.Word = b.Key
	case "view":
		e.URL, insecure, _ = secure(b.URL)
	case "miniprogram":
		e.AppID, e.Page = clean(b.AppID), clean(b.PagePath)
		e.URL, insecure, _ = secure(b.URL)
	case "news":
		if len(b.News) > 0 {
			e.URL, insecure, _ = secure(b.News[0].URL)
			insecure = insecure && !strings.HasPrefix(e.URL, "https://mp.weixin.qq.com/")
		}
		if len(b.News) > 1 {
			c.left("菜单“%s”：有 %d 篇图文，这边只打开第一篇", place, len(b.News))
		}
	case "text":
		if text := strings.TrimSpace(clean(b.Value)); text != "" {
			e.Word = c.say(e.Name, bot.Answer{Reply: text})
		}
	case "img":
		if id := clean(b.Value); id != "" {
			if e.Word = c.say(e.Name, bot.Answer{Image: id}); e.Word != "" {
				c.left("菜单“%s”：%s", place, keepPicture)
			}
		}
	}
	if !c.works(e) {
		c.Answers = c.Answers[:answers]
		switch {
		case len(b.Sub) > 0:
		case b.Type == "click":
			c.left("菜单“%s”：由别的程序响应（%s），没有照搬", place, shown(b.Key))
		default:
			c.left("菜单“%s”：%s，没有照搬", place, does(b))
		}
		return e, false
	}
	if insecure {
		c.left("菜单“%s”：原来的网址是 http，已改成 https，请点一下看能否打开", place)
	}
	return e, true
}

// works reports whether an entry can be made and does something. Where it stands
// its name had room.
func (c *Carried) works(e bot.MenuEntry) bool {
	return bot.CheckMenu([]bot.MenuEntry{{Name: "甲", Items: []bot.MenuEntry{e}}}, c.Answers) == nil
}

// say makes a word of a name to which something is answered; it is the name unless
// that means something else already.
func (c *Carried) say(name string, answer bot.Answer) (word string) {
	if answer.Check() != nil {
		return ""
	}
	word = name
	if bot.Reserved(word) || c.works(bot.MenuEntry{Name: name, Word: word}) {
		word = "菜单" + name
	}
	answer.Words, answer.Exact = []string{word}, true
	c.Answers = append(c.Answers, answer)
	return word
}

// secure is an address with https; changed says that it was http. ok is false
// where it is no web address.
func secure(address string) (https string, changed, ok bool) {
	u, err := url.Parse(clean(address))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", false, false
	}
	changed = u.Scheme == "http"
	u.Scheme = "https"
	return u.String(), changed, true
}

// clean drops what no text in a settings file may hold.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff || r == 0xfeff) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), ""))
}
