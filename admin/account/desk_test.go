package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/quiz"
)

// memory is a Book and Attempts.
type memory struct {
	mu       sync.Mutex
	accounts map[string]Account
	versions map[string]int
	counted  map[string]int64
	deeds    []string
	fail     error
	before   func() // once, before the next write
}

func newMemory() *memory {
	return &memory{accounts: map[string]Account{}, versions: map[string]int{}, counted: map[string]int64{}}
}

func (m *memory) Account(_ context.Context, name string) (Account, quiz.Version, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.accounts[name]
	return a, m.version(name), ok, m.fail
}

func (m *memory) version(name string) quiz.Version {
	if m.versions[name] == 0 {
		return ""
	}
	return quiz.Version(strconv.Itoa(m.versions[name]))
}

func (m *memory) SaveAccount(_ context.Context, a Account, expected quiz.Version, d Deed) error {
	if before := m.before; before != nil {
		m.before = nil
		before()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if m.version(a.Name) != expected {
		return quiz.ErrConflict
	}
	m.accounts[a.Name] = a
	m.versions[a.Name]++
	if d.By != "" {
		m.deeds = append(m.deeds, strings.TrimSpace(fmt.Sprint(d.By, " ", d.Did, " ", d.On, " ", d.More)))
	}
	return nil
}

func (m *memory) Accounts(context.Context) (all []Account, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.accounts {
		all = append(all, a)
	}
	return all, m.fail
}

func (m *memory) Attempt(_ context.Context, kind, who string, window time.Duration) (int64, time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counted[kind+" "+who]++
	return m.counted[kind+" "+who], window, m.fail
}

func (m *memory) ForgetAttempts(_ context.Context, kind, who string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.counted, kind+" "+who)
	return m.fail
}

const chosen = "一句只有自己知道的话"

var noon = time.Date(2026, 7, 1, 4, 0, 0, 0, time.UTC)

// cheap makes hashes that cost nothing.
func cheap(t *testing.T, d *Desk) *Desk {
	t.Helper()
	h := d.hasher
	h.params.Memory, h.params.Iterations = 8, 1
	var err error
	if h.nobody, err = h.Hash(t.Context(), "nobody's"); err != nil {
		t.Fatal(err)
	}
	return d
}

// office has accounts that have chosen their password.
func office(t *testing.T, roles map[string]Role) (*memory, *Desk) {
	t.Helper()
	m := newMemory()
	d := cheap(t, NewDesk(m, m))
	hash, err := d.hasher.Hash(t.Context(), chosen)
	if err != nil {
		t.Fatal(err)
	}
	for name, role := range roles {
		m.accounts[name], m.versions[name] = Account{Name: name, Role: role, Hash: hash}, 1
	}
	return m, d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustBe(t *testing.T, about string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", about, err, want)
	}
}

