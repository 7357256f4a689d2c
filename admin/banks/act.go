package banks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// act is something that people do with questions.
type act struct {
	Act    content.Act
	Name   string // a verb
	Danger bool
}

var acts = []act{
	{content.Approve, "批准", false}, {content.Sign, "记为审过", false}, {content.Reopen, "退回草稿", false}, {content.Retire, "停用", true},
}

// maxRemark is how long a remark may be, in characters.
const maxRemark = 200

// maxActs is how many questions one act takes: what is asked for must fit a request
// of Redis.
const maxActs = 20_000

// act does one act with the questions that were ticked, or with all that a filter
// finds. Several are confirmed first.
func (b *Banks) act(v *frame.Visit) error {
	what := slices.IndexFunc(acts, func(a act) bool { return string(a.Act) == v.R.PostFormValue("act") })
	if what < 0 {
		return frame.Bad("没有写明要做什么。")
	}
	hand, err := b.remarked(v)
	if err != nil {
		return err
	}
	chosen, query, err := b.chosen(v)
	if err != nil {
		return err
	}
	back := safeBack(v.R.PostFormValue("back"))
	if len(chosen) == 0 {
		return v.Done(back, frame.Note{Text: "没有选中题目。请先在左边打勾，或选“全部符合的”。", Bad: true})
	}
	if len(chosen) > maxActs {
		return frame.Bad(fmt.Sprintf("一次最多 %d 道，请先用上面的条件少选一些。", maxActs))
	}
	// One whose page was not read before is confirmed, too: a list may be old.
	r := Review{Act: acts[what].Act, Hand: hand, Seen: chosen, DryRun: len(chosen) > 1 || v.R.PostFormValue("seen") == ""}
	if r.DryRun {
		lines, err := b.data.Review(v.Context(), r)
		if err != nil {
			return err
		}
		c := b.confirm(acts[what], lines, chosen)
		if c.Back = back; changes(lines) == 0 {
			return v.Done(back, frame.Note{Text: "没有要改的：" + strings.Join(c.Facts, "，") + "。", Bad: true})
		}
		c.Fields = map[string]string{"act": string(r.Act), "set": setOf(chosen), "back": back, "remark": hand.Remark}
		maps.Copy(c.Fields, query)
		if !v.Confirmed(c) {
			return v.Ask(c)
		}
		r.DryRun = false
	}
	return b.write(v, r, acts[what], back)
}

// write does the act and tells what became of it.
func (b *Banks) write(v *frame.Visit, r Review, a act, back string) error {
	lines, err := b.data.Review(v.Context(), r)
	if errors.Is(err, quiz.ErrConflict) {
		b.index.refresh(v.Context(), slices.Collect(maps.Keys(r.Seen)))
		return v.Done(back, frame.Note{Text: "刚才有人改了这道题，您看到的已经不是最新的，没有" + a.Name + "。请看过新的再做一次。", Bad: true})
	}
	if err != nil {
		return err
	}
	var moved []string
	for _, l := range lines {
		if changed(l.Verdict) {
			moved = append(moved, l.ID)
		}
	}
	b.index.refresh(v.Context(), moved)
	if len(moved) == 0 {
		return v.Done(back, frame.Note{Text: said(a, lines, r.Hand), Bad: true})
	}
	return b.done(v, r.Hand, back, frame.Note{Text: said(a, lines, r.Hand)}, undoing(r.Hand.Act, back, ""))
}

func changed(verdict content.Verdict) bool {
	return verdict == content.Moved || verdict == content.Signed || verdict == content.Noted
}

func changes(lines []Line) (n int) {
	for _, l := range lines {
		if changed(l.Verdict) {
			n++
		}
	}
	return n
}

// said is what became of the questions, in words.
func said(a act, lines []Line, h content.Hand) string {
	if len(lines) != 1 {
		return fmt.Sprintf("%s了 %d 道题。", a.Name, changes(lines))
	}
	l := lines[0]
	about := "“" + content.CutSentence(content.Plain(l.Title), 60) + "”"
	switch {
	case l.Verdict == content.Twice:
		return about + "您已经签过名，批准要另一个人来。"
	case l.Verdict == content.Barred:
		return about + "现在是" + l.From.Word() + "，不能" + a.Name + "。"
	case l.Verdict == content.Idle:
		return about + "已经是这样了，没有改。"
	case l.Verdict == content.Noted:
		return about + "记下了要改的地方。"
	case a.Act == content.Approve && l.To != content.Approved:
		return fmt.Sprintf("%s签了名，批准要 %d 个不同的人，还差人签。", about, h.Signatures)
	}
	return about + "现在是" + l.To.Word() + "。"
}

