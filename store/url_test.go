package store

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	for _, c := range []struct {
		url  string
		want address
	}{
		{"redis://localhost", address{hosts: []string{"localhost:6379"}}},
		{"redis://localhost/", address{hosts: []string{"localhost:6379"}}},
		{"redis://10.0.0.1:6380/3", address{hosts: []string{"10.0.0.1:6380"}, db: 3}},
		{"redis://:secret@127.0.0.1:1/0", address{hosts: []string{"127.0.0.1:1"}, password: "secret"}},
		{"redis://app:p%40ss%2Fw%25@h", address{hosts: []string{"h:6379"}, user: "app", password: "p@ss/w%"}},
		{"redis://app:p@ss/w?rd:x@h:7/1", address{hosts: []string{"h:7"}, user: "app", password: "p@ss/w?rd:x", db: 1}},
		{"redis://[::1]", address{hosts: []string{"[::1]:6379"}}},
		{"redis://[::1]:6380/0", address{hosts: []string{"[::1]:6380"}}},
		{"rediss://r.example.cn:6390", address{hosts: []string{"r.example.cn:6390"}, tls: true}},
		{"redis://h1,h2:7001,h3/?cluster=true", address{hosts: []string{"h1:6379", "h2:7001", "h3:6379"}, cluster: true}},
		{"redis://h1?cluster=true", address{hosts: []string{"h1:6379"}, cluster: true}},
		{"redis://:p@h1:1,h2:2/0?cluster=true", address{hosts: []string{"h1:1", "h2:2"}, password: "p", cluster: true}},
	} {
		got, err := parseURL(c.url)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("parseURL(%q) = %+v, %v; want %+v", c.url, got, err, c.want)
		}
	}
}

func TestParseURLFaults(t *testing.T) {
	for url, want := range map[string]string{
		"":                                   "redis://",
		"localhost:6379":                     "redis://",
		"http://h":                           "redis://",
		"redis://":                           "主机",
		"redis:///0":                         "主机",
		"redis://a b":                        "主机",
		"redis://::1":                        "方括号",
		"redis://[::1":                       "方括号",
		"redis://[h]":                        "IPv6",
		"redis://h:0":                        "端口",
		"redis://h:65536":                    "端口",
		"redis://h:":                         "端口",
		"redis://h/x":                        "编号",
		"redis://h/-1":                       "编号",
		"redis://h1,h2":                      "cluster=true",
		"redis://h1,,h2/?cluster=true":       "主机",
		"redis://h/1?cluster=true":           "0 号",
		"redis://h?protocol=3":               "cluster=true",
		"redis://hunter2@h":                  ":密码",
		"redis://u:hunter2%zz@h":             "%25",
		"redis://u:hunter2@h/hunter2":        "编号",
		"redis://u:hunter2@h?x=hunter2":      "cluster=true",
		"redis://u:hunter2@[hunter2]":        "IPv6",
		"redis://u:hunter2@h:hunter2":        "端口",
		"redis://u:hunter2@h%20hunter2:6379": "主机",
	} {
		_, err := parseURL(url)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parseURL(%q): %v; want something with %q", url, err, want)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("parseURL(%q) tells the password: %v", url, err)
		}
	}
}

func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"redis://user:pass@host:6379/0", "rediss://h", "redis://h1,h2:7,h3/?cluster=true", "redis://[::1]:6379/2",
		"redis://:%40@h", "redis://@h", "redis://h:99999", "redis://u:p@ss@h/0?cluster=false",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		a, err := parseURL(raw)
		if err != nil {
			if len(raw) > 12 && strings.Contains(err.Error(), raw) {
				t.Fatalf("the error repeats the address: %v", err)
			}
			return
		}
		if len(a.hosts) == 0 || len(a.hosts) > 1 && !a.cluster || a.cluster && a.db != 0 || a.db < 0 {
			t.Fatalf("parseURL(%q) = %+v", raw, a)
		}
		for _, h := range a.hosts {
			if again, err := readHost(h); err != nil || again != h {
				t.Fatalf("host %q of %q reads again as %q, %v", h, raw, again, err)
			}
		}
	})
}