// TestFirstDay: an account is opened, its one-time password used, a password chosen.
func TestFirstDay(t *testing.T) {
	ctx := t.Context()
	m := newMemory()
	d := NewDesk(m, m)
	once, err := d.Open(ctx, "  王　秀英 ", Staff, "李书记", noon)
	must(t, err)
	a := m.accounts["王 秀英"]
	if !a.OneTime || a.Role != Staff || a.MadeBy != "李书记" || strings.Contains(a.Hash, once) || !strings.HasPrefix(a.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%+v", a)
	}
	_, err = d.Open(ctx, "王 秀英", Admin, "李书记", noon)
	mustBe(t, "the name again", err, ErrTaken)
	for _, typed := range []string{strings.ToUpper(once), strings.ReplaceAll(once, "-", ""), strings.ReplaceAll(once, "-", " "), " " + strings.ReplaceAll(once, "-", "－"), strings.ReplaceAll(once, "-", "—")} {
		if _, err = d.SignIn(ctx, "王 秀英", typed, "198.51.100.1", noon); err != nil {
			t.Errorf("%q typed as %q: %v", once, typed, err)
		}
	}
	_, err = d.SignIn(ctx, "王 秀英", once[1:], "198.51.100.1", noon)
	mustBe(t, "a letter is missing", err, ErrWrong)
	a, err = d.SignIn(ctx, "王 秀英", once, "198.51.100.1", noon)
	must(t, err)
	if !a.OneTime || !a.SignIn.Equal(noon) {
		t.Errorf("%+v", a)
	}
	_, err = d.SignIn(ctx, "王 秀英", once, "198.51.100.1", noon.Add(OneTimeLife+time.Second))
	mustBe(t, "a week later", err, ErrExpired)
	var weak Weak
	if _, err = d.Choose(ctx, a.Name, once, once, noon); !errors.As(err, &weak) {
		t.Errorf("the one-time password chosen: %v", err)
	}
	if _, err = d.Choose(ctx, a.Name, strings.ToUpper(once), once, noon); !errors.As(err, &weak) {
		t.Errorf("the one-time password, typed in capitals, chosen: %v", err)
	}
	_, err = d.Choose(ctx, a.Name, "wrong", chosen, noon)
	mustBe(t, "the old one wrong", err, ErrWrong)
	is, err := d.Choose(ctx, a.Name, once, chosen, noon)
	must(t, err)
	if is.OneTime || is.Epoch != a.Epoch+1 {
		t.Errorf("%+v", is)
	}
	_, err = d.SignIn(ctx, a.Name, once, "198.51.100.1", noon)
	mustBe(t, "the one-time password afterwards", err, ErrWrong)
	_, err = d.SignIn(ctx, a.Name, chosen, "198.51.100.1", noon.Add(10*OneTimeLife))
	must(t, err)
	if _, ok, err := d.Current(ctx, a.Name, a.Epoch); ok || err != nil {
		t.Errorf("a session from before the change lives on: %v", err)
	}
	if _, ok, err := d.Current(ctx, a.Name, is.Epoch); !ok || err != nil {
		t.Errorf("the present session: %v, %v", ok, err)
	}
	if want := []string{"李书记 account.open 王 秀英 工作人员", "王 秀英 account.password 王 秀英"}; !slices.Equal(m.deeds, want) {
		t.Errorf("%q", m.deeds)
	}
}

// TestWhoMayNotSignIn: closed, absent, wrong: all of them are told the same.
func TestWhoMayNotSignIn(t *testing.T) {
	ctx := t.Context()
	m, d := office(t, map[string]Role{"张三": Admin, "李四": Staff})
	must(t, d.Close(ctx, "李四", Act{By: "张三", At: noon, Seen: Any}))
	for name, password := range map[string]string{"李四": chosen, "张三": chosen + "x", "王五": chosen, "": chosen, strings.Repeat("长", 5000): chosen} {
		_, err := d.SignIn(ctx, name, password, "198.51.100.1", noon)
		mustBe(t, name, err, ErrWrong)
	}
	_, err := d.SignIn(ctx, "张三", strings.Repeat("x", 1<<20), "198.51.100.1", noon)
	mustBe(t, "a very long password", err, ErrWrong)
	// Written with another keyboard it is the same.
	if _, err := d.SignIn(ctx, "　张三　", chosen, "198.51.100.1", noon); err != nil {
		t.Error(err)
	}
	m.fail = quiz.ErrUnavailable
	_, err = d.SignIn(ctx, "张三", chosen, "198.51.100.1", noon)
	mustBe(t, "Redis is gone", err, quiz.ErrUnavailable)
}

