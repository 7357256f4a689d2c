package certificate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wording is what an organisation may set of its certificates. An empty field
// stands for its default.
type Wording struct {
	Organisation string `yaml:"organisation"` // who awards; none by default
	Honour       string `yaml:"honour"`
	Text         string `yaml:"text"` // what leads to the honour; see places
}

const (
	defaultHonour = "党史学习小达人"
	defaultText   = "在{season}“党史上的今天”每日答题活动中，勤学善思，持之以恒，坚持{days}天，积{points}分，名列第{place}名，荣获"
	closing       = "称号。特发此证，以资鼓励。"
)

// The longest that fit, in characters, whatever the characters are; a test draws
// them.
const (
	maxOrganisation = 30
	maxHonour       = 14
	maxText         = 90
)

// places are what Text may name in braces.
var places = []string{"season", "place", "points", "days"}

var inBraces = regexp.MustCompile(`\{([^{}]*)\}`)

// withDefaults fills what is empty.
func (w Wording) withDefaults() Wording {
	w.Organisation = strings.TrimSpace(w.Organisation)
	if w.Honour = strings.TrimSpace(w.Honour); w.Honour == "" {
		w.Honour = defaultHonour
	}
	if w.Text = strings.TrimSpace(w.Text); w.Text == "" {
		w.Text = defaultText
	}
	return w
}

// HonourName is the honour that the certificate gives.
func (w Wording) HonourName() string { return w.withDefaults().Honour }

// Check names everything that would not fit or cannot be printed.
func (w Wording) Check() error {
	var errs []error
	for _, f := range []struct {
		name, value string
		most        int
	}{
		{"organisation", w.Organisation, maxOrganisation},
		{"honour", w.Honour, maxHonour},
		{"text", w.Text, maxText},
	} {
		if n := utf8.RuneCountInString(strings.TrimSpace(f.value)); n > f.most {
			errs = append(errs, fmt.Errorf("%s 有 %d 个字，最多 %d 个才排得下", f.name, n, f.most))
		}
		if strings.ContainsFunc(f.value, unicode.IsControl) {
			errs = append(errs, fmt.Errorf("%s 应为一行，不能有换行和控制字符", f.name))
		}
	}
	for _, found := range inBraces.FindAllStringSubmatch(w.Text, -1) {
		if !slices.Contains(places, found[1]) {
			errs = append(errs, fmt.Errorf("text 里的 %s 不认识，可以写 {%s}", found[0], strings.Join(places, "}、{")))
		}
	}
	if rest := inBraces.ReplaceAllString(w.Text, ""); strings.ContainsAny(rest, "{}") {
		errs = append(errs, errors.New("text 里的花括号没有成对"))
	}
	return errors.Join(errs...)
}
