package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxName bounds a name, in characters.
const MaxName = 20

// CheckName says what is wrong with a name.
func CheckName(name string) error {
	if n := utf8.RuneCountInString(name); n < 1 || n > MaxName {
		return fmt.Errorf("名字要有 1 到 %d 个字", MaxName)
	}
	for _, r := range name {
		if !writes(r) && r != ' ' && r != '·' && r != '-' && r != '_' && r != '.' {
			return fmt.Errorf("名字里不能有 %q：用文字、数字、空格和 - _ . ·", r)
		}
	}
	if !strings.ContainsFunc(name, writes) {
		return errors.New("名字里要有文字或数字")
	}
	return nil
}

func writes(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// Misnamed says what is wrong with the name or the role of an account to be opened.
type Misnamed struct{ error }

// Open makes an account with a one-time password, which is told once and kept
// nowhere. Errors: ErrTaken, Misnamed, those of Book.
func (d *Desk) Open(ctx context.Context, name string, role Role, by string, now time.Time) (password string, err error) {
	name = CleanName(name)
	if err := CheckName(name); err != nil {
		return "", Misnamed{err}
	}
	if !role.Valid() {
		return "", Misnamed{fmt.Errorf("没有 %q 这种角色", role)}
	}
	a := Account{Name: name, Role: role, Made: now, MadeBy: by}
	if password, err = d.issue(ctx, &a, now); err != nil {
		return "", err
	}
	switch err := d.book.SaveAccount(ctx, a, "", Deed{At: now, By: by, Did: "account.open", On: name, More: role.Word()}); {
	case isConflict(err):
		return "", ErrTaken
	case err != nil:
		return "", err
	}
	return password, d.forgive(ctx, a)
}

// issue gives an account a one-time password.
func (d *Desk) issue(ctx context.Context, a *Account, now time.Time) (password string, err error) {
	password = OneTimePassword()
	a.OneTime, a.Issued = true, now
	a.Hash, err = d.hasher.Hash(ctx, password)
	return password, err
}
