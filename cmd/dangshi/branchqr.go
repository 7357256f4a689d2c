package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dangshi/bot/setup"
	"dangshi/bot/wechat"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/web/branchcode"
)

// branchQRCmd draws the cards with which branches invite their members.
type branchQRCmd struct {
	Output string   `short:"o" help:"图片写到这个目录，一个支部一张。" required:"" placeholder:"DIR"`
	PDF    string   `name:"pdf" help:"另写一个可以打印、裁开的 PDF，一页六张。" placeholder:"FILE"`
	Text   bool     `help:"不做二维码，只做编号卡片；学员把编号发给公众号。" env:"DANGSHI_BRANCH_QR_TEXT"`
	Codes  []string `arg:"" optional:"" name:"code" help:"只做这些支部的；不写则做全部。"`
}

// Run is the command.
func (c *branchQRCmd) Run(a *app) error {
	if c.PDF != "" && !strings.EqualFold(filepath.Ext(c.PDF), ".pdf") {
		return usagef("--pdf：文件名应以 .pdf 结尾，现在是 %s", c.PDF)
	}
	cards, err := c.cards(a)
	if err != nil {
		return err
	}
	if !c.Text {
		if err := c.scenes(a, cards); err != nil {
			return err
		}
	}
	return c.draw(a, cards)
}

// cards are the branches that members can join, or those of them that were named.
// They come from the settings where there are no data yet.
func (c *branchQRCmd) cards(a *app) (cards []branchcode.Card, err error) {
	tree := (*quiz.Branches)(nil).With(a.file.Branches)
	err = a.withBranches(func(_ *data, b *quiz.Branches) error {
		tree = b
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrNoData) {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, code := range c.Codes {
		plain, _ := content.BranchCode(code)
		if x, ok := tree.Get(plain); !ok || x.Retired {
			return nil, usagef("没有编号是 %s 的支部，或已经停用；用 branch list 看有哪些", code)
		}
		wanted[plain] = true
	}
	for _, x := range tree.All() {
		if !x.Retired && (len(wanted) == 0 || wanted[x.Code]) {
			cards = append(cards, branchcode.Card{Code: x.Code, Name: content.Plain(x.Name)})
		}
	}
	if len(cards) == 0 {
		return nil, usagef("还没有支部。请用 branch load 载入名单，或写在 %s 的 branches 里", a.Config)
	}
	return cards, nil
}

// scenes gives the cards codes to scan, where the account can have them.
func (c *branchQRCmd) scenes(a *app, cards []branchcode.Card) error {
	if a.real() && a.WechatSecret == "" {
		fmt.Fprintln(a.errs, "没有设置 DANGSHI_WECHAT_SECRET，不能向微信要二维码，改做编号卡片。")
		return nil
	}
	codes := make([]string, len(cards))
	for i, card := range cards {
		codes[i] = card.Code
	}
	if err := os.MkdirAll(c.Output, 0o755); err != nil {
		return usagef("--output：建不了目录：%w", err)
	}
	kept, err := setup.OpenSceneFile(filepath.Join(c.Output, keptCodes), a.appID())
	if err != nil {
		return err
	}
	return a.withAccount(func(api *wechat.API) error {
		tell := a.outOf("正在向微信取二维码", len(codes))
		addresses, ok, err := setup.Scenes(a.ctx, api, codes, setup.SceneOptions{
			Kept: kept, Progress: func(done int) { tell(done) },
			Waiting: func(done int, d time.Duration, why error) {
				fmt.Fprintf(a.errs, "已取 %d 个，%d 秒后接着取：%v。\n", done, int(d.Seconds()), why)
				tell = a.outOf("正在向微信取二维码", len(codes)) // the bar went with the line
			},
		})
		if err != nil {
			return fmt.Errorf("%w。取到的记在 %s，再运行一次就接着取", err, filepath.Join(c.Output, keptCodes))
		}
		if !ok {
			fmt.Fprintln(a.errs, "这个公众号不能做带参数的二维码（只有已认证的服务号能做），改做编号卡片。")
		}
		for i := range cards {
			cards[i].Address = addresses[cards[i].Code]
		}
		return nil
	})
}

// keptCodes is the file beside the pictures that keeps what WeChat has given.
const keptCodes = "codes.jsonl"

func (c *branchQRCmd) draw(a *app, cards []branchcode.Card) error {
	a.step(len(cards), "正在画卡片")
	r, err := branchcode.Export(a.ctx, cards, branchcode.Options{
		Font: a.Font, Dir: c.Output, PDF: c.PDF, Title: "支部二维码", Made: time.Now(),
	})
	if err != nil {
		return err
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(a.errs, "没有做 %s：%v。\n", s.Card.Code, s.Why)
	}
	if r.Bare {
		fmt.Fprintln(a.errs, "没有找到中文字体，卡片上只有二维码和编号。在 Debian 或 Ubuntu 上可运行 apt-get install fonts-noto-cjk，别的系统用 --font 指出字体文件，再做一次。")
	}
	kind := "编号卡片"
	if cards[0].Address != "" {
		kind = "二维码"
	}
	if len(r.Pictures) > 0 {
		fmt.Fprintf(a.out, "做了 %d 个支部的%s，在 %s。\n", len(r.Pictures), kind, c.Output)
		if c.PDF != "" {
			fmt.Fprintf(a.out, "打印用的在 %s，一页六张。\n", c.PDF)
		}
	}
	if len(r.Skipped) > 0 {
		return fmt.Errorf("有 %d 个支部的卡片没有做成，原因见上", len(r.Skipped))
	}
	return nil
}
