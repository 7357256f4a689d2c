package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	"dangshi/bot"
	"dangshi/bot/picture"
	"dangshi/quiz"
	"dangshi/web"
	"dangshi/web/certificate"
	"dangshi/web/drawing"
)

// seasonCertificatesCmd draws the certificates of a closed season.
type seasonCertificatesCmd struct {
	Season string `help:"赛季，例如 2026；不设则为当前赛季。" placeholder:"ID"`
	Output string `short:"o" help:"存放图片的目录，没有就建。" default:"certificates" placeholder:"DIR"`
	PDF    string `name:"pdf" help:"供打印的 PDF，A4 横向，一人一页；不设则在同一目录里。" placeholder:"FILE" xor:"file"`
	ZIP    string `name:"zip" help:"只写一个 ZIP 文件，图片都在里面，不写目录和 PDF。" placeholder:"FILE" xor:"file"`
	Place  int    `help:"只要这一名的；0 为全部。" default:"0" placeholder:"N"`
}

// Run is the command.
func (c *seasonCertificatesCmd) Run(a *app) error {
	if c.Place < 0 {
		return usagef("--place 不能为负")
	}
	return a.withSeason(c.Season, func(d *data, season quiz.Season) (err error) {
		awards, err := d.Awards(a.ctx, season.ID)
		if err != nil {
			return err
		}
		if len(awards) == 0 {
			return usagef("赛季 %s 还没有荣誉名单，结束赛季以后才有证书", season.ID)
		}
		if c.Place > 0 {
			if awards = certificate.OfPlace(awards, c.Place); len(awards) == 0 {
				return usagef("--place：赛季 %s 没有第 %d 名", season.ID, c.Place)
			}
		}
		maker, err := a.certificates(d)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, maker.Close()) }()
		if err := maker.Open(); err != nil {
			return usageError{err} // what to install, or which file is wrong
		}
		a.remindOfCertificates()
		if c.ZIP != "" {
			return c.archive(a, maker, awards)
		}
		report, err := maker.Export(a.ctx, awards, certificate.ExportOptions{
			Dir: c.Output, PDF: c.pdf(season), Title: season.ID + " 荣誉证书", Made: time.Unix(awards[0].Closed, 0), Progress: a.drawn,
		})
		if err != nil {
			return err
		}
		return a.reportCertificates(report, c.Output, c.pdf(season))
	})
}

// archive writes the one file with all pictures.
func (c *seasonCertificatesCmd) archive(a *app, maker *certificate.Maker, awards []quiz.Award) error {
	var report certificate.Report
	err := writeOutput(c.ZIP, a.out, func(w io.Writer) (err error) {
		report, err = maker.WriteZIP(a.ctx, w, awards, a.drawn)
		return err
	})
	if err != nil && !errors.Is(err, certificate.ErrNone) {
		return err
	}
	return a.reportCertificates(report, c.ZIP, "")
}

// pdf is the file to print; of one place only where it was asked for.
func (c *seasonCertificatesCmd) pdf(season quiz.Season) string {
	if c.PDF != "" || c.Place > 0 {
		return c.PDF
	}
	return filepath.Join(c.Output, season.ID+"-证书.pdf")
}

// remindOfCertificates says what will be missing on the certificates.
func (a *app) remindOfCertificates() {
	if a.BaseURL == "" {
		fmt.Fprintln(a.errs, "没有设置 DANGSHI_BASE_URL：证书上只印编号，没有可扫的二维码。")
	}
	if a.file.Certificate.Organisation == "" {
		fmt.Fprintln(a.errs, "没有设置 certificate 的 organisation：证书上没有颁发单位。")
	}
}

// drawn tells how many certificates are drawn, now and then.
func (a *app) drawn(done, total int) {
	if done%25 == 0 && done < total {
		fmt.Fprintf(a.errs, "已画 %d/%d 张……\n", done, total)
	}
}

// reportCertificates says what was written, and who has no certificate.
func (a *app) reportCertificates(r certificate.Report, dir, pdf string) error {
	if n := len(r.Pictures); n > 0 {
		fmt.Fprintf(a.out, "%d 张证书：图片在 %s", n, dir)
		if pdf != "" {
			fmt.Fprintf(a.out, "，供打印的 PDF 是 %s", pdf)
		}
		fmt.Fprintln(a.out, "。")
	}
	if len(r.Skipped) == 0 {
		return nil
	}
	fmt.Fprintf(a.out, "%d 人没有证书：\n", len(r.Skipped))
	for _, s := range r.Skipped {
		fmt.Fprintf(a.out, "  %s\n", s)
	}
	if len(r.Pictures) == 0 {
		return errors.New("一张证书也没有画")
	}
	return nil
}

// certificates draws for the organisation of the settings.
func (a *app) certificates(d *data) (*certificate.Maker, error) {
	m, err := certificate.New(certificate.Config{
		Font: a.Font, Wording: a.file.Certificate, BaseURL: a.BaseURL, Branch: a.branchNames(d), Specimen: d.Sandbox(),
	})
	if err != nil {
		return nil, usageError{err}
	}
	return m, nil
}

// branchNames names branches as they are now. Where that cannot be read the
// settings' names stand.
func (a *app) branchNames(d *data) func(code string) string {
	return func(code string) string {
		tree, err := d.merged.Branches(a.ctx)
		if err != nil {
			return a.branchName(code)
		}
		return tree.Name(code)
	}
}

// award lets the conversation give certificates: as pictures where the account
// can send any.
func (s *service) award() (err error) {
	if s.maker, err = s.app.certificates(s.data); err != nil {
		return err
	}
	s.bot.Awards = s.data
	s.bot.Honour = s.app.file.Certificate.HonourName()
	s.bot.Link = s.maker.Link
	if s.api == nil {
		return nil
	}
	s.bot.Tell = s.api.CustomText
	s.pictures = picture.New(picture.Config{
		Draw: s.draw, Digest: s.maker.Digest, Upload: s.api, Keep: s.data, Now: s.now, Logger: s.app.logger,
	})
	s.bot.Pictures = s.pictures
	return nil
}

// draw makes the picture for the chat.
func (s *service) draw(a quiz.Award) ([]byte, error) {
	data, err := s.maker.PNG(a, certificate.ForPhone)
	if certificate.IsObstacle(err) || errors.Is(err, drawing.ErrNoFont) {
		return nil, fmt.Errorf("%w: %w", bot.ErrNoPicture, err)
	}
	return data, err
}

// verify is the page on which anybody checks a certificate.
func (s *service) verify() http.Handler {
	return web.NewVerify(web.Config{
		Awards: s.data, Wording: s.app.file.Certificate, Branch: s.app.branchNames(s.data), Now: time.Now, Logger: s.app.logger,
	})
}
