package main

import (
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// TestVoidByCommand: a preview writes nothing and is what comes; taken back, all is
// as it was; a closed season's days stay.
func TestVoidByCommand(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	rank(t, r, 30)
	today := quiz.DayOf(r.bot.Now())
	season, _ := quiz.Seasons(nil).At(today)
	r.stop()
	board := func() string {
		out, _ := mustRun(t, "board", "export", "--format", "csv", "--top", "0", "--season", season.ID)
		return out
	}
	write(t, "dangshi.yaml", "honours: {top: 3}\n") // the third place is shared by two
	before := board()
	mustFail(t, exitUsage, []string{"season", "void", today.String()}, "--drop", "--stand")
	mustFail(t, exitUsage, []string{"season", "void", "2026-02-30", "--drop"}, "不是日期")
	preview, _ := mustRun(t, "season", "void", today.String(), "--drop")
	for _, want := range []string{"答完这一天的卷子的 30 人", "减少 30 人", "前3名：进入 0 人，退出 4 人（和末位并列的都算", "什么也没有写"} {
		if !strings.Contains(preview, want) {
			t.Errorf("the preview does not say %q:\n%s", want, preview)
		}
	}
	if board() != before {
		t.Error("the preview changed the board")
	}
	mustRun(t, "season", "void", today.String(), "--drop", "--publish", "--reason", "停电", "--by", "李四")
	if out := board(); strings.Count(out, "\n") != 1 {
		t.Errorf("voided, the board is\n%s", out)
	}
	if out, _ := mustRun(t, "board", "verify", "--season", season.ID); !strings.Contains(out, "0 人不一致") {
		t.Errorf("voided: %s", out)
	}
	if out, _ := mustRun(t, "season", "void", today.String(), "--drop", "--publish"); !strings.Contains(out, "没有什么要改") {
		t.Errorf("voided again:\n%s", out)
	}
	mustRun(t, "season", "void", today.String(), "--keep", "--publish")
	mustRun(t, "season", "void", today.String(), "--stand", "--publish")
	if out := board(); out != before {
		t.Errorf("taken back, the board is\n%s\nbefore\n%s", out, before)
	}
}

// TestSeasonDates: a season may be prolonged, until another one has begun on the
// way or it is closed.
func TestSeasonDates(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_DATA", "data")
	r := start(t, defaults())
	rank(t, r, 4)
	today := quiz.DayOf(r.bot.Now())
	season, _ := quiz.Seasons(nil).At(today)
	set := func(from, to quiz.Day) {
		write(t, "dangshi.yaml", "seasons:\n- {id: \""+season.ID+"\", from: "+from.String()+", to: "+to.String()+"}\n")
	}
	r.stop()
	set(season.From, season.To+9)
	if out, _ := mustRun(t, "season", "show"); !strings.Contains(out, (season.To + 9).String()) {
		t.Errorf("prolonged:\n%s", out)
	}
	set(season.From+1, season.To)
	mustFail(t, exitUsage, []string{"season", "show"}, "不能改起始日")
	write(t, "dangshi.yaml", "seasons:\n- {id: before, from: "+(season.From-30).String()+", to: "+(season.From+3).String()+"}\n")
	mustFail(t, exitUsage, []string{"season", "show"}, "不能延长到")

	set(season.From, today)
	s := defaults()
	r = start(t, s)
	if err := r.data.SetClockOffset(t.Context(), time.Until((today + 1).Start().Add(quiz.Grace+3*time.Minute))); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if _, out, _ := run(t, "doctor"); !strings.Contains(out, "还没有结赛") {
		t.Errorf("doctor says\n%s", out)
	}
	mustRun(t, "season", "commit")
	mustRun(t, "season", "close", "--entropy", "1")
	set(season.From, today+1)
	mustFail(t, exitUsage, []string{"board", "verify", "--season", season.ID}, "已经结赛", today.String())
	if _, out, _ := run(t, "doctor"); !strings.Contains(out, "已经结赛，最后一天是 "+today.String()) {
		t.Errorf("doctor says\n%s", out)
	}
	set(season.From, today)
	mustFail(t, exitUsage, []string{"season", "void", today.String(), "--drop"}, "已经结赛")
}