// TestAttempts: who tries without end is stopped, also with the right password, many
// at once get no more, and the owner comes in from where they always do.
func TestAttempts(t *testing.T) {
	ctx := t.Context()
	m, d := office(t, map[string]Role{"张三": Admin, "李四": Staff})
	_, err := d.SignIn(ctx, "张三", chosen, "office", noon)
	must(t, err)
	var group sync.WaitGroup
	answers := make(chan error, 3*accountTries)
	for i := range cap(answers) {
		group.Go(func() {
			_, err := d.SignIn(ctx, "张三", "wrong wrong", fmt.Sprint("stranger", i), noon)
			answers <- err
		})
	}
	group.Wait()
	close(answers)
	wrong, stopped := 0, 0
	for err := range answers {
		var often TooMany
		if errors.Is(err, ErrWrong) {
			wrong++
		} else if errors.As(err, &often) && often.Wait == attemptWindow {
			stopped++
		}
	}
	if wrong != accountTries || stopped != 2*accountTries {
		t.Errorf("%d passwords were looked at, %d stopped", wrong, stopped)
	}
	var often TooMany
	if _, err := d.SignIn(ctx, "张三", chosen, "stranger", noon); !errors.As(err, &often) || !strings.Contains(err.Error(), "16 分钟") {
		t.Errorf("the right password from a strange place: %v", err)
	}
	if _, err := d.SignIn(ctx, "张三", chosen, "office", noon); err != nil {
		t.Errorf("the owner, from the office: %v", err)
	}
	if _, err := d.SignIn(ctx, "李四", chosen, "home", noon); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	for range accountTries {
		_, err := d.SignIn(ctx, "张三", "wrong wrong", "office", noon)
		mustBe(t, "guessed in the office", err, ErrWrong)
	}
	if _, err := d.SignIn(ctx, "张三", chosen, "office", noon); !errors.As(err, &often) {
		t.Errorf("guessed too often in the office: %v", err)
	}
	for range accountTries + 1 {
		_, err = d.Choose(ctx, "张三", "wrong wrong", "another good one", noon)
	}
	if !errors.As(err, &often) {
		t.Errorf("the old password, guessed: %v", err)
	}
	once, err := d.Reset(ctx, "张三", Act{By: "root", At: noon, Seen: Any})
	must(t, err)
	for _, place := range []string{"office", "stranger"} {
		if _, err := d.SignIn(ctx, "张三", once, place, noon); err != nil {
			t.Errorf("after a reset, from the %s: %v", place, err)
		}
	}
	if _, err := d.Choose(ctx, "张三", once, "another good one", noon); err != nil {
		t.Error(err)
	}
	// From one address nobody tries all accounts.
	clear(m.counted)
	for i := range addressTries {
		_, err := d.SignIn(ctx, fmt.Sprint("name", i), "wrong wrong", "one", noon)
		mustBe(t, "a name", err, ErrWrong)
	}
	if _, err := d.SignIn(ctx, "李四", chosen, "one", noon); !errors.As(err, &often) {
		t.Errorf("one address, many names: %v", err)
	}
	if _, err := d.SignIn(ctx, "李四", chosen, "two", noon); err != nil {
		t.Errorf("another address: %v", err)
	}
}

// TestPlaces: only the last few addresses are remembered.
func TestPlaces(t *testing.T) {
	m, d := office(t, map[string]Role{"张三": Admin})
	for _, place := range []string{"a", "b", "a", "c", "d", "e", "f"} {
		_, err := d.SignIn(t.Context(), "张三", chosen, place, noon)
		must(t, err)
	}
	if got := strings.Join(m.accounts["张三"].Places, ""); got != "fedca" {
		t.Errorf("%s", got)
	}
}

