package bot

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// remindStep is the grid of reminders, in minutes: a time in between is moved to
// the next one.
const remindStep = 5

// remind sets the time at which to be reminded while today's paper is open.
func (b *Bot) remind(ctx context.Context, m Message, now time.Time, rest string) (string, error) {
	w := b.Wording
	minute, ok := timeOfDay(rest)
	if !ok {
		loaded, err := b.load(ctx, m.From, m.Key())
		if err != nil {
			return "", err
		}
		if at := loaded.Record.Member.Remind; at > 0 {
			return lines(w.RemindNow.With("time", clock(at-1)), w.RemindHow.String()), nil
		}
		return w.RemindHow.String(), nil
	}
	minute = (minute + remindStep - 1) / remindStep * remindStep % (24 * 60)
	return b.setReminder(ctx, m, now, minute, func(member quiz.Member) string {
		return compose("", "", b.privacy(member), w.RemindSet.With("time", clock(minute)))
	})
}

func (b *Bot) remindNot(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	return b.setReminder(ctx, m, now, -1, func(quiz.Member) string { return b.Wording.RemindOff.String() })
}

// setReminder stores the wish and then the index by time. A crash between the two
// leaves the index behind the record: it is computed again each night.
func (b *Bot) setReminder(ctx context.Context, m Message, now time.Time, minute int, say func(quiz.Member) string) (string, error) {
	text, err := b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		return quiz.Remind{Minute: minute}, say(r.Member)
	})
	if err != nil {
		return "", err
	}
	return text, b.indexReminder(ctx, m)
}

// indexReminder enters a member at what is stored, not at what this message says:
// it may be a late repeat. It looks again afterwards, for who was erased meanwhile
// must not be left on the index.
func (b *Bot) indexReminder(ctx context.Context, m Message) error {
	entered := -2 // nothing yet
	for range attempts {
		loaded, err := b.load(ctx, m.From, m.Key())
		if err != nil {
			return err
		}
		stored := loaded.Record.Member.Remind - 1
		if stored == entered {
			return nil
		}
		if err := b.Members.SetReminder(ctx, m.From, stored); err != nil {
			return err
		}
		entered = stored
	}
	return nil // it changes all the time: the night's count sets it right
}

// clock writes a minute of the day as 20:05.
func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// spokenTime is a time as people write or say it, folded: 20:00, 20点, 晚上8点半,
// 8点05分, 下午三点一刻.
var spokenTime = regexp.MustCompile(`^(?:请|麻烦|帮|我|你|您|要|想|把|将|提醒|时间|的|改成|改为|改到|设为|设成|设置)*(?:每天|每日|天天|在|到|的)*(凌晨|早上|早晨|清晨|清早|上午|中午|下午|傍晚|今晚|晚上|夜里|半夜|夜晚|晚|早)?的?` +
	`([0-9]{1,2}|[零〇一二两三四五六七八九十]{1,3})(?:[:.](\d{2})|[点时](?:钟|整)?(?:(半)|(一刻)|(三刻)|([0-9]{1,2}|[零〇一二三四五六七八九十]{1,3})分?)?)?` +
	`(?:钟|左右|的时候|时候|到时|就|再|来)*(?:提醒|叫|喊|通知)?(?:我|一下|一声|下)*(?:答题|做题|学习)?(?:吧|啊|哈|谢谢|谢谢你|谢谢您|好吗|可以吗)*$`)

var bareTime = regexp.MustCompile(`^([0-9]{1,2})([0-5][0-9])$`)

var timePunctuation = strings.NewReplacer(" ", "", ",", "", "，", "", "、", "", "。", "", "!", "", "！", "")

// timeOfDay reads a time, in minutes of the day.
func timeOfDay(text string) (minute int, ok bool) {
	text = timePunctuation.Replace(strings.TrimRight(content.Fold(text), " 。.！!~"))
	if p := bareTime.FindStringSubmatch(text); p != nil { // 2030, also from 20 30
		text = p[1] + ":" + p[2]
	}
	p := spokenTime.FindStringSubmatch(text)
	if p == nil {
		return 0, false
	}
	hour, ok := number(p[2])
	if !ok || hour > 24 {
		return 0, false
	}
	switch p[1] {
	case "下午", "傍晚":
		if hour < 12 {
			hour += 12
		}
	case "今晚", "晚上", "夜晚", "夜里", "半夜", "晚":
		switch {
		case hour == 12: // midnight
			hour = 0
		case hour >= 5 && hour < 12: // 晚上一点 is after midnight
			hour += 12
		}
	case "凌晨":
		hour %= 12
	case "中午":
		if hour < 3 {
			hour += 12
		}
	}
	switch {
	case p[3] != "":
		minute, ok = number(p[3])
	case p[4] != "":
		minute = 30
	case p[5] != "":
		minute = 15
	case p[6] != "":
		minute = 45
	case p[7] != "":
		minute, ok = number(p[7])
	}
	if !ok || minute > 59 {
		return 0, false
	}
	return hour*60%(24*60) + minute, true
}

// number reads 0 to 99 in Arabic or Chinese digits.
func number(text string) (int, bool) {
	if n, err := strconv.Atoi(text); err == nil {
		return n, n >= 0
	}
	digits := map[rune]int{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	tens, ones, isTens := strings.Cut(text, "十")
	if !isTens {
		n := 0
		for _, r := range text {
			n = n*10 + digits[r]
		}
		return n, n < 100
	}
	n := 10
	if tens != "" {
		n = 10 * digits[[]rune(tens)[0]]
	}
	if ones != "" {
		n += digits[[]rune(ones)[0]]
	}
	return n, len([]rune(tens)) < 2 && len([]rune(ones)) < 2 && ones != "十"
}