// confirm asks before several questions change.
func (b *Banks) confirm(a act, lines []Line, chosen map[string]content.Seen) *frame.Confirm {
	counts := map[string]int{}
	var before, after int
	for _, l := range lines {
		switch l.Verdict {
		case content.Moved:
			counts[l.From.Word()+" → "+l.To.Word()]++
		case content.Signed:
			counts[l.From.Word()+"，加上您的签名"]++
		case content.Noted:
			counts["记下要改的地方"]++
		case content.Twice:
			counts["您已签过名，要另一个人批准"]++
		case content.Barred:
			counts["现在是"+l.From.Word()+"，不能"+a.Name]++
		default:
			counts["已经是这样，不用改"]++
		}
		before, after = before+one(l.WasLive), after+one(l.Live)
	}
	c := &frame.Confirm{
		Title: fmt.Sprintf("%s %d 道题？", a.Name, changes(lines)), Path: Path + "/act",
		Button: fmt.Sprintf("%s %d 道", a.Name, changes(lines)), Danger: a.Danger,
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		c.Facts = append(c.Facts, fmt.Sprintf("%s：%d 道", what, counts[what]))
	}
	c.Facts = append(c.Facts, fmt.Sprintf("选中的 %d 道里，学员用得到的：现在 %d 道，以后 %d 道", len(chosen), before, after))
	return c
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// remarked is the hand with the remark that was typed.
func (b *Banks) remarked(v *frame.Visit) (content.Hand, error) {
	h := b.hand(v)
	h.Remark = content.Plain(strings.TrimSpace(v.R.PostFormValue("remark")))
	if n := utf8.RuneCountInString(h.Remark); n > maxRemark {
		return h, frame.Bad(fmt.Sprintf("要改的地方写了 %d 个字，最多 %d 个。请缩短了再写。您写的是：%s", n, maxRemark, h.Remark))
	}
	return h, nil
}

// chosen are the questions that were chosen with the revisions that were seen, and the
// fields by which they can be chosen again. Of a filter they are those that it finds
// now.
func (b *Banks) chosen(v *frame.Visit) (seen map[string]content.Seen, query map[string]string, err error) {
	seen = map[string]content.Seen{}
	if v.R.PostFormValue("scope") == "all" {
		text := v.R.PostFormValue("filter")
		values, err := url.ParseQuery(text)
		if err != nil {
			return nil, nil, frame.Bad("筛选的条件读不懂，请回到题库重选。")
		}
		f := filterOf(values)
		stats := figures{}
		if f.Watch {
			all, _, err := b.statistics(v.Context(), quiz.DayOf(v.Now))
			if err != nil {
				return nil, nil, err
			}
			stats = figuresOf(all)
		}
		// What a filter finds is counted and then changed: an older list will not do.
		bank, err := b.index.now(v.Context())
		if err != nil {
			return nil, nil, err
		}
		for _, r := range f.choose(bank, stats) {
			seen[r.ID] = r.seen()
		}
		return seen, map[string]string{"scope": "all", "filter": text}, nil
	}
	ids := v.R.PostForm["id"]
	if joined := v.R.PostFormValue("ids"); joined != "" {
		ids = strings.Fields(joined)
	}
	if text := v.R.PostFormValue("seen"); text != "" && len(ids) == 1 {
		read, ok := content.ParseSeen(text)
		if !ok {
			return nil, nil, frame.Bad("没有写明看的是哪一版。")
		}
		return map[string]content.Seen{ids[0]: read}, map[string]string{"ids": ids[0], "seen": text}, nil
	}
	sheets, err := b.data.QuestionSheets(v.Context(), ids)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range sheets {
		seen[s.Value.ID] = s.Seen()
	}
	for _, id := range ids {
		if _, ok := seen[id]; !ok {
			return nil, nil, noQuestion(id)
		}
	}
	return seen, map[string]string{"ids": strings.Join(ids, " ")}, nil
}

// setOf tells one choice of questions from another.
func setOf(seen map[string]content.Seen) string {
	sum := sha256.New()
	for _, id := range slices.Sorted(maps.Keys(seen)) {
		fmt.Fprintln(sum, id, seen[id])
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// safeBack is a page of the library to go back to.
func safeBack(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return Path
	}
	// The calendar's acts are undone here, too.
	if in := func(section string) bool { return u.Path == section || strings.HasPrefix(u.Path, section+"/") }; !in(Path) && !in("/admin/calendar") {
		return Path
	}
	return u.Path + query(u.RawQuery)
}

func query(raw string) string {
	if raw == "" {
		return ""
	}
	return "?" + raw
}

// touch reads what was changed into the list, whatever became of the request.
func (b *Banks) touch(ctx context.Context, ids ...string) {
	b.index.refresh(context.WithoutCancel(ctx), ids)
}
