package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"dangshi/store/storetest"

	"gopkg.in/yaml.v3"
)

// named are metrics that an expression of Prometheus asks for, and the values of
// events in it.
var (
	named      = regexp.MustCompile(`\b(?:dangshi|go|process)_[a-z_]+`)
	eventsOf   = regexp.MustCompile(`event=~?"([a-z_|]+)"`)
	seriesTail = regexp.MustCompile(`_(bucket|count|sum)$`)
)

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// expressions are those of deploy/, each with where it stands. Every alert
// says in Chinese what is the matter and what to do, every panel has its title.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Labels      struct{ Severity string }
				Annotations struct{ Summary, Action string }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(document(t, "../../deploy/alerts.yml")), &rules); err != nil {
		t.Fatal(err)
	}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			all["alert "+r.Alert] = r.Expr
			for _, said := range []string{r.Annotations.Summary, r.Annotations.Action} {
				if !chinese(said) || !strings.HasSuffix(said, "。") {
					t.Errorf("alert %s says %q", r.Alert, said)
				}
			}
			if s := r.Labels.Severity; s != "critical" && s != "warning" {
				t.Errorf("alert %s is %q", r.Alert, s)
			}
		}
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(document(t, "../../deploy/grafana.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	for _, p := range dashboard.Panels {
		if !chinese(p.Title) || len(p.Targets) == 0 {
			t.Errorf("panel %q with %d expressions", p.Title, len(p.Targets))
		}
		for i, target := range p.Targets {
			all["panel "+p.Title+string(rune('A'+i))] = target.Expr
		}
	}
	if len(rules.Groups) == 0 || len(dashboard.Panels) == 0 {
		t.Fatal("nothing is watched")
	}
	return all
}

// TestDeployWatchesWhatThereIs: every metric and every event that the alerts and the
// dashboard ask for is one of a running serve.
func TestDeployWatchesWhatThereIs(t *testing.T) {
	s := defaults()
	s.Data = t.TempDir()
	r := start(t, s)
	answerAll(t, r.client(), "oWatched")
	advance(t, r, "24h") // with a push, and so a call of the API
	resp, err := http.Get(r.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.StatusCode, err)
	}
	if strings.Contains(string(text), "oWatched") {
		t.Error("the metrics name a member")
	}
	var has []string
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllStringSubmatch(string(text), -1) {
		has = append(has, m[1])
	}
	asked := map[string]bool{}
	for where, expr := range expressions(t) {
		for _, name := range named.FindAllString(expr, -1) {
			name = seriesTail.ReplaceAllString(name, "")
			asked[name] = true
			if !slices.Contains(has, name) {
				t.Errorf("%s asks for %s, which serve does not have", where, name)
			}
		}
		for _, values := range eventsOf.FindAllStringSubmatch(expr, -1) {
			for value := range strings.SplitSeq(values[1], "|") {
				if !strings.Contains(string(text), `event="`+value+`"`) {
					t.Errorf("%s asks for the event %s, which serve does not count", where, value)
				}
			}
		}
	}
	for _, name := range has {
		if strings.HasPrefix(name, "dangshi_") && !asked[name] {
			t.Errorf("nobody looks at %s", name)
		}
	}
}

// TestDeployUnit: what the unit sets are settings of the program, and systemd
// understands it, where there is one.
func TestDeployUnit(t *testing.T) {
	unit := document(t, "../../deploy/dangshi.service")
	for _, line := range []string{"DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "StateDirectory=dangshi", "ExecStart=/usr/local/bin/dangshi serve"} {
		if !strings.Contains(unit, "\n"+line+"\n") {
			t.Errorf("the unit lacks %s", line)
		}
	}
	storetest.Require(t, "systemd-analyze")
	dir := t.TempDir()
	program := filepath.Join(dir, "dangshi")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "dangshi.service")
	if err := os.WriteFile(file, []byte(strings.Replace(unit, "/usr/local/bin/dangshi", program, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", file).CombinedOutput(); err != nil || strings.Contains(string(out), "dangshi.service") {
		t.Errorf("%v: %s", err, out)
	}
}