// TestGovern: what is done to accounts, each with its line in the log and the end of
// all sessions.
func TestGovern(t *testing.T) {
	ctx := t.Context()
	m, d := office(t, map[string]Role{"张三": Admin, "李四": Staff, "王五": Editor})
	act := Act{By: "张三", At: noon, Seen: Any}
	ends := func(name string, do func() error) {
		t.Helper()
		epoch := m.accounts[name].Epoch
		must(t, do())
		if _, ok, _ := d.Current(ctx, name, epoch); ok {
			t.Errorf("%s is still signed in", name)
		}
	}
	ends("李四", func() error { _, err := d.SetRole(ctx, "李四", Editor, act); return err })
	ends("李四", func() error { return d.Close(ctx, "李四", act) })
	_, err := d.Reset(ctx, "李四", act)
	mustBe(t, "a closed one is reset", err, ErrClosed)
	mustBe(t, "closed twice", d.Close(ctx, "李四", act), ErrSame)
	ends("李四", func() error { return d.Reopen(ctx, "李四", act) })
	mustBe(t, "opened twice", d.Reopen(ctx, "李四", act), ErrSame)
	ends("李四", func() error { _, err := d.Reset(ctx, "李四", act); return err })
	_, err = d.SetRole(ctx, "王五", Editor, act)
	mustBe(t, "the same role", err, ErrSame)
	var misnamed Misnamed
	if _, err = d.SetRole(ctx, "王五", "king", act); !errors.As(err, &misnamed) {
		t.Errorf("no role: %v", err)
	}
	mustBe(t, "nobody", d.Close(ctx, "赵六", act), ErrNobody)
	_, err = d.Account(ctx, "赵六")
	mustBe(t, "nobody", err, ErrNobody)
	mustBe(t, "seen before it changed", d.Close(ctx, "李四", Act{By: "张三", At: noon, Seen: 1}), ErrMoved)
	// Somebody signs in at the same moment: that is no reason to refuse.
	m.before = func() {
		_, err := d.SignIn(ctx, "王五", chosen, "office", noon)
		must(t, err)
	}
	ends("王五", func() error { return d.Close(ctx, "王五", Act{By: "张三", At: noon, Seen: 0}) })
	want := []string{"account.role 李四 工作人员 → 编辑", "account.close 李四", "account.reopen 李四", "account.reset 李四", "account.close 王五"}
	for i := range want {
		want[i] = "张三 " + want[i]
	}
	if !slices.Equal(m.deeds, want) {
		t.Errorf("%q", m.deeds)
	}
}

// TestTheLastAdministrator stays, also where two close each other.
func TestTheLastAdministrator(t *testing.T) {
	ctx := t.Context()
	act := Act{By: "root", At: noon, Seen: Any}
	m, d := office(t, map[string]Role{"张三": Admin, "李四": Staff})
	mustBe(t, "closed", d.Close(ctx, "张三", act), ErrLast)
	_, err := d.SetRole(ctx, "张三", Staff, act)
	mustBe(t, "made staff", err, ErrLast)
	if a := m.accounts["张三"]; a.Closed || a.Role != Admin || a.Epoch != 0 || len(m.deeds) != 0 {
		t.Errorf("%+v, %q", a, m.deeds)
	}
	_, err = d.SetRole(ctx, "李四", Admin, act)
	must(t, err)
	// 李四 closes 张三 between the look of 张三 and the deed.
	m.before = func() { must(t, d.Close(ctx, "张三", act)) }
	mustBe(t, "each other", d.Close(ctx, "李四", act), ErrLast)
	if a := m.accounts["李四"]; a.Closed || a.Role != Admin {
		t.Errorf("nobody is left: %+v", a)
	}
	// Both deeds and what was taken back are in the log.
	if want := []string{"root account.close 张三", "root account.close 李四", "root account.reopen 李四 最后一个管理员，收回"}; !slices.Equal(m.deeds[1:], want) {
		t.Errorf("%q", m.deeds)
	}
}

func TestNothingIsDoneWithoutTheData(t *testing.T) {
	ctx := t.Context()
	m, d := office(t, map[string]Role{"张三": Admin, "李四": Admin})
	m.fail = quiz.ErrUnavailable
	act := Act{By: "root", At: noon, Seen: Any}
	mustBe(t, "closed", d.Close(ctx, "张三", act), quiz.ErrUnavailable)
	_, err := d.Open(ctx, "王五", Admin, "root", noon)
	mustBe(t, "opened", err, quiz.ErrUnavailable)
	_, err = d.Reset(ctx, "张三", act)
	mustBe(t, "reset", err, quiz.ErrUnavailable)
	_, err = d.Choose(ctx, "张三", chosen, "another good one", noon)
	mustBe(t, "chosen", err, quiz.ErrUnavailable)
	over, cancel := context.WithCancel(ctx)
	cancel()
	m.fail = nil
	for range cap(d.hasher.gate) {
		d.hasher.gate <- struct{}{}
	}
	_, err = d.SignIn(over, "张三", chosen, "office", noon)
	mustBe(t, "who has gone waits for no hash", err, context.Canceled)
}
